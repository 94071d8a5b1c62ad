import CResolver
import Glibc

/// A small text file that is read again when it has changed.
struct WatchedFile {
    private struct Signature: Hashable {
        var modified: Int64
        var size: Int64
        var inode: UInt64
    }

    private let path: String
    private let limit: Int
    private var signature: Signature?
    private var wasMissing = false

    /// Watches a file of which at most `limit` bytes are read.
    init(path: String, limit: Int) {
        self.path = path
        self.limit = limit
    }

    /// The text, when it is not the one of the last call: empty when the file is missing, nil when
    /// nothing changed or it cannot be read now.
    mutating func changedText() -> String? {
        // Not blocking: what is no regular file is not read, and must not hold the thread.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno == ENOENT, !wasMissing else { return nil }
            wasMissing = true
            signature = nil
            return ""
        }
        defer { close(descriptor) }
        var status = CResolverFile()
        // The structure is written by the call.
        guard unsafe cresolver_regular_file(descriptor, &status) else { return nil }
        let current = Signature(
            modified: status.modified_nanoseconds, size: status.size, inode: status.inode)
        guard current != signature else { return nil }
        guard let text = readText(descriptor) else { return nil }
        signature = current
        wasMissing = false
        return text
    }

    private func readText(_ descriptor: Int32) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count < limit {
            // At most the buffer's own length is read into it.
            let count = unsafe read(descriptor, &buffer, min(buffer.count, limit - bytes.count))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
