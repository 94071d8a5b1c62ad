public import Measurements

/// What came and went between the looks of one inspection.
public struct Churn: Hashable, Sendable {
    /// Seconds from the first look to the last.
    public var seconds: Double
    /// How many times the table of descriptors was read, 2 or more.
    public var looks: Int
    /// Sockets seen that were not there at first; shorter lives than the pause between looks
    /// are missed, so this is a lower bound.
    public var born: Int
    /// Sockets that were there at first and went.
    public var died: Int
    /// Where connections had gone that were closed here meanwhile, after one exchange at most; most
    /// first, at most 16.
    ///
    /// What was born and stays is no churn, and what never stood was no connection.
    public var passedTo: [PeerCount]
    /// Ghosts of the first look that were gone at the last: churn, and no leak.
    public var vanishedGhosts: Int

    /// Makes the churn of looks that saw no change.
    public init(seconds: Double, looks: Int) {
        self.seconds = seconds
        self.looks = looks
        born = 0
        died = 0
        passedTo = []
        vanishedGhosts = 0
    }
}

/// How many sockets had to do with one other side.
public struct PeerCount: Hashable, Sendable {
    /// The other side.
    public var peer: IPEndpoint
    /// How many, 1 or more.
    public var count: Int

    /// Makes a count.
    public init(peer: IPEndpoint, count: Int) {
        self.peer = peer
        self.count = count
    }
}
