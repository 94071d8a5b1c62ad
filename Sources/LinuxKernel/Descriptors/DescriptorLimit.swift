import Glibc

/// The limit on this process's own descriptors (getrlimit(2), `RLIMIT_NOFILE`).
public enum DescriptorLimit {
    /// Raises it as far as it may be raised; where that fails it stays.
    public static func raise() {
        var limit = rlimit()
        // The structure is ours and outlives the calls.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return
        }
        limit.rlim_cur = limit.rlim_max
        // The same structure.
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
