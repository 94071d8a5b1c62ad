/// What decides when growth is called a leak; the defaults are meant for every process.
public struct SeriesSettings: Hashable, Sendable {
    /// How many of a slot's sockets must still live for the slot to count, 1 or more.
    ///
    /// Two survivors are had by chance in heavy churn; three in each of three slots are not.
    public var survivorsPerSlot = 3
    /// How many slots in a row must have that many survivors, 2 or more.
    public var slots = 3
    /// How many times the median lifetime a socket must have lived to be a survivor.
    ///
    /// Of lives that end by chance one in 1,024 is longer than ten medians.
    public var lifetimeFactor = 10.0
    /// The shortest time, in seconds, after which an idle connection may be called a survivor.
    ///
    /// Idle timeouts of servers and of clients are mostly 5 to 120 s, and seldom above 300 s.
    public var shortestHorizon = 300.0
    /// The same for sockets that are dead, which only a lazy owner keeps for a while.
    public var shortestDeadHorizon = 15.0
    /// The same for idle connections of which there are only one or two to a place: a client
    /// that keeps one connection to each of many servers is no leak.
    public var shortestLoneHorizon = 3_900.0
    /// The shortest slot, in seconds, of connections.
    public var shortestSlot = 10.0
    /// The shortest slot, in seconds, of dead sockets.
    public var shortestDeadSlot = 5.0
    /// For how many seconds after it was first seen a connection's traffic belongs to what it was
    /// opened for; traffic after that is reuse.
    public var firstUse = 15.0
    /// How old, in seconds, a process may be for its first sockets to count as just opened.
    public var youngProcess = 5.0

    /// Makes the default settings.
    public init() {}
}
