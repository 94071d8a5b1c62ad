import CLinuxShims

/// The memory of processes, read while they run.
public enum ProcessMemory {
    /// At most `count` bytes at an address of a process; fewer where its memory ends, none without
    /// permission (process_vm_readv(2), since Linux 3.2).
    ///
    /// The process is neither stopped nor changed.
    public static func read(_ pid: Int32, at address: UInt64, count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        // The buffer is as long as is asked for, and of it as much is used as was written.
        return unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            length = unsafe clinux_read_memory(pid, address, buffer.baseAddress, count)
        }
    }

    /// The number of a thread as its own process sees it: the last of `NSpid`
    /// (proc_pid_status(5)).
    public static func innermostNumber(_ pid: Int32, _ thread: Int32) -> Int32 {
        KernelSetting.line(of: "/proc/\(pid)/task/\(thread)/status", beginning: "NSpid:")
            .flatMap { $0.split(whereSeparator: \.isWhitespace).last }.flatMap { Int32($0) }
            ?? thread
    }
}
