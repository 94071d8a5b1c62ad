import CLinuxShims
import Glibc
public import KernelFormats

/// One process, held so that a number given out anew is never taken for it.
///
/// Its folder in /proc stays that of this process: when it ends, everything below answers ESRCH
/// (proc(5)).
public struct ProcessHandle: ~Copyable, Sendable {
    /// Its number.
    public let pid: Int32
    let folder: OwnedDescriptor
    /// What descriptors are duplicated through; nil on kernels before 5.3.
    private let reference: OwnedDescriptor?
    /// The number of that descriptor, valid as long as this lives; nil when there is none.
    let referenceNumber: Int32?
    // A macro that is not imported; the same on x86-64 and AArch64 (open(2)).
    private static let pathOnly: Int32 = 0o10000000

    /// Takes hold of a process.
    ///
    /// Throws a ``KernelError`` that ``KernelError/isGone`` when there is none of this number.
    public init(pid: Int32) throws(KernelError) {
        self.pid = pid
        let process = try OwnedDescriptor.open("/proc/\(pid)", Self.pathOnly | O_DIRECTORY)
        // Where the first thread has ended, its folder shows no descriptors: another's does.
        let thread = Self.isZombie(process, "stat") ? try Self.livingThread(process, pid) : pid
        folder =
            thread == pid
            ? process : try process.open(below: "task/\(thread)", Self.pathOnly | O_DIRECTORY)
        let number = clinux_pidfd_open(thread, thread == pid ? 0 : 1)
        reference = number >= 0 ? OwnedDescriptor(owning: number) : nil
        referenceNumber = number >= 0 ? number : nil
    }

    private static func ended(_ pid: Int32) -> KernelError {
        KernelError("process \(pid) has ended and waits for its parent to notice", code: ESRCH)
    }

    private static func isZombie(
        _ folder: borrowing OwnedDescriptor, _ file: String
    ) -> Bool {
        guard let stat = try? folder.open(below: file, O_RDONLY),
            let bytes = try? stat.contents(limit: 4_096),
            let status = ProcessStatus(String(decoding: bytes, as: UTF8.self))
        else { return false }
        return status.hasEnded
    }

    /// A thread of a process that has not ended, where the first has; throws when all have.
    private static func livingThread(
        _ folder: borrowing OwnedDescriptor, _ pid: Int32
    ) throws(KernelError) -> Int32 {
        for thread in try ProcessFinder.numbers(in: "/proc/\(pid)/task")
        where !isZombie(folder, "task/\(thread)/stat") {
            return thread
        }
        throw ended(pid)
    }

    /// Reads a file of its folder as text; what is no UTF-8 is replaced.
    ///
    /// At most 4 MiB.
    borrowing func text(_ name: String) throws(KernelError) -> String {
        let file = try folder.open(below: name, O_RDONLY)
        return String(decoding: try file.contents(limit: 4 << 20), as: UTF8.self)
    }

    /// Where a link of its folder leads.
    borrowing func link(_ name: String) throws(KernelError) -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        // The buffer lives as long as the call, and its count bounds what is written.
        let length = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                unsafe text.baseAddress.map {
                    unsafe readlinkat(folder.number, name, $0, text.count)
                }
                    ?? -1
            }
        }
        guard length >= 0 else { throw .last("read the link \(name)") }
        return String(decoding: buffer[..<length], as: UTF8.self)
    }

    /// The socket that a descriptor leads to; nil for anything else.
    borrowing func socketInode(of descriptor: Int32) -> UInt64? {
        var buffer = [UInt8](repeating: 0, count: 64)
        // A text that is longer than the buffer names no socket. The buffer lives as long as the
        // call, and its count bounds what is written.
        let length = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                unsafe text.baseAddress.map {
                    unsafe readlinkat(folder.number, "fd/\(descriptor)", $0, text.count)
                } ?? -1
            }
        }
        return length > 0 ? DescriptorLink.socketInode(buffer.span.extracting(first: length)) : nil
    }

    /// Throws when it has ended, or is about to: when its last thread is on its way out.
    ///
    /// From then on its table of descriptors is empty, or is emptied while it is read
    /// (`exit_files`), and the link to its program leads nowhere (`exit_mm`).
    borrowing func checkLiving() throws(KernelError) {
        guard try status().isExiting else { return }
        for thread in (try? ProcessFinder.numbers(in: "/proc/\(pid)/task")) ?? [] {
            guard let stat = try? folder.open(below: "task/\(thread)/stat", O_RDONLY),
                let bytes = try? stat.contents(limit: 4_096),
                let status = ProcessStatus(String(decoding: bytes, as: UTF8.self))
            else { continue }
            if !status.isExiting, !status.hasEnded { return }
        }
        throw Self.ended(pid)
    }

    /// What its `stat` says; throws when it has ended.
    public borrowing func status() throws(KernelError) -> ProcessStatus {
        guard let status = ProcessStatus(try text("stat")) else {
            throw KernelError("read /proc/\(pid)/stat", code: EBADMSG)
        }
        // What has ended and was not reaped still has its folder, and no descriptors.
        if status.hasEnded { throw Self.ended(pid) }
        return status
    }

    /// The number in a link such as `net:[4026531840]`; nil when it may not be read.
    borrowing func namespace(_ name: String) -> UInt64? {
        guard let text = try? link("ns/\(name)"), let open = text.firstIndex(of: "[") else {
            return nil
        }
        return UInt64(text[text.index(after: open)...].dropLast())
    }
}
