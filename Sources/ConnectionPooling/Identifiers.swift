/// The number of an origin within one pool.
///
/// Dense: it indexes arrays; used again after removal.
public struct OriginID: Hashable, Sendable {
    /// The place in the pool's table of origins.
    public var index: Int32

    /// Makes a number.
    public init(index: Int32) {
        self.index = index
    }
}

/// The number of a connection within one pool.
///
/// The index is used again when a connection is gone; the generation tells the uses apart, so a
/// late word about a former connection is never taken for one about its successor.
public struct ConnectionID: Hashable, Sendable {
    /// The place in the pool's table of connections.
    public var index: Int32
    /// How often the place was used before.
    public var generation: UInt32

    /// Makes a number.
    public init(index: Int32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }
}

/// Who asks for a connection: the asker's own number, unique among the requests that wait.
public struct RequestID: Hashable, Sendable {
    /// The asker's number.
    public var value: Int

    /// Makes a number.
    public init(value: Int) {
        self.value = value
    }
}

/// What the schedule says about an origin.
public struct OriginPlan: Hashable, Sendable {
    /// How many scheduled targets use the origin; zero for one that only single probes need.
    public var targets: Int
    /// The time between two uses of the origin; nil when the schedule does not know.
    public var gap: Duration?
    /// Whether its connections carry TLS, which costs memory.
    public var isTLS: Bool

    /// Makes a plan.
    public init(targets: Int, gap: Duration?, isTLS: Bool) {
        self.targets = targets
        self.gap = gap
        self.isTLS = isTLS
    }
}
