public import Measurements

extension PoolStateMachine {
    /// A connection is gone, in whatever state it was: the socket is closed.
    public mutating func closed(
        _ id: ConnectionID, by reporter: CloseReporter, at now: MonotonicInstant
    ) -> WaiterAction {
        journal.append(.closed(id, reporter), at: now)
        precondition(exists(id), "a connection ends once")
        let index = Int(id.index)
        let origin = connections[index].origin
        switch connections[index].state {
        case .free:
            preconditionFailure("a connection ends once")
        case .closing:
            statistics.closing -= 1
            free(id, cause: connections[index].closeCause)
            return .none
        case .connecting:
            statistics.connecting -= 1
            letGo(of: origin)
            free(id, cause: .failed)
        case .leased:
            statistics.leased -= 1
            letGo(of: origin)
            free(id, cause: reporter == .us ? .abandoned : .peerClosed)
        case .idle:
            if reporter == .peer {
                origins[Int(origin.index)]?.idleLimit.closed(
                    after: now - connections[index].idleSince, at: now)
            }
            takeFromIdle(index)
            letGo(of: origin)
            free(id, cause: .peerClosed)
        }
        return nextWaiter(at: now)
    }

    /// The earliest moment at which ``expire(at:)`` has something to do; nil when never.
    public var nextExpiry: MonotonicInstant? {
        let first = expiries.firstKey.map { MonotonicInstant(nanoseconds: $0) }
        return surplusIdle() == nil ? first : min(first ?? lastKept, lastKept)
    }

    /// The idle connections whose time has come, and those that are over a limit still: one that
    /// costs much can take the place of several that cost little.
    public mutating func expire(at now: MonotonicInstant) -> [Closing] {
        guard let next = nextExpiry, next <= now else { return [] }
        journal.append(.timePassed, at: now)
        var closings: [Closing] = []
        while let index = expiries.first, let key = expiries.firstKey, key <= now.nanoseconds {
            closings.append(closeIdle(index, connections[index].expiryCause))
        }
        while let index = surplusIdle() { closings.append(closeIdle(index, .evicted)) }
        return closings
    }

    /// The idle connections of an origin that are no longer wanted.
    public mutating func retireIdle(
        _ origin: OriginID, cause: CloseCause, at now: MonotonicInstant,
        where isUnwanted: (ConnectionID) -> Bool
    ) -> [Closing] {
        journal.append(.retired(origin, cause), at: now)
        var closings: [Closing] = []
        var index = origins[Int(origin.index)]?.newestIdle ?? -1
        while index >= 0 {
            let older = connections[Int(index)].older
            let id = ConnectionID(
                index: index, generation: connections[Int(index)].generation)
            if isUnwanted(id) { closings.append(closeIdle(Int(index), cause)) }
            index = older
        }
        return closings
    }

    /// Nothing is kept or made from now on.
    ///
    /// Waiting requests are the caller's to cancel.
    public mutating func drain(at now: MonotonicInstant) -> [Closing] {
        journal.append(.draining, at: now)
        isDraining = true
        var closings: [Closing] = []
        while let index = expiries.first { closings.append(closeIdle(index, .draining)) }
        return closings
    }

    // MARK: The idle connections

    mutating func putIntoIdle(
        _ index: Int, end: (at: MonotonicInstant, cause: CloseCause), evictionKey: Int64,
        at now: MonotonicInstant
    ) {
        let origin = Int(connections[index].origin.index)
        let head = origins[origin]?.newestIdle ?? -1
        connections[index].state = .idle
        connections[index].idleSince = now
        connections[index].expiryCause = end.cause
        connections[index].newer = -1
        connections[index].older = head
        if head >= 0 { connections[Int(head)].newer = Int32(index) }
        origins[origin]?.newestIdle = Int32(index)
        origins[origin]?.idle += 1
        statistics.leased -= 1
        statistics.idle += 1
        idleBytes += bytes(of: index)
        expiries.insert(index, key: end.at.nanoseconds)
        evictions.insert(index, key: evictionKey)
    }

    /// Takes a connection out of the idle ones; its next state is the caller's to set.
    mutating func takeFromIdle(_ index: Int) {
        precondition(connections[index].state == .idle, "the connection is idle")
        let origin = Int(connections[index].origin.index)
        let (newer, older) = (connections[index].newer, connections[index].older)
        if newer >= 0 {
            connections[Int(newer)].older = older
        } else {
            origins[origin]?.newestIdle = older
        }
        if older >= 0 { connections[Int(older)].newer = newer }
        origins[origin]?.idle -= 1
        statistics.idle -= 1
        idleBytes -= bytes(of: index)
        expiries.remove(index)
        evictions.remove(index)
    }

    mutating func closeIdle(_ index: Int, _ cause: CloseCause) -> Closing {
        takeFromIdle(index)
        connections[index].state = .closing
        connections[index].closeCause = cause
        statistics.closing += 1
        letGo(of: connections[index].origin)
        return Closing(
            id: ConnectionID(index: Int32(index), generation: connections[index].generation),
            cause: cause)
    }

    private func bytes(of index: Int) -> Int {
        origins[Int(connections[index].origin.index)]?.plan.idleBytes ?? 0
    }
}
