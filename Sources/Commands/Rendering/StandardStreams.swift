import Glibc

/// Writes whole texts to the two standard streams: data to one, talk to the other.
enum StandardStreams {
    /// Writes data to standard output.
    ///
    /// - Returns: False when nobody reads any more (EPIPE) or the disk is full.
    @discardableResult
    static func output(_ text: String) -> Bool { write(Array(text.utf8), to: STDOUT_FILENO) }

    /// Writes bytes to standard output.
    @discardableResult
    static func output(_ bytes: [UInt8]) -> Bool { write(bytes, to: STDOUT_FILENO) }

    /// Writes a line of talk to standard error.
    static func talk(_ line: String) { write(Array((line + "\n").utf8), to: STDERR_FILENO) }

    /// Writes all of some bytes; false, with the reason in `errno`, when that was not possible.
    @discardableResult
    static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        var start = 0
        while start < bytes.count {
            // The buffer lives as long as the call.
            let written = unsafe bytes.withUnsafeBytes { buffer in
                // The pointer is inside the buffer: start is below its count.
                unsafe Glibc.write(
                    descriptor, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            }
            if written > 0 {
                start += written
            } else if errno == EAGAIN {
                // Another program made the shared terminal non-blocking: wait until it takes more.
                var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe Glibc.poll(&poll, 1, 1_000)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}
