/// What the pool may hold, and for how long.
///
/// In ``Mode/auto`` the pool keeps a connection when the schedule will use it again before its
/// server would close it, as far as the two budgets reach. In ``Mode/fixed`` the idle limits rule
/// alone, with the meanings that general HTTP clients give them.
public struct PoolLimits: Hashable, Sendable {
    /// Who decides what stays open.
    public enum Mode: String, Hashable, Sendable, CaseIterable {
        /// The schedule and the budgets.
        case auto
        /// The idle limits.
        case fixed
    }

    /// Who decides what stays open.
    ///
    /// Default `auto`.
    public var mode: Mode
    /// `fixed`: the most idle connections of all origins together.
    ///
    /// Default 100.
    public var maxIdle: Int
    /// The most idle connections of one origin.
    ///
    /// Default 100.
    public var maxIdlePerOrigin: Int
    /// `fixed`: how long a connection may be idle.
    ///
    /// Default 30 s.
    public var idleTimeout: Duration
    /// How long a connection may live, whatever it does; nil for no limit.
    ///
    /// Default nil.
    public var maxLifetime: Duration?
    /// The most connections of one origin, idle or in use or being made; nil for no limit.
    public var maxPerOrigin: Int?
    /// How many requests may wait for a connection of one origin before `pool_exhausted`.
    ///
    /// Default 1024.
    public var maxWaitingPerOrigin: Int
    /// The most connections of all origins together, in any state: descriptors the pool may use.
    public var descriptorBudget: Int
    /// The memory that idle connections may cost, in bytes of our own process.
    public var memoryBudgetBytes: Int

    /// What an idle connection is reckoned to cost, in bytes of our own memory.
    public static let plainConnectionBytes = 8 << 10
    /// What an idle TLS connection is reckoned to cost, in bytes of our own memory.
    public static let tlsConnectionBytes = 48 << 10

    /// Makes the default limits for a descriptor budget.
    public init(mode: Mode = .auto, descriptorBudget: Int, memoryBudgetBytes: Int = 1 << 30) {
        self.mode = mode
        self.descriptorBudget = descriptorBudget
        self.memoryBudgetBytes = memoryBudgetBytes
        maxIdle = 100
        maxIdlePerOrigin = 100
        idleTimeout = .seconds(30)
        maxLifetime = nil
        maxPerOrigin = nil
        maxWaitingPerOrigin = 1024
    }
}
