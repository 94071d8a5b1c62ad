import Glibc

/// The file that this process runs.
enum OwnProgram {
    /// Its path, so that a child has its name; `/proc/self/exe` where the path leads to another
    /// file by now, or to none (proc_pid_exe(5)).
    static var path: String {
        let link = "/proc/self/exe"
        // The buffer is this call's own, and only the bytes that readlink(2) wrote are read.
        let path = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 4096) { buffer in
            guard let base = buffer.baseAddress else { return "" }
            let length = unsafe readlink(link, base, buffer.count)
            return unsafe String(
                decoding: buffer.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
        var own = stat()
        var named = stat()
        // Both structures are filled by the calls.
        guard unsafe stat(link, &own) == 0, unsafe stat(path, &named) == 0,
            own.st_dev == named.st_dev, own.st_ino == named.st_ino
        else { return link }
        return path
    }
}
