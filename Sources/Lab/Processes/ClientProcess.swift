import Glibc

/// A client in a process of its own, as its parent sees it.
///
/// The child's standard input is a pipe that carries nothing: its end tells the child to go, also
/// when this process dies without a word. Its standard output carries ``ClientMessage`` lines. It
/// inherits standard error and no other descriptor, and stays in this process's group, so that
/// Ctrl-C reaches both.
final class ClientProcess {
    let id: pid_t
    private let client: String
    private var control: CInt
    private let output: CInt
    private var waiting: [UInt8] = []
    private var status: Int32?

    /// Starts a program with arguments, its own name first.
    init(client: String, program: String, arguments: [String]) throws {
        let control = try Pipe()
        let output: Pipe
        do {
            output = try Pipe()
        } catch {
            close(control.reading)
            close(control.writing)
            throw error
        }
        defer {
            close(control.reading)
            close(output.writing)
        }
        do {
            id = try ChildSpawn(program: program, arguments: arguments).start(
                input: control.reading, output: output.writing)
        } catch {
            close(control.writing)
            close(output.reading)
            throw error
        }
        self.client = client
        self.control = control.writing
        self.output = output.reading
        _ = fcntl(output.reading, F_SETFL, O_NONBLOCK)
    }

    /// The next message, if it is there; does not wait.
    ///
    /// Throws ``ClientProcessFault/ended(client:status:)`` when there will be none.
    func nextMessage() throws -> ClientMessage? {
        while true {
            if let end = waiting.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: waiting[..<end], as: UTF8.self)
                waiting.removeSubrange(...end)
                // A line that is no message is somebody else's print.
                guard let message = ClientMessage(line: line) else { continue }
                return message
            }
            var chunk = [UInt8](repeating: 0, count: 4096)
            // The buffer lives as long as the call.
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe read(output, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return nil }
            guard count > 0 else {
                throw ClientProcessFault.ended(client: client, status: reap(options: 0) ?? 0)
            }
            waiting += chunk[..<count]
        }
    }

    /// Lets it go and waits for its end; insists with SIGKILL after two seconds.
    func end() async {
        closeControl()
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(2)
        while reap(options: WNOHANG) == nil {
            if clock.now > deadline || Task.isCancelled {
                kill(id, SIGKILL)
                _ = reap(options: 0)
            } else {
                try? await Task.sleep(for: .milliseconds(2))
            }
        }
    }

    private func closeControl() {
        if control >= 0 { close(control) }
        control = -1
    }

    private func reap(options: CInt) -> Int32? {
        if let status { return status }
        while true {
            var raw: Int32 = 0
            // One integer of our own, filled by the call.
            let reaped = unsafe waitpid(id, &raw, options)
            if reaped == -1, errno == EINTR { continue }
            if reaped == 0 { return nil }
            // wait(2): the low seven bits are the signal, the next byte the exit status.
            let signal = raw & 0x7F
            status = signal == 0 ? (raw >> 8) & 0xFF : -signal
            return status
        }
    }

    deinit {
        closeControl()
        close(output)
        if status == nil {
            kill(id, SIGKILL)
            _ = reap(options: 0)
        }
    }
}
