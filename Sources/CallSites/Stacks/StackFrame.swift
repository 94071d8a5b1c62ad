/// A function on a stack.
public struct StackFrame: Hashable, Sendable {
    /// Its name; the file and the offset where nothing names it.
    public var function: String
    /// The source file; nil when nothing tells.
    public var file: String?
    /// The line, 1 or more; nil when nothing tells.
    public var line: Int?
    /// The path of the file that it is mapped from; nil when it is of none.
    public var module: String?
    /// Whether it is the user's own code, and of no library.
    public var isOwn: Bool

    /// Makes a frame.
    public init(
        function: String, file: String? = nil, line: Int? = nil, module: String? = nil, isOwn: Bool
    ) {
        self.function = function
        self.file = file
        self.line = line
        self.module = module
        self.isOwn = isOwn
    }

    /// Whether it only hands a call on to the kernel, as every socket has it.
    public var isPlumbing: Bool {
        Self.plumbing.contains(where: function.hasPrefix)
            || LibraryNames.c.contains(function)
    }

    private static let plumbing = [
        "syscall.", "internal/", "runtime.", "runtime/", "net.", "vendor/", "__libc_", "__socket",
        "__accept", "std::sys::", "uv_",
    ]
}
