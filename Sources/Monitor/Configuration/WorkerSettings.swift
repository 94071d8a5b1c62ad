/// What a configuration says about the worker itself.
public struct WorkerSettings: Hashable, Sendable {
    /// The number of event loops, 1 to 256.
    ///
    /// Default 1.
    public var loops = 1
    /// How many probes may be under way at once; nil for as many as fit, at most 4096.
    public var maxInFlight: Int?
    /// Descriptors kept for everything that is no probe connection; nil for the default, 128.
    public var descriptorReserve: Int?
    /// The longest time an outcome waits in a batch.
    ///
    /// Default 200 ms.
    public var batchDelay: Duration?
    /// The most outcomes in a batch.
    ///
    /// Default 1024.
    public var batchLimit: Int?
    /// Over how long the first round is spread at most; nil for each target's interval.
    public var firstRound: Duration?

    /// Makes the default settings.
    public init() {}
}

/// What a configuration says about DNS.
///
/// What it leaves out is the resolver's own default.
public struct DNSSettings: Hashable, Sendable {
    /// The servers that are asked unless a target names others; empty means the system's.
    public var servers: [String] = []
    /// The hosts file (hosts(5)).
    ///
    /// Default `/etc/hosts`.
    public var hostsFile: String?
    /// The system's resolver configuration (resolv.conf(5)).
    ///
    /// Default `/etc/resolv.conf`.
    public var resolvConf: String?
    /// The shortest time an answer is kept.
    ///
    /// Default 1 s.
    public var minTTL: Duration?
    /// The longest time an answer is kept.
    ///
    /// Default 1 h.
    public var maxTTL: Duration?
    /// How long a negative answer without a SOA record is kept.
    ///
    /// Default 5 s.
    public var negativeTTL: Duration?
    /// The longest time a negative answer is kept.
    ///
    /// Default 60 s.
    public var maxNegativeTTL: Duration?
    /// How long one server has to answer one question.
    ///
    /// Default 2 s.
    public var tryTimeout: Duration?
    /// How often each server is asked, 1 to 10.
    ///
    /// Default 2.
    public var tries: Int?
    /// The most cached answers.
    ///
    /// Default 65,536.
    public var cacheLimit: Int?
    /// The most questions in flight.
    ///
    /// Default 8,192.
    public var questionLimit: Int?
    /// The most resolutions that wait.
    ///
    /// Default 131,072.
    public var waiterLimit: Int?

    /// Makes the default settings.
    public init() {}
}
