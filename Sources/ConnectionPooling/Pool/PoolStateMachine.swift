import DequeModule
public import Measurements

/// Decides which connection serves which request, and which connections stay open.
///
/// Pure: it performs nothing. Each event returns what has to be done, and what was done, or
/// happened, is told in further events. Every connection number that it gives out comes back in
/// exactly one ``closed(_:by:at:)`` or ``connectFailed(_:at:)``.
///
/// What it promises, whatever the order of events: a connection serves one request at a time;
/// connections that are not being closed never outnumber
/// ``PoolLimits/descriptorBudget``; no request waits while there is room for it.
public struct PoolStateMachine: Sendable {
    let limits: PoolLimits
    var connections: [ConnectionEntry] = []
    private var freeConnections: [Int32] = []
    var origins: [OriginEntry?] = []
    private var freeOrigins: [Int32] = []

    /// Idle connections by when they end.
    var expiries = IndexedHeap()
    /// Idle connections, the one to evict first at the top.
    var evictions = IndexedHeap()
    var idleBytes = 0
    /// When a connection was last kept; from then on ``expire(at:)`` evicts what is over a limit.
    var lastKept = MonotonicInstant(nanoseconds: 0)
    /// Connecting, leased and idle connections of all origins.
    var held = 0

    /// Waiting requests of all origins, in order.
    ///
    /// Those that were served meanwhile are skipped.
    var queue: Deque<(origin: OriginID, sequence: UInt64)> = []
    var nextSequence: UInt64 = 0
    var isDraining = false

    /// What the pool holds and has done.
    public internal(set) var statistics = PoolStatistics()
    /// The last events.
    public internal(set) var journal: PoolJournal

    /// Makes an empty pool.
    ///
    /// - Parameter journalCapacity: How many events the journal keeps; zero turns it off.
    public init(limits: PoolLimits, journalCapacity: Int = 0) {
        precondition(limits.descriptorBudget > 0, "a pool needs a descriptor")
        self.limits = limits
        journal = PoolJournal(capacity: journalCapacity)
    }

    // MARK: Origins

    /// Adds an origin.
    public mutating func addOrigin(_ plan: OriginPlan) -> OriginID {
        let entry = OriginEntry(plan: plan)
        if let index = freeOrigins.popLast() {
            origins[Int(index)] = entry
            return OriginID(index: index)
        }
        origins.append(entry)
        return OriginID(index: Int32(origins.count - 1))
    }

    /// Changes what the schedule says about an origin.
    public mutating func updateOrigin(_ id: OriginID, _ plan: OriginPlan) {
        guard let entry = origins[Int(id.index)] else { preconditionFailure("the origin exists") }
        idleBytes += entry.idle * (plan.idleBytes - entry.plan.idleBytes)
        origins[Int(id.index)]?.plan = plan
    }

    /// Removes an origin: its idle connections are to be closed now, the others when they are given
    /// back.
    ///
    /// Its waiting requests must have been cancelled.
    public mutating func removeOrigin(_ id: OriginID, at now: MonotonicInstant) -> [Closing] {
        journal.append(.originRemoved(id), at: now)
        guard let entry = origins[Int(id.index)] else { return [] }
        precondition(entry.waiters.isEmpty, "requests of a removed origin are cancelled first")
        origins[Int(id.index)]?.isRemoved = true
        let closings = retireIdle(id, cause: .originRemoved, at: now) { _ in true }
        freeOriginIfUnused(id)
        return closings
    }

    /// How long an origin's server keeps idle connections, as far as it has shown.
    public func learnedIdleLimit(of id: OriginID, at now: MonotonicInstant) -> Duration? {
        origins[Int(id.index)]?.idleLimit.limit(at: now)
    }

    // MARK: Numbers

    /// Whether a number stands for a connection that exists.
    func exists(_ id: ConnectionID) -> Bool {
        connections.indices.contains(Int(id.index))
            && connections[Int(id.index)].generation == id.generation
            && connections[Int(id.index)].state != .free
    }

    /// Takes a number for a connection that is about to be made.
    mutating func open(for origin: OriginID, at now: MonotonicInstant) -> ConnectionID {
        let index: Int32
        if let free = freeConnections.popLast() {
            index = free
        } else {
            connections.append(ConnectionEntry())
            index = Int32(connections.count - 1)
        }
        connections[Int(index)].state = .connecting
        connections[Int(index)].origin = origin
        connections[Int(index)].established = now
        origins[Int(origin.index)]?.held += 1
        origins[Int(origin.index)]?.open += 1
        held += 1
        statistics.connecting += 1
        statistics.opened += 1
        statistics.leases += 1
        return ConnectionID(index: index, generation: connections[Int(index)].generation)
    }

    /// Gives a number back: the connection is gone.
    mutating func free(_ id: ConnectionID, cause: CloseCause) {
        let index = Int(id.index)
        let origin = connections[index].origin
        connections[index].state = .free
        connections[index].generation &+= 1
        freeConnections.append(id.index)
        statistics.closedByCause[cause, default: 0] += 1
        origins[Int(origin.index)]?.open -= 1
        freeOriginIfUnused(origin)
    }

    /// Frees a removed origin that has no connection.
    mutating func freeOriginIfUnused(_ id: OriginID) {
        guard let entry = origins[Int(id.index)], entry.isRemoved, entry.open == 0 else { return }
        origins[Int(id.index)] = nil
        freeOrigins.append(id.index)
    }

    /// A connection no longer counts against the limits: it is being closed, or gone.
    mutating func letGo(of origin: OriginID) {
        origins[Int(origin.index)]?.held -= 1
        held -= 1
    }

    /// Marks a leased connection as closing.
    mutating func beginClosing(_ id: ConnectionID, _ cause: CloseCause) -> Closing {
        let index = Int(id.index)
        switch connections[index].state {
        case .leased: statistics.leased -= 1
        case .connecting: statistics.connecting -= 1
        case .idle, .closing, .free: preconditionFailure("the connection is in use")
        }
        connections[index].state = .closing
        connections[index].closeCause = cause
        statistics.closing += 1
        letGo(of: connections[index].origin)
        return Closing(id: id, cause: cause)
    }
}
