public import ConnectionPooling
public import Measurements

/// How an engine is sized.
///
/// Every limit is for the whole process; loops divide it among them.
public struct EngineConfiguration: Sendable {
    /// The number of event loops, 1 or more.
    ///
    /// Default 1.
    public var loops: Int
    /// What the pool may hold.
    public var limits: PoolLimits
    /// How many probes may be under way at once.
    ///
    /// A probe that is due beyond it is skipped and counted. Default 4096.
    public var maxInFlight: Int
    /// Close with RST instead of FIN, so that no TIME_WAIT stays behind (`SO_LINGER` with zero,
    /// socket(7)).
    ///
    /// Default false.
    public var resetOnClose: Bool
    /// The longest time an outcome waits in a batch.
    ///
    /// Default 200 ms.
    public var batchDelay: Duration
    /// The most outcomes in a batch.
    ///
    /// Default 1024.
    public var batchLimit: Int
    /// Over how long the first round of a large set of targets is spread at most.
    ///
    /// Default: the interval of each target.
    public var firstRound: Duration?

    /// Makes the default configuration for a pool.
    public init(limits: PoolLimits) {
        loops = 1
        self.limits = limits
        maxInFlight = 4096
        resetOnClose = false
        batchDelay = .milliseconds(200)
        batchLimit = 1024
        firstRound = nil
    }
}

/// Where outcomes go.
///
/// Called on an event loop: take the batch and return at once.
public protocol ProbeOutcomeSink: Sendable {
    /// Takes a batch of outcomes of one loop, in the order they ended.
    func receive(_ outcomes: [ProbeOutcome])
}
