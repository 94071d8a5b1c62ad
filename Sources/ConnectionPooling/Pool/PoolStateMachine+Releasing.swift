public import Measurements

extension PoolStateMachine {
    /// A request is done with its connection.
    ///
    /// - Parameter nextUse: When the schedule needs the origin again; nil when it does not say.
    public mutating func release(
        _ id: ConnectionID, _ condition: ReleaseCondition, nextUse: MonotonicInstant?,
        at now: MonotonicInstant
    ) -> ReleaseAction {
        journal.append(.released(id, condition, nextUse: nextUse), at: now)
        precondition(exists(id), "a connection is given back once")
        let index = Int(id.index)
        precondition(connections[index].state == .leased, "a connection is given back once")
        let origin = connections[index].origin
        switch condition {
        case .spent(let cause):
            return close(id, cause, at: now)
        case .clean(let serverIdle, let remainingRequests):
            if let serverIdle { origins[Int(origin.index)]?.idleLimit.said(serverIdle, at: now) }
            if let cause = reasonToClose(index, remainingRequests: remainingRequests, at: now) {
                return close(id, cause, at: now)
            }
            if let waiter = origins[Int(origin.index)]?.waiters.first {
                guard !waiter.isFresh else { return close(id, .superseded, at: now) }
                _ = takeWaiter(of: origin)
                statistics.leases += 1
                statistics.reused += 1
                return .handOver(waiter.request)
            }
            // A request of another origin waits for a descriptor: it needs this one now.
            if held >= limits.descriptorBudget, statistics.waiting > 0 {
                return close(id, .evicted, at: now)
            }
            return keep(id, nextUse: nextUse, at: now)
        }
    }

    private mutating func close(
        _ id: ConnectionID, _ cause: CloseCause, at now: MonotonicInstant
    ) -> ReleaseAction {
        let closing = beginClosing(id, cause)
        switch nextWaiter(at: now) {
        case .none: return .close(closing)
        case .connect(let next, let request, _): return .closeThenConnect(closing, next, request)
        }
    }

    private func reasonToClose(
        _ index: Int, remainingRequests: Int?, at now: MonotonicInstant
    ) -> CloseCause? {
        let entry = origins[Int(connections[index].origin.index)]
        if isDraining { return .draining }
        if entry?.isRemoved != false { return .originRemoved }
        if remainingRequests == 0 { return .serverAsked }
        if let limit = limits.maxLifetime, now - connections[index].established >= limit {
            return .maxLifetime
        }
        return nil
    }

    // MARK: Keeping

    private mutating func keep(
        _ id: ConnectionID, nextUse: MonotonicInstant?, at now: MonotonicInstant
    ) -> ReleaseAction {
        let index = Int(id.index)
        let origin = connections[index].origin
        guard let entry = origins[Int(origin.index)] else {
            preconditionFailure("a leased connection has an origin")
        }
        if entry.idle >= limits.maxIdlePerOrigin { return close(id, .overIdleLimit, at: now) }
        let end: (at: MonotonicInstant, cause: CloseCause)
        let evictionKey: Int64
        switch limits.mode {
        case .fixed:
            guard limits.maxIdle > 0 else { return close(id, .overIdleLimit, at: now) }
            end = ended(index, by: now + limits.idleTimeout, .idleTimeout)
            // The one that has been idle longest goes first.
            evictionKey = now.nanoseconds
        case .auto:
            switch plannedEnd(of: entry, nextUse: nextUse, at: now) {
            case .closeNow(let cause): return close(id, cause, at: now)
            case .keep(let until, let cause): end = ended(index, by: until, cause)
            }
            // The one that is needed last goes first; nobody knows of a need at all: before it.
            evictionKey = nextUse.map { -$0.nanoseconds } ?? .min
        }
        lastKept = now
        putIntoIdle(index, end: end, evictionKey: evictionKey, at: now)
        guard let surplus = surplusIdle() else { return .keep(evicting: nil) }
        let closing = closeIdle(surplus, .evicted)
        return surplus == index ? .close(closing) : .keep(evicting: closing)
    }

    private enum PlannedEnd {
        case closeNow(CloseCause)
        case keep(until: MonotonicInstant, CloseCause)
    }

    /// How long a connection is worth keeping, by the schedule and by what its server has shown.
    private func plannedEnd(
        of entry: OriginEntry, nextUse: MonotonicInstant?, at now: MonotonicInstant
    ) -> PlannedEnd {
        // After its planned use it is kept a while longer: a probe may be late, or left out once.
        let unused = max(now, nextUse ?? now) + limits.idleTimeout
        guard let limit = entry.idleLimit.limit(at: now) else {
            return .keep(until: unused, .idleTimeout)
        }
        let trusted = now + (limit - LearnedIdleLimit.margin(of: limit))
        if let nextUse, nextUse > trusted { return .closeNow(.serverWouldClose) }
        if trusted <= now { return .closeNow(.serverWouldClose) }
        return trusted < unused
            ? .keep(until: trusted, .serverWouldClose) : .keep(until: unused, .idleTimeout)
    }

    private func ended(_ index: Int, by end: MonotonicInstant, _ cause: CloseCause)
        -> (at: MonotonicInstant, cause: CloseCause)
    {
        guard let limit = limits.maxLifetime else { return (end, cause) }
        let old = connections[index].established + limit
        return old < end ? (old, .maxLifetime) : (end, cause)
    }

    /// The idle connection that is over a limit, if one is.
    func surplusIdle() -> Int? {
        switch limits.mode {
        case .fixed: statistics.idle > limits.maxIdle ? evictions.first : nil
        case .auto: idleBytes > limits.memoryBudgetBytes ? evictions.first : nil
        }
    }
}
