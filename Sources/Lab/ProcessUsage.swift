import Glibc
import Measurements

/// What a process has used so far, and what it holds.
enum ProcessUsage {
    /// This process.
    static var id: Int32 { getpid() }

    /// Processor time of this process, user and system, of all threads (getrusage(2)).
    static var processorTime: Duration {
        var usage = rusage()
        // Zero is RUSAGE_SELF; the constant's own type is not the parameter's in this module.
        unsafe getrusage(0, &usage)
        return duration(usage.ru_utime) + duration(usage.ru_stime)
    }

    /// The most resident memory of this process so far, in bytes; the kernel counts in KiB.
    ///
    /// `ru_maxrss` is no use in a spawned process: exec keeps the high-water mark of the memory
    /// that posix_spawn(3) lent it, which is its parent's (kernel 6.18, `exec_mmap`).
    static var maximumResidentBytes: Int {
        let status = String(decoding: ProcessFile.read("/proc/self/status"), as: UTF8.self)
        for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first
                .flatMap { Int($0) }.map { $0 * 1024 } ?? 0
        }
        return 0
    }

    /// The soft limit on descriptors (RLIMIT_NOFILE, getrlimit(2)).
    static var descriptorLimit: Int {
        var limit = rlimit()
        // The call only fills the structure that is passed.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1024
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many descriptors of a process are sockets, its three standard streams left out
    /// (proc_pid_fd(5)).
    ///
    /// - Parameter process: A process id, or `self`. Zero when it cannot be read.
    static func sockets(of process: String = "self") -> Int {
        let path = "/proc/\(process)/fd"
        guard let directory = unsafe opendir(path) else { return 0 }
        defer { unsafe closedir(directory) }
        var count = 0
        // readdir returns storage of the directory stream, valid until the next call.
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe String(cString: $0)
                }
            }
            if let number = Int(name), number > 2, isSocket("\(path)/\(name)") { count += 1 }
        }
        return count
    }

    private static func isSocket(_ path: String) -> Bool {
        // Eight bytes of our own, written by readlink(2) and compared at once.
        unsafe withUnsafeTemporaryAllocation(byteCount: 8, alignment: 1) { buffer in
            guard let base = buffer.baseAddress else { return false }
            // "socket:[…]": the first seven bytes are enough.
            let length = unsafe readlink(path, base.assumingMemoryBound(to: CChar.self), 7)
            guard length == 7 else { return false }
            return unsafe memcmp(base, "socket:", 7) == 0
        }
    }

    private static func duration(_ time: timeval) -> Duration {
        .seconds(time.tv_sec) + .microseconds(time.tv_usec)
    }
}

/// Files of procfs, which have no length before they are read.
enum ProcessFile {
    /// The whole file; empty when it cannot be opened.
    static func read(_ path: String) -> [UInt8] {
        // O_CLOEXEC: a child that is spawned meanwhile inherits nothing.
        // The path is copied for the call.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            // The buffer lives as long as the call.
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }
}
