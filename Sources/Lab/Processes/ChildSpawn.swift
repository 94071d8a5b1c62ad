import Glibc

/// Starts a program that inherits two pipes and standard error, and nothing else.
struct ChildSpawn {
    /// A path.
    var program: String
    /// Its own name first.
    var arguments: [String]

    /// Gives the process id; throws ``ClientProcessFault/notStarted(errno:)``.
    func start(input: CInt, output: CInt) throws -> pid_t {
        // Empty values, which the calls below fill.
        var actions = unsafe posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        var all = sigset_t()
        // Everything that the calls below are given is on this stack or in `argv`, and outlives
        // them; posix_spawn(3) returns when the child has copied it.
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        // Descriptors that another thread opens without O_CLOEXEC at this moment.
        _ = unsafe Self.addCloseFrom?(&actions, 3)
        // Threads of Dispatch block signals, and a child would inherit that.
        unsafe sigemptyset(&none)
        unsafe sigfillset(&all)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setsigdefault(&attributes, &all)
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // Copies that are freed below; the array ends in null as execve(2) wants it.
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
        unsafe argv.append(nil)
        defer { unsafe argv.forEach { unsafe free($0) } }
        var id: pid_t = 0
        // The environment is the parent's own; nothing changes it meanwhile.
        let code = unsafe posix_spawn(&id, program, &actions, &attributes, &argv, environ)
        guard code == 0 else { throw ClientProcessFault.notStarted(errno: code) }
        return id
    }

    private typealias AddCloseFrom =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    /// `posix_spawn_file_actions_addclosefrom_np`, which glibc has since 2.34 and declares for GNU
    /// source only, so the module does not show it; nil with an older one.
    private static let addCloseFrom: AddCloseFrom? = unsafe dlsym(
        nil, "posix_spawn_file_actions_addclosefrom_np"
    ).map { symbol in
        // The symbol has this signature (spawn.h).
        unsafe unsafeBitCast(symbol, to: AddCloseFrom.self)
    }
}
