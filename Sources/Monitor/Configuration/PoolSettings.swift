public import ConnectionPooling

/// What a configuration says about the pool.
///
/// What it leaves out is ``PoolLimits``' own default.
public struct PoolSettings: Hashable, Sendable {
    /// Who decides what stays open.
    ///
    /// Default `auto`.
    public var mode = PoolLimits.Mode.auto
    /// `fixed`: the most idle connections of all origins together.
    ///
    /// Default 100.
    public var maxIdle: Int?
    /// The most idle connections of one origin.
    ///
    /// Default 100.
    public var maxIdlePerOrigin: Int?
    /// How long a connection may be idle; in `auto` counted from its planned use.
    ///
    /// Default 30 s.
    public var idleTimeout: Duration?
    /// How long a connection may live; nil for no limit.
    public var maxLifetime: Duration?
    /// The most connections of one origin in any state; nil for no limit.
    public var maxPerOrigin: Int?
    /// How many requests may wait for a connection of one origin.
    ///
    /// Default 1024.
    public var maxWaitingPerOrigin: Int?
    /// The most connections in any state; nil for as many as the process may have.
    public var descriptorBudget: Int?
    /// The memory that idle connections may cost, in bytes.
    ///
    /// Default 1 GiB.
    public var memoryBudgetBytes: Int?
    /// Close with RST instead of FIN, so that no TIME_WAIT stays behind.
    public var resetOnClose = false

    /// Makes the default settings.
    public init() {}

    /// The limits of a pool that may use a number of descriptors.
    ///
    /// - Parameter descriptorBudget: What the process has for connections, 1 or more; the
    ///   configuration's own budget only ever lowers it.
    public func limits(descriptorBudget available: Int) -> PoolLimits {
        var limits = PoolLimits(
            mode: mode, descriptorBudget: max(1, min(descriptorBudget ?? available, available)))
        if let memoryBudgetBytes { limits.memoryBudgetBytes = memoryBudgetBytes }
        if let maxIdle { limits.maxIdle = maxIdle }
        if let maxIdlePerOrigin { limits.maxIdlePerOrigin = maxIdlePerOrigin }
        if let idleTimeout { limits.idleTimeout = idleTimeout }
        limits.maxLifetime = maxLifetime
        limits.maxPerOrigin = maxPerOrigin
        if let maxWaitingPerOrigin { limits.maxWaitingPerOrigin = maxWaitingPerOrigin }
        return limits
    }
}
