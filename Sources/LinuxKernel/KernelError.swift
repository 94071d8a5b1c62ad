import Glibc

/// A system call that the kernel refused.
public struct KernelError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was asked for, in words: `open /proc/1/fd`.
    public var operation: String
    /// The reason (errno(3)).
    public var code: Int32

    /// Makes an error of an operation.
    public init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// The error that the last system call of this thread left (errno(3)).
    static func last(_ operation: String) -> KernelError {
        KernelError(operation, code: errno)
    }

    /// Whether the reason is a lack of permission.
    public var isPermission: Bool { code == EACCES || code == EPERM }

    /// Whether the reason is that the process has ended.
    public var isGone: Bool { code == ESRCH || code == ENOENT }

    /// The operation and the reason in words.
    public var description: String {
        // strerror(3) gives a static text, which is copied at once.
        let reason = unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
        return "\(operation): \(reason)"
    }
}
