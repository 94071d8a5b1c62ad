import Glibc

/// A descriptor of our own that is closed exactly once: when its owner goes.
public struct OwnedDescriptor: ~Copyable, Sendable {
    /// Its number, valid as long as the owner lives.
    public let number: Int32

    /// Takes over an open descriptor.
    ///
    /// `number` must be 0 or more, and nobody else may close it.
    public init(owning number: Int32) {
        precondition(number >= 0, "an open descriptor is not negative")
        self.number = number
    }

    deinit { close(number) }

    /// Opens a path with the flags of open(2); close-on-exec always.
    static func open(_ path: String, _ flags: Int32) throws(KernelError) -> OwnedDescriptor {
        // The path is a text of ours for the length of the call.
        let number = unsafe Glibc.open(path, flags | O_CLOEXEC)
        guard number >= 0 else { throw .last("open \(path)") }
        return OwnedDescriptor(owning: number)
    }

    /// Opens a path below this folder.
    borrowing func open(below path: String, _ flags: Int32) throws(KernelError) -> OwnedDescriptor {
        // The path is a text of ours for the length of the call.
        let number = unsafe openat(self.number, path, flags | O_CLOEXEC)
        guard number >= 0 else { throw .last("open \(path)") }
        return OwnedDescriptor(owning: number)
    }

    /// Whether it is a file with a beginning and an end, and no pipe or device.
    var isRegular: Bool {
        var status = stat()
        // The structure is filled by the call.
        return unsafe fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The number of the file in its file system; nil when the kernel does not tell.
    var inode: UInt64? {
        var status = stat()
        // The structure is filled by the call.
        return unsafe fstat(number, &status) == 0 ? UInt64(status.st_ino) : nil
    }

    /// How many bytes the file has; nil when the kernel does not tell.
    var size: Int? {
        var status = stat()
        // The structure is filled by the call.
        return unsafe fstat(number, &status) == 0 ? Int(status.st_size) : nil
    }

    /// The user that it belongs to; nil when the kernel does not tell.
    var owner: UInt32? {
        var status = stat()
        // The structure is filled by the call.
        return unsafe fstat(number, &status) == 0 ? status.st_uid : nil
    }

    /// Reads from the start, at most `limit` bytes.
    borrowing func contents(limit: Int) throws(KernelError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < limit {
            let chunk = try read(at: bytes.count, count: min(65_536, limit - bytes.count))
            if chunk.isEmpty { break }
            bytes += chunk
        }
        return bytes
    }

    /// Reads at most `count` bytes from an offset; empty at the end.
    borrowing func read(at offset: Int, count: Int) throws(KernelError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            // The buffer lives as long as the call.
            let length = unsafe bytes.withUnsafeMutableBytes {
                // Its own count bounds the read.
                unsafe pread(number, $0.baseAddress, $0.count, off_t(offset))
            }
            if length >= 0 {
                bytes.removeLast(count - length)
                return bytes
            }
            guard errno == EINTR else { throw .last("read") }
        }
    }
}
