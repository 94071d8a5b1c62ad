import Glibc

/// The files that a process executes, as the process sees them.
public struct ProcessImages: ~Copyable, Sendable {
    private let process: ProcessHandle

    /// Takes hold of a process.
    public init(pid: Int32) throws(KernelError) {
        process = try ProcessHandle(pid: pid)
    }

    /// The text of its `maps`.
    public borrowing func mappings() throws(KernelError) -> String { try process.text("maps") }

    /// The path of its program.
    public borrowing func program() throws(KernelError) -> String { try process.link("exe") }

    /// A reader of the bytes of a mapped file: at most `count` at an offset; nil when it is not to
    /// be had, or is no longer the one that was mapped.
    ///
    /// The mapping itself is opened where the kernel lets us (`map_files`, proc_pid_map_files(5));
    /// otherwise the program, although it was replaced or removed, or a file by its path below the
    /// process's own root that has the inode of the mapping (0 for any).
    public borrowing func reader(
        of path: String, mappedAt range: Range<UInt64>, inode: UInt64
    ) -> FileReader? {
        let start = String(range.lowerBound, radix: 16)
        let end = String(range.upperBound, radix: 16)
        if let reader = reader("map_files/\(start)-\(end)", inode: inode) { return reader }
        if path == (try? process.link("exe")), let reader = reader("exe", inode: inode) {
            return reader
        }
        return path.hasPrefix("/") ? reader("root" + path, inode: inode) : nil
    }

    private borrowing func reader(_ name: String, inode: UInt64) -> FileReader? {
        // What a mapping was made from may have become a pipe, whose opening would wait.
        guard let file = try? process.folder.open(below: name, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        else { return nil }
        return Self.reader(file, inode: inode)
    }

    static func reader(_ file: consuming OwnedDescriptor, inode: UInt64) -> FileReader? {
        guard file.isRegular, inode == 0 || file.inode == inode else { return nil }
        let box = FileBox(file)
        return { offset, count in box.bytes(at: offset, count: count) }
    }

    /// A reader of a file of our own root: of the program of a process that has ended, or that is
    /// yet to run; nil when it has not the inode that is asked for (0 for any).
    public static func reader(ofFile path: String, inode: UInt64 = 0) -> FileReader? {
        guard let file = try? OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else {
            return nil
        }
        return Self.reader(file, inode: inode)
    }

    /// What a runtime in the process tells of the functions it compiled: `/tmp/perf-PID.map`, as
    /// the process sees it.
    ///
    /// Nil when there is none, or one that somebody else wrote.
    public borrowing func generatedCode() -> String? {
        guard let file = generatedFile(),
            let bytes = try? file.contents(limit: Self.generatedLimit)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many bytes that has: more when there is something new.
    public borrowing func generatedSize() -> Int? {
        guard let file = generatedFile() else { return nil }
        return file.size
    }

    private borrowing func generatedFile() -> OwnedDescriptor? {
        let own = ProcessMemory.innermostNumber(process.pid, process.pid)
        guard
            let file = try? process.folder.open(
                below: "root/tmp/perf-\(own).map", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW),
            file.isRegular, file.owner == 0 || file.owner == process.folder.owner
        else { return nil }
        return file
    }

    /// The same of a process that has ended, in our own root; nil when it is of another user.
    public static func generatedCode(ofEnded pid: Int32) -> String? {
        guard
            let file = try? OwnedDescriptor.open(
                "/tmp/perf-\(pid).map", O_RDONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW),
            file.isRegular, file.owner == geteuid(),
            let bytes = try? file.contents(limit: Self.generatedLimit)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The most bytes of `/tmp/perf-PID.map` that are read.
    private static let generatedLimit = 1 << 27
}

/// Gives at most `count` bytes at an offset of a file.
public typealias FileReader = @Sendable (_ offset: UInt64, _ count: Int) -> [UInt8]

/// An open file that closures share.
private final class FileBox: Sendable {
    private let file: OwnedDescriptor

    init(_ file: consuming OwnedDescriptor) { self.file = file }

    func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        guard offset <= UInt64(Int.max), count > 0 else { return [] }
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = try? file.read(
                at: Int(offset) + bytes.count, count: min(1 << 24, count - bytes.count))
            guard let part, !part.isEmpty else { break }
            bytes += part
        }
        return bytes
    }
}
