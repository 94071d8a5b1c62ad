public import Glibc
import Synchronization

/// What went wrong with another program.
public enum ChildProcessError: Error, Hashable {
    /// It could not be started; `code` is an `errno`.
    case notStarted(program: String, code: Int32)
    /// It ended with a status other than 0, or by a signal (negative).
    case failed(program: String, status: Int32, output: String)
    /// It did not accept connections in time, or ended before it did.
    case notReady(program: String, output: String)
}

/// A child process in a group of its own that is always reaped.
///
/// It inherits no descriptor but the three standard ones: input from `/dev/null`, both outputs
/// into one file. It starts with no signal blocked or ignored, which threads of Dispatch would
/// otherwise hand down (posix_spawn(3)).
public final class ChildProcess: Sendable {
    /// Its process id, which is also its group's.
    public let id: pid_t
    /// The file that holds all it printed.
    public let outputPath: String
    private let program: String
    private let ended = Mutex<Int32?>(nil)

    /// Starts `arguments[0]`, an absolute path or a name looked up in `PATH`.
    ///
    /// Throws ``ChildProcessError/notStarted(program:code:)``.
    public init(
        _ arguments: [String], environment: [String: String] = [:], outputPath: String
    ) throws {
        program = arguments.first ?? ""
        self.outputPath = outputPath
        id = try Self.spawn(arguments, environment: environment, outputPath: outputPath)
    }

    /// Runs a program to its end and gives what it printed.
    ///
    /// Throws ``ChildProcessError/failed(program:status:output:)`` when it does not end with 0.
    @discardableResult
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], outputPath: String
    ) throws -> String {
        let child = try ChildProcess(
            arguments, environment: environment, outputPath: outputPath)
        let status = child.wait()
        guard status == 0 else {
            throw ChildProcessError.failed(
                program: arguments.joined(separator: " "), status: status, output: child.output)
        }
        return child.output
    }

    /// All it has printed until now.
    public var output: String {
        guard let file = fopen(outputPath, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    /// Whether it has not ended yet; reaps it when it has.
    public var isRunning: Bool { reap(WNOHANG) == nil }

    /// Waits for its end: its status, or the negative number of the signal that ended it.
    @discardableResult
    public func wait() -> Int32 { reap(0) ?? 0 }

    /// Asks its group to end, and insists with SIGKILL after `grace`; reaped when this returns.
    @discardableResult
    public func stop(signal: Int32 = SIGTERM, grace: Duration = .seconds(3)) -> Int32 {
        let clock = ContinuousClock()
        let end = clock.now + grace
        if isRunning { kill(-id, signal) }
        while isRunning, clock.now < end { usleep(2_000) }
        let status = isRunning ? nil : reap(WNOHANG)
        // Workers may outlive their master; the group is empty when it is not found (ESRCH).
        kill(-id, SIGKILL)
        return status ?? wait()
    }

    /// Sends a signal to the process alone.
    public func send(_ signal: Int32) {
        if isRunning { kill(id, signal) }
    }

    deinit { if isRunning { stop(grace: .zero) } }

    private func reap(_ options: Int32) -> Int32? {
        ended.withLock { ended in
            if let ended { return ended }
            var status: Int32 = 0
            while true {
                let reaped = waitpid(id, &status, options)
                if reaped == -1, errno == EINTR { continue }
                if reaped == 0 { return nil }
                // wait(2): the low seven bits are the signal, the next byte the exit status.
                let signal = status & 0x7F
                let result = signal == 0 ? (status >> 8) & 0xFF : -signal
                ended = reaped == id ? result : 0
                return ended
            }
        }
    }

    /// The system's own places first: servers live in sbin, which the `PATH` of users often lacks.
    private static let searchPath: [String] = {
        let own = getenv("PATH").map { String(cString: $0) } ?? ""
        return ["/usr/local/sbin", "/usr/sbin", "/usr/bin", "/bin"]
            + own.split(separator: ":").map(String.init)
    }()

    private static func located(_ program: String) -> String {
        guard !program.contains("/") else { return program }
        return searchPath.map { $0 + "/" + program }.first { access($0, X_OK) == 0 } ?? program
    }

    /// Whether a program of this name can be started here.
    public static func isInstalled(_ program: String) -> Bool {
        access(located(program), X_OK) == 0
    }

    /// `posix_spawn_file_actions_addclosefrom_np`, which glibc has since 2.34 and declares for GNU
    /// source only, so the module does not show it.
    private static let addCloseFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np").map {
        unsafeBitCast($0, to: AddCloseFrom.self)
    }
    private typealias AddCloseFrom =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32

    private static func spawn(
        _ arguments: [String], environment: [String: String], outputPath: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        _ = Self.addCloseFrom?(&actions, 3)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var variables = ["PATH": searchPath.joined(separator: ":"), "LC_ALL": "C"]
        variables.merge(environment) { $1 }
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] =
            variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var id: pid_t = 0
        let code = posix_spawn(
            &id, located(arguments.first ?? ""), &actions, &attributes, &argv, &envp)
        guard code == 0 else {
            throw ChildProcessError.notStarted(program: arguments.first ?? "", code: code)
        }
        return id
    }
}
