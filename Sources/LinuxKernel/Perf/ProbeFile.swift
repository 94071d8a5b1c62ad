import Glibc

/// A program's file that uprobes are set in: held open, so that what was checked is what is probed.
public struct ProbeFile: ~Copyable {
    private let file: OwnedDescriptor

    /// Opens the file of a path, or what a process runs: `/proc/PID/exe`.
    ///
    /// Throws a ``KernelError``: ENOENT when it is gone.
    public init(path: String) throws(KernelError) {
        file = try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
    }

    /// The number of the file in its file system.
    public var inode: UInt64 { file.inode ?? 0 }

    /// By which path the kernel finds this very file, as long as it is held.
    public var path: String { "/proc/self/fd/\(file.number)" }

    /// A reader of the file, which holds it open for itself.
    public borrowing func reader() -> FileReader? {
        guard let own = try? OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY) else {
            return nil
        }
        return ProcessImages.reader(own, inode: inode)
    }
}
