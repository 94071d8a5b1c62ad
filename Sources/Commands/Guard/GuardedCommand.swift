import Glibc
import LinuxKernel

/// A command that runs as if nobody had started it but the shell: its streams, its terminal, its
/// group and its environment are ours.
struct GuardedCommand {
    let pid: Int32
    /// Its exit status, or 128 and the number of the signal that ended it; nil while it runs.
    private(set) var status: Int32?

    /// Starts a command, looked up in `PATH`.
    ///
    /// Descendants whose parents end become our children, so that they can still be found.
    init(_ words: [String]) throws(UsageMessage) {
        Orphans.adopt()
        var attributes = posix_spawnattr_t()
        var none = sigset_t()
        // Everything that the calls below are given is on this stack or in `argv`, and outlives
        // them; posix_spawn(3) returns when the child has copied it.
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        // A thread of the runtime may block signals, and the child would inherit that.
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        // Copies that are freed below; the array ends in null as execve(2) wants it.
        var argv: [UnsafeMutablePointer<CChar>?] = unsafe words.map { unsafe strdup($0) }
        unsafe argv.append(nil)
        defer { unsafe argv.forEach { unsafe free($0) } }
        var id: pid_t = 0
        // The environment is our own; nothing changes it meanwhile.
        let code = unsafe posix_spawnp(&id, words[0], nil, &attributes, &argv, environ)
        guard code == 0 else {
            throw UsageMessage(message: "\(words[0].escapedForTerminal): \(ErrorText.of(code))")
        }
        pid = id
    }

    /// Takes note of every child that has ended; orphans that became ours too.
    mutating func reap() {
        while true {
            var raw: Int32 = 0
            // One integer of our own, filled by the call.
            let reaped = unsafe waitpid(-1, &raw, WNOHANG)
            if reaped == -1, errno == EINTR { continue }
            guard reaped > 0 else { return }
            guard reaped == pid else { continue }
            // wait(2): the low seven bits are the signal, the next byte the exit status.
            let signal = raw & 0x7F
            status = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
        }
    }

    /// Hands on a signal that only we got: one of the terminal went to the command as well.
    func pass(on signal: CaughtSignal) {
        if status == nil, !signal.isFromKernel { kill(pid, signal.number) }
    }
}
