import DequeModule
public import Measurements

extension PoolStateMachine {
    /// A request wants a connection of an origin.
    ///
    /// - Parameters:
    ///   - fresh: The connection must never have been used.
    ///   - request: A number that no waiting request has.
    public mutating func lease(
        _ origin: OriginID, fresh: Bool, for request: RequestID, at now: MonotonicInstant
    ) -> LeaseAction {
        journal.append(.wanted(origin, fresh: fresh, request), at: now)
        guard let entry = origins[Int(origin.index)], !entry.isRemoved else {
            preconditionFailure("a connection is asked for of an origin that exists")
        }
        guard !isDraining else { return .exhausted(.draining) }
        if !fresh, let id = newestUsableIdle(of: entry, at: now) {
            takeFromIdle(Int(id.index))
            connections[Int(id.index)].state = .leased
            statistics.leased += 1
            statistics.leases += 1
            statistics.reused += 1
            return .use(id)
        }
        switch room(for: origin) {
        case .free:
            return .connect(open(for: origin, at: now), evicting: nil)
        case .afterClosing(let index, let cause):
            let closing = closeIdle(index, cause)
            return .connect(open(for: origin, at: now), evicting: closing)
        case .none:
            guard entry.waiters.count < limits.maxWaitingPerOrigin else {
                return .exhausted(.tooManyWaiting(limit: limits.maxWaitingPerOrigin))
            }
            enqueue(request, fresh: fresh, origin: origin)
            return .wait
        }
    }

    /// A waiting request is given up; false when it is not waiting.
    public mutating func cancel(
        _ request: RequestID, origin: OriginID, at now: MonotonicInstant
    ) -> Bool {
        journal.append(.cancelled(request), at: now)
        guard let entry = origins[Int(origin.index)],
            let index = entry.waiters.firstIndex(where: { $0.request == request })
        else { return false }
        origins[Int(origin.index)]?.waiters.remove(at: index)
        statistics.waiting -= 1
        forgetServedWaiters()
        return true
    }

    /// A connection is established, and the request it was made for has the use of it.
    public mutating func connected(_ id: ConnectionID, at now: MonotonicInstant) {
        journal.append(.connected(id), at: now)
        precondition(exists(id), "a connection is established once")
        precondition(
            connections[Int(id.index)].state == .connecting, "a connection is established once")
        connections[Int(id.index)].state = .leased
        connections[Int(id.index)].established = now
        statistics.connecting -= 1
        statistics.leased += 1
    }

    /// A connection could not be made, or its making was given up.
    ///
    /// Its number is free.
    public mutating func connectFailed(_ id: ConnectionID, at now: MonotonicInstant)
        -> WaiterAction
    {
        journal.append(.connectFailed(id), at: now)
        precondition(exists(id), "a connection fails once")
        precondition(
            connections[Int(id.index)].state == .connecting,
            "only a connection that is being made fails to be made")
        statistics.connecting -= 1
        letGo(of: connections[Int(id.index)].origin)
        free(id, cause: .failed)
        return nextWaiter(at: now)
    }

    // MARK: Room

    /// Whether another connection may be made.
    enum Room {
        case free
        case afterClosing(Int, CloseCause)
        case none
    }

    /// The room for one more connection of an origin.
    func room(for origin: OriginID) -> Room {
        guard let entry = origins[Int(origin.index)] else { return .none }
        if let limit = limits.maxPerOrigin, entry.held >= limit {
            let index = entry.newestIdle
            return index < 0 ? .none : .afterClosing(Int(index), .superseded)
        }
        if held < limits.descriptorBudget { return .free }
        guard let index = evictions.first else { return .none }
        return .afterClosing(index, .evicted)
    }

    private func newestUsableIdle(of entry: OriginEntry, at now: MonotonicInstant)
        -> ConnectionID?
    {
        guard entry.newestIdle >= 0 else { return nil }
        let index = Int(entry.newestIdle)
        let isOld =
            limits.maxLifetime.map { now - connections[index].established >= $0 } ?? false
        guard !isOld else { return nil }
        return ConnectionID(
            index: entry.newestIdle, generation: connections[index].generation)
    }

    // MARK: Waiting

    private mutating func enqueue(_ request: RequestID, fresh: Bool, origin: OriginID) {
        let waiter = Waiter(request: request, isFresh: fresh, sequence: nextSequence)
        origins[Int(origin.index)]?.waiters.append(waiter)
        queue.append((origin: origin, sequence: nextSequence))
        nextSequence += 1
        statistics.waiting += 1
    }

    /// Makes a connection for the request that has waited longest and has room now.
    mutating func nextWaiter(at now: MonotonicInstant) -> WaiterAction {
        guard !isDraining, statistics.waiting > 0 else { return .none }
        forgetServedWaiters()
        guard held < limits.descriptorBudget else { return .none }
        for position in queue.indices {
            let place = queue[position]
            guard let waiter = origins[Int(place.origin.index)]?.waiters.first,
                waiter.sequence == place.sequence,
                case .free = room(for: place.origin)
            else { continue }
            origins[Int(place.origin.index)]?.waiters.removeFirst()
            queue.remove(at: position)
            statistics.waiting -= 1
            return .connect(open(for: place.origin, at: now), waiter.request, place.origin)
        }
        return .none
    }

    /// Takes the first waiting request of an origin out of its queue.
    mutating func takeWaiter(of origin: OriginID) -> Waiter? {
        guard let waiter = origins[Int(origin.index)]?.waiters.popFirst() else { return nil }
        statistics.waiting -= 1
        forgetServedWaiters()
        return waiter
    }

    /// Drops the entries at the head of the common queue whose requests wait no longer, and all
    /// such entries when they outnumber the others.
    private mutating func forgetServedWaiters() {
        while let first = queue.first, !isWaiting(first.origin, first.sequence) {
            queue.removeFirst()
        }
        guard queue.count > 2 * statistics.waiting + 64 else { return }
        queue = Deque(queue.filter { isWaiting($0.origin, $0.sequence) })
    }

    private func isWaiting(_ origin: OriginID, _ sequence: UInt64) -> Bool {
        guard let waiters = origins[Int(origin.index)]?.waiters else { return false }
        // They are in the order of their numbers.
        var (low, high) = (0, waiters.count)
        while low < high {
            let middle = (low + high) / 2
            if waiters[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        return low < waiters.count && waiters[low].sequence == sequence
    }
}
