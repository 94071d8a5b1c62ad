import CLinuxShims
import Glibc

/// The kernel's folder of tracepoints (Documentation/trace/events.rst).
struct TraceFileSystem: ~Copyable {
    private let root: OwnedDescriptor

    /// Opens the one that is mounted, or one of our own that is mounted nowhere.
    ///
    /// Throws a ``KernelError`` without permission (CAP_SYS_ADMIN for one of our own), or when the
    /// kernel has none.
    init() throws(KernelError) {
        // Below /sys/kernel/debug it would be mounted by looking, and stay.
        if let folder = try? OwnedDescriptor.open("/sys/kernel/tracing", O_RDONLY | O_DIRECTORY),
            (try? folder.open(below: "events/raw_syscalls", O_RDONLY | O_DIRECTORY)) != nil
        {
            root = folder
            return
        }
        let number = clinux_tracefs_open()
        guard number >= 0 else { throw KernelError("open tracefs", code: -number) }
        root = OwnedDescriptor(owning: number)
    }

    /// The number of a tracepoint: `raw_syscalls/sys_enter`.
    borrowing func number(of tracepoint: String) throws(KernelError) -> UInt64 {
        let file: OwnedDescriptor
        do throws(KernelError) {
            file = try root.open(below: "events/\(tracepoint)/id", O_RDONLY)
        } catch {
            throw KernelError("find the tracepoint \(tracepoint)", code: error.code)
        }
        let text = String(decoding: try file.contents(limit: 64), as: UTF8.self)
        guard let number = UInt64(text.prefix { $0.isNumber }) else {
            throw KernelError("read the number of \(tracepoint)", code: EBADMSG)
        }
        return number
    }
}
