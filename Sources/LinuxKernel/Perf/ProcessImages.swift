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

    /// A reader of the bytes of a mapped file: at most `count` at an offset; nil when it is gone.
    ///
    /// The program itself is opened although it was replaced or removed; other files by their path
    /// below the process's own root.
    public borrowing func reader(
        of path: String
    ) -> (@Sendable (_ offset: UInt64, _ count: Int) -> [UInt8])? {
        let own = try? process.link("exe")
        let name = path == own ? "exe" : "root" + path
        // What a mapping was made from may have become a pipe, whose opening would wait.
        guard
            let file = try? process.folder.open(below: name, O_RDONLY | O_NONBLOCK | O_NOCTTY),
            file.isRegular
        else { return nil }
        let box = FileBox(file)
        return { offset, count in box.bytes(at: offset, count: count) }
    }

    /// Where a file can be opened by others while the process runs.
    public borrowing func path(of path: String) -> String {
        (try? process.link("exe")) == path
            ? "/proc/\(process.pid)/exe" : "/proc/\(process.pid)/root" + path
    }
}

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
