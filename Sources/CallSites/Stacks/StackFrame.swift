/// A function on a stack.
public struct StackFrame: Hashable, Sendable {
    /// Its name; the file and the offset where nothing names it.
    public var function: String
    /// The source file; nil when nothing tells.
    public var file: String?
    /// The line, 1 or more; nil when nothing tells.
    public var line: Int?
    /// Whether it is the user's own code, and of no library.
    public var isOwn: Bool

    /// Makes a frame.
    public init(function: String, file: String? = nil, line: Int? = nil, isOwn: Bool) {
        self.function = function
        self.file = file
        self.line = line
        self.isOwn = isOwn
    }
}

/// A file that is mapped into a process so that it can be executed (proc_pid_maps(5)).
public struct MappedFile: Hashable, Sendable {
    /// Where it is mapped.
    public var range: Range<UInt64>
    /// Which offset of the file is mapped there first.
    public var offset: UInt64
    /// Its path, as the kernel gives it; `[vdso]` and the like too.
    public var path: String

    /// Makes a mapping.
    public init(range: Range<UInt64>, offset: UInt64, path: String) {
        self.range = range
        self.offset = offset
        self.path = path
    }

    /// Reads the executable mappings of `/proc/PID/maps`.
    public static func executables(in text: String) -> [MappedFile] {
        text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, fields[1].contains("x") else { return nil }
            let ends = fields[0].split(separator: "-")
            guard ends.count == 2, let start = UInt64(ends[0], radix: 16),
                let end = UInt64(ends[1], radix: 16), start < end,
                let offset = UInt64(fields[2], radix: 16)
            else { return nil }
            return MappedFile(
                range: start..<end, offset: offset,
                path: String(fields[5].drop { $0 == " " }))
        }
    }
}
