public import Measurements

/// Whether a process grows, as far as the looks so far tell.
public enum GrowthVerdict: Hashable, Sendable {
    /// Not yet decidable; ask again after so many seconds of looking.
    case tooEarly(askAgainIn: Double)
    /// Nothing grows. A leak slower than `detectable` a second would not have been seen.
    case steady(detectable: Double)
    /// The number of descriptors rises ever more slowly.
    case warmingUp(RateEstimate)
    /// The number of descriptors rises, and what makes it rise is in use, or is held by others.
    case growing(RateEstimate)
    /// The number of descriptors falls.
    case shrinking(RateEstimate)
    /// Descriptors are opened and never closed; most harmful first, never empty.
    case leaking([LeakEstimate])

    /// The leaks; empty for every other verdict.
    public var leaks: [LeakEstimate] {
        if case .leaking(let leaks) = self { leaks } else { [] }
    }

    /// How many more descriptors there are each second; nil when that is not known.
    public var rate: RateEstimate? {
        switch self {
        case .tooEarly: nil
        case .steady: RateEstimate(perSecond: 0, low: 0, high: 0)
        case .warmingUp(let rate), .growing(let rate), .shrinking(let rate): rate
        case .leaking(let leaks): RateEstimate.sum(leaks.map(\.rate))
        }
    }
}

/// What is leaked.
public enum LeakKind: Hashable, Sendable {
    /// Connections that stand and are never used again.
    case idleConnection
    /// Connections that were not answered yet.
    case connecting
    /// Connections that the other side closed.
    case closeWait
    /// Sockets that are in no table.
    case ghost(GhostKind)
    /// Sockets that are no connections of TCP.
    case socket(SocketProtocol)
    /// Further descriptors of the same sockets.
    case duplicate
    /// Descriptors that are no sockets.
    case descriptor(DescriptorKind)
}

/// One leak.
public struct LeakEstimate: Hashable, Sendable {
    /// What is leaked.
    public var kind: LeakKind
    /// How many that were opened while looking, and are open still, are counted to it.
    public var survivors: Int
    /// How fast there are more.
    public var rate: RateEstimate
    /// To where, most first; at most 8, and empty where there is no other side.
    public var peers: [PeerCount]
    /// Seconds after which a survivor was called one.
    public var horizon: Double

    /// Makes an estimate.
    public init(
        kind: LeakKind, survivors: Int, rate: RateEstimate, peers: [PeerCount], horizon: Double
    ) {
        self.kind = kind
        self.survivors = survivors
        self.rate = rate
        self.peers = peers
        self.horizon = horizon
    }
}
