import Glibc

/// An open file of this program, closed when its owner goes.
struct OpenFile: ~Copyable {
    /// What the user wrote before the path, for faults: `--plot `, or nothing.
    private let words: String
    private let path: String
    let number: CInt

    /// Opens a path with the flags of open(2); a file that it makes is for everybody that the umask
    /// lets.
    ///
    /// Throws a usage fault that names the path and the reason.
    init(_ path: String, option: String? = nil, flags: CInt) throws(UsageMessage) {
        words = option.map { "\($0) " } ?? ""
        self.path = path
        // The path is copied for the call.
        number = unsafe open(path, flags | O_CLOEXEC, 0o666)
        guard number >= 0 else { throw fault(errno) }
    }

    deinit { if number >= 0 { close(number) } }

    /// Why something did not work, as a usage fault.
    borrowing func fault(_ code: CInt) -> UsageMessage {
        UsageMessage(message: "\(words)\(path.escapedForTerminal): \(ErrorText.of(code))")
    }

    /// A usage fault with a reason in words.
    borrowing func fault(_ reason: String) -> UsageMessage {
        UsageMessage(message: "\(words)\(path.escapedForTerminal): \(reason.escapedForTerminal)")
    }

    /// Whether it has a beginning that can be read again: no pipe and no terminal.
    var isRegular: Bool {
        var status = stat()
        // The structure is filled by the call.
        return unsafe fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// All that is in it, from where it stands; of a file that can be read again from the start.
    borrowing func contents() throws(UsageMessage) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        while true {
            // The buffer lives as long as the call.
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe read(number, buffer.baseAddress, buffer.count)
            }
            if count == 0 { return bytes }
            if count > 0 {
                bytes += chunk[..<count]
            } else if errno != EINTR {
                throw fault(errno)
            }
        }
    }

    /// Writes bytes where it stands; an errno when not all of them could be written.
    borrowing func write(_ bytes: [UInt8]) -> CInt? {
        StandardStreams.write(bytes, to: number) ? nil : errno
    }
}

/// The system's own words for an errno.
enum ErrorText {
    static func of(_ code: CInt) -> String {
        // strerror(3) gives a text that is copied at once; nothing else calls it at this moment.
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
