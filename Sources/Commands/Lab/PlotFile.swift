import Glibc

/// The file of a picture: looked at before the work, written after it.
struct PlotFile {
    private let path: String

    /// Makes the file when there is none, and leaves one that is there as it is.
    ///
    /// Throws a usage fault when it cannot be written, before a minute of work is lost.
    init(path: String) throws {
        self.path = path
        close(try Self.open(path, flags: O_WRONLY | O_CREAT))
    }

    /// Replaces the contents.
    func write(_ text: String) throws {
        let file = try Self.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC)
        let bytes = Array(text.utf8)
        var start = 0
        var isWhole = true
        while isWhole, start < bytes.count {
            // The pointer is inside the buffer, which lives as long as the call.
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    file, buffer.baseAddress?.advanced(by: start), buffer.count - start)
            }
            if count > 0 { start += count } else { isWhole = count < 0 && errno == EINTR }
        }
        // A full disk may only show when the file is closed (close(2)).
        guard close(file) == 0, isWhole else { throw Self.fault(path) }
    }

    private static func open(_ path: String, flags: CInt) throws -> CInt {
        // The path is copied for the call.
        let file = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw fault(path) }
        return file
    }

    private static func fault(_ path: String) -> UsageMessage {
        // strerror's text is copied at once; nothing else calls it at this moment.
        let reason = unsafe strerror(errno).map { unsafe String(cString: $0) } ?? "error"
        return UsageMessage(message: "--plot \(path.escapedForTerminal): \(reason)")
    }
}

extension Terminal {
    /// Whether standard error is a terminal (isatty(3)).
    static var isStandardError: Bool { isatty(STDERR_FILENO) == 1 }
}
