/// What a pool holds now and has done so far.
public struct PoolStatistics: Hashable, Sendable {
    /// Connections in any state; the next four are its parts.
    public var open: Int { idle + leased + connecting + closing }
    /// Connections being made.
    public var connecting = 0
    /// Connections kept for later.
    public var idle = 0
    /// Connections in use.
    public var leased = 0
    /// Connections whose close was asked for and not reported yet.
    public var closing = 0
    /// Requests that wait.
    public var waiting = 0
    /// Connections whose making was begun.
    public var opened = 0
    /// Requests that got a connection.
    public var leases = 0
    /// Requests that got one that had been used before.
    public var reused = 0
    /// Connections that ended, by cause.
    public var closedByCause: [CloseCause: Int] = [:]

    /// Makes statistics of nothing.
    public init() {}

    /// Adds another pool's statistics.
    public mutating func merge(_ other: PoolStatistics) {
        connecting += other.connecting
        idle += other.idle
        leased += other.leased
        closing += other.closing
        waiting += other.waiting
        opened += other.opened
        leases += other.leases
        reused += other.reused
        closedByCause.merge(other.closedByCause, uniquingKeysWith: +)
    }
}
