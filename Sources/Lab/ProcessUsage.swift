import Glibc
import Measurements

/// What this process has used so far, and what it holds.
enum ProcessUsage {
    /// Processor time, user and system, of all threads (getrusage(2)).
    static var processorTime: Duration {
        let usage = read()
        return duration(usage.ru_utime) + duration(usage.ru_stime)
    }

    /// The most resident memory so far, in bytes; the kernel counts in KiB.
    static var maximumResidentBytes: Int { read().ru_maxrss * 1024 }

    /// How many of the process's descriptors are sockets (proc_pid_fd(5)).
    static var sockets: Int {
        guard let directory = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        // readdir returns storage of the directory stream, valid until the next call.
        while let entry = unsafe readdir(directory) {
            let number = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if isSocket(number) { count += 1 }
        }
        return count
    }

    private static func isSocket(_ number: String) -> Bool {
        // Eight bytes of our own, written by readlink(2) and compared at once.
        unsafe withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { buffer in
            guard let base = buffer.baseAddress else { return false }
            // "socket:[…]": the first seven bytes are enough.
            let length = unsafe readlink(
                "/proc/self/fd/\(number)", base.assumingMemoryBound(to: CChar.self), 7)
            let isSame = unsafe memcmp(base, "socket:", 7) == 0
            return length == 7 && isSame
        }
    }

    private static func read() -> rusage {
        var usage = rusage()
        // Zero is RUSAGE_SELF; the constant's own type is not the parameter's in this module.
        unsafe getrusage(0, &usage)
        return usage
    }

    private static func duration(_ time: timeval) -> Duration {
        .seconds(time.tv_sec) + .microseconds(time.tv_usec)
    }
}
