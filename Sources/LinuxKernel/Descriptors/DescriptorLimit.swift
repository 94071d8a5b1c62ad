import Glibc

/// The limit on this process's own descriptors (getrlimit(2), `RLIMIT_NOFILE`).
public enum DescriptorLimit {
    /// Raises it as far as it may be raised, and gives what it is then; where that fails it stays.
    @discardableResult
    public static func raise() -> Int {
        var limit = rlimit()
        // The structure is ours and outlives the calls.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 0
        }
        let old = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        // The same structure.
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return Int(clamping: old)
        }
        return Int(clamping: limit.rlim_cur)
    }
}
