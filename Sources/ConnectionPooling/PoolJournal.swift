public import Measurements

/// Something that the pool was told.
public enum PoolEvent: Hashable, Sendable {
    case wanted(OriginID, fresh: Bool, RequestID)
    case cancelled(RequestID)
    case connected(ConnectionID)
    case connectFailed(ConnectionID)
    case released(ConnectionID, ReleaseCondition, nextUse: MonotonicInstant?)
    case closed(ConnectionID, CloseReporter)
    case timePassed
    case retired(OriginID, CloseCause)
    case originRemoved(OriginID)
    case draining
}

/// The last events of a pool, oldest first: what a report of a fault needs to be repeated.
public struct PoolJournal: Sendable {
    /// One event and its time.
    public struct Entry: Hashable, Sendable {
        /// When the pool was told.
        public var time: MonotonicInstant
        /// What it was told.
        public var event: PoolEvent
    }

    private let capacity: Int
    private var ring: [Entry] = []
    private var next = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func append(_ event: PoolEvent, at time: MonotonicInstant) {
        guard capacity > 0 else { return }
        if ring.count < capacity {
            ring.append(Entry(time: time, event: event))
        } else {
            ring[next] = Entry(time: time, event: event)
            next = (next + 1) % capacity
        }
    }

    /// The entries, oldest first.
    public var entries: [Entry] { Array(ring[next...] + ring[..<next]) }
}
