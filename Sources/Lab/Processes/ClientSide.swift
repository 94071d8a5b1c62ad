import Dispatch
import Glibc

/// The child's half of a client in a process of its own.
public enum ClientSide {
    /// Runs the load, tells the parent through standard output, and goes on until standard input
    /// ends: the parent closes it, or is no more.
    ///
    /// Throws what ``ClientLoad/run(started:holding:)`` throws; otherwise the process ends here.
    public static func run(_ load: ClientLoad) async throws -> Never {
        // A thread of its own, since the end may come at any time, in the middle of the load too.
        DispatchQueue(label: "sockeye.lab.control").async {
            waitForEndOfInput()
            // The kernel closes every socket at once; there is nothing to flush.
            _exit(0)
        }
        _ = try await load.run(
            started: { tell(.started) },
            holding: { result in
                tell(.measured(result))
                while true { try await Task.sleep(for: .seconds(3600)) }
            })
        exit(0)
    }

    private static func waitForEndOfInput() {
        var byte: UInt8 = 0
        while true {
            // One byte of our own, which is not looked at.
            let count = unsafe read(STDIN_FILENO, &byte, 1)
            if count == 0 || count < 0 && errno != EINTR { return }
        }
    }

    private static func tell(_ message: ClientMessage) {
        let bytes = Array(message.line.utf8)
        // The buffer lives as long as the call. A line is far shorter than what a pipe takes at
        // once (pipe(7), PIPE_BUF), and a parent that is gone has closed the input too.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
