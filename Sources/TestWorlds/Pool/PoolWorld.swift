public import ConnectionPooling
import Measurements

/// The sockets and the requests around a pool, as a model: it does what the pool says, and throws
/// a ``PoolFault`` when that cannot be done or breaks a promise.
///
/// It knows nothing of how the pool decides. Each method does one action's whole work;
/// ``check(_:)`` then holds the pool's counts and promises against what is there.
public struct PoolWorld: Sendable {
    /// Where a connection is.
    public enum State: Hashable, Sendable {
        /// It is being made for a request.
        case connecting(RequestID)
        /// A request has the use of it.
        case leased(RequestID)
        /// Nobody uses it.
        case idle
        /// Its close was asked for.
        case closing
    }

    /// One connection.
    public struct Connection: Hashable, Sendable {
        /// Its number.
        public var id: ConnectionID
        /// The origin that it goes to.
        public var origin: OriginID
        /// Where it is.
        public internal(set) var state: State
        var idleSince = MonotonicInstant(nanoseconds: 0)
        var nextUse: MonotonicInstant?
    }

    /// One request that waits.
    public struct Waiting: Hashable, Sendable {
        /// Its number.
        public var request: RequestID
        /// The origin that it waits for.
        public var origin: OriginID
        /// Whether it wants a connection that was never used.
        public var isFresh: Bool
    }

    /// One origin.
    struct OriginRecord: Sendable {
        var isTLS: Bool
        /// Connections in any state.
        var open = 0
        /// Those that are not being closed.
        var held = 0
        var idle = 0
        var waiting = 0
    }

    /// The limits that the pool was made with.
    public let limits: PoolLimits
    /// Every connection, in no order that matters.
    public internal(set) var connections: [Connection] = []
    /// Every request that waits, the first to come first.
    public internal(set) var waiting: [Waiting] = []
    /// Whether the pool was told to be empty.
    public internal(set) var isDraining = false

    var places: [ConnectionID: Int] = [:]
    /// The last generation given out under each index.
    var generations: [Int32: UInt32] = [:]
    var origins: [OriginID: OriginRecord] = [:]
    var connecting = 0
    var leased = 0
    var idle = 0
    var closing = 0
    var idleBytes = 0

    /// Makes a world without a connection.
    public init(limits: PoolLimits) {
        self.limits = limits
    }

    /// An origin exists.
    public mutating func add(_ origin: OriginID, isTLS: Bool) throws(PoolFault) {
        guard origins[origin] == nil else { throw .usedNumber }
        origins[origin] = OriginRecord(isTLS: isTLS)
    }

    /// The connection of a number, when it exists.
    public func connection(_ id: ConnectionID) -> Connection? {
        places[id].map { connections[$0] }
    }

    // MARK: The connections

    /// A connection's making begins.
    mutating func open(_ id: ConnectionID, origin: OriginID, for request: RequestID)
        throws(PoolFault)
    {
        guard !isDraining else { throw .keptWhileDraining }
        guard origins[origin] != nil else { throw .wrongOrigin }
        if let last = generations[id.index] {
            guard id.generation > last,
                places[ConnectionID(index: id.index, generation: last)] == nil
            else { throw .usedNumber }
        }
        generations[id.index] = id.generation
        places[id] = connections.count
        connections.append(
            Connection(id: id, origin: origin, state: .connecting(request)))
        connecting += 1
        origins[origin]?.held += 1
        origins[origin]?.open += 1
        try holdLimits(of: origin)
    }

    func holdLimits(of origin: OriginID) throws(PoolFault) {
        guard connecting + leased + idle <= limits.descriptorBudget else {
            throw .overDescriptorBudget
        }
        if let limit = limits.maxPerOrigin, let held = origins[origin]?.held, held > limit {
            throw .overOriginLimit
        }
    }

    /// A connection's socket is gone.
    mutating func remove(_ id: ConnectionID) throws(PoolFault) {
        guard let place = places[id] else { throw .unknownConnection }
        count(connections[place], by: -1)
        origins[connections[place].origin]?.open -= 1
        let last = connections.removeLast()
        places[id] = nil
        guard last.id != id else { return }
        connections[place] = last
        places[last.id] = place
    }

    mutating func setState(_ id: ConnectionID, _ state: State) throws(PoolFault) {
        guard let place = places[id] else { throw .unknownConnection }
        count(connections[place], by: -1)
        connections[place].state = state
        count(connections[place], by: 1)
    }

    private mutating func count(_ connection: Connection, by step: Int) {
        switch connection.state {
        case .connecting: connecting += step
        case .leased: leased += step
        case .idle:
            idle += step
            let isTLS = origins[connection.origin]?.isTLS ?? false
            idleBytes +=
                step * (isTLS ? PoolLimits.tlsConnectionBytes : PoolLimits.plainConnectionBytes)
            origins[connection.origin]?.idle += step
        case .closing:
            closing += step
            return
        }
        origins[connection.origin]?.held += step
    }

    // MARK: The requests

    /// Takes a request that waits out of the queue; it must be its origin's first.
    mutating func takeWaiting(_ request: RequestID) throws(PoolFault) -> Waiting {
        guard let place = waiting.firstIndex(where: { $0.request == request }) else {
            throw .wrongWaiter
        }
        let found = waiting[place]
        guard waiting.firstIndex(where: { $0.origin == found.origin }) == place else {
            throw .wrongWaiter
        }
        waiting.remove(at: place)
        origins[found.origin]?.waiting -= 1
        return found
    }

    /// Whether a connection could be made for an origin now, after closing an idle one if need be.
    func hasRoom(for origin: OriginID) -> Bool {
        guard let record = origins[origin] else { return false }
        if let limit = limits.maxPerOrigin, record.held >= limit { return record.idle > 0 }
        return connecting + leased + idle < limits.descriptorBudget || idle > 0
    }
}
