import Glibc

/// How many descriptors this process may hold, and how many of them are for connections.
public struct DescriptorBudget: Hashable, Sendable {
    /// The soft limit in force (RLIMIT_NOFILE, getrlimit(2)).
    public var limit: Int
    /// Kept for everything that is no probe connection: event loops, files, the resolver,
    /// standard streams, connection attempts that race.
    public var reserve: Int

    /// The reserve of a worker unless the configuration names another.
    public static let defaultReserve = 128

    /// Makes a budget from numbers.
    public init(limit: Int, reserve: Int = defaultReserve) {
        self.limit = limit
        self.reserve = reserve
    }

    /// What is left for connections; never negative.
    public var connections: Int { max(0, limit - reserve) }

    /// The arithmetic in words.
    public var arithmetic: String {
        "\(limit) descriptors (RLIMIT_NOFILE) − \(reserve) kept in reserve = \(connections) "
            + "for connections"
    }

    /// Raises the soft limit to the hard one, as far as the kernel allows, and reads it.
    public static func raisingLimit(reserve: Int = defaultReserve) -> DescriptorBudget {
        var limits = rlimit()
        // Both calls only read or write the structure that is passed.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else {
            return DescriptorBudget(limit: 1024, reserve: reserve)
        }
        if limits.rlim_cur < limits.rlim_max {
            var raised = limits
            raised.rlim_cur = limits.rlim_max
            // The structure is our own and only read (setrlimit(2)).
            if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 {
                limits = raised
            }
        }
        return DescriptorBudget(
            limit: Int(clamping: limits.rlim_cur), reserve: reserve)
    }
}
