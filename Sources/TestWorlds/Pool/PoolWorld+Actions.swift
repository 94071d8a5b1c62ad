public import ConnectionPooling
public import Measurements

extension PoolWorld {
    /// Does what the pool says to a request that wants a connection.
    public mutating func perform(
        _ action: LeaseAction, for request: RequestID, origin: OriginID, fresh: Bool
    ) throws(PoolFault) {
        switch action {
        case .use(let id):
            try lend(id, to: request, origin: origin, fresh: fresh)
        case .connect(let id, let evicted):
            if let evicted { try close(evicted) }
            try open(id, origin: origin, for: request)
        case .wait:
            guard !isDraining else { throw .keptWhileDraining }
            guard !hasRoom(for: origin) else { throw .forgottenWaiter }
            waiting.append(Waiting(request: request, origin: origin, isFresh: fresh))
            origins[origin]?.waiting += 1
        case .exhausted(.draining):
            guard isDraining else { throw .wrongRefusal }
        case .exhausted(.tooManyWaiting):
            guard !hasRoom(for: origin),
                origins[origin]?.waiting == limits.maxWaitingPerOrigin
            else { throw .wrongRefusal }
        }
    }

    private mutating func lend(
        _ id: ConnectionID, to request: RequestID, origin: OriginID, fresh: Bool
    ) throws(PoolFault) {
        guard let connection = connection(id) else { throw .unknownConnection }
        switch connection.state {
        case .idle: break
        case .leased, .connecting: throw .usedTwice
        case .closing: throw .wrongState
        }
        guard connection.origin == origin else { throw .wrongOrigin }
        guard !fresh else { throw .notFresh }
        try setState(id, .leased(request))
    }

    /// Closes an idle connection.
    public mutating func perform(_ closing: Closing) throws(PoolFault) {
        try close(closing)
    }

    private mutating func close(_ closing: Closing) throws(PoolFault) {
        guard let connection = connection(closing.id) else { throw .unknownConnection }
        guard connection.state == .idle else { throw .wrongState }
        if closing.cause == .evicted { try holdEvictionOrder(of: connection) }
        try setState(closing.id, .closing)
    }

    /// The evicted connection is the one that is needed last; in `fixed`, idle for the longest.
    private func holdEvictionOrder(of evicted: Connection) throws(PoolFault) {
        for other in connections where other.state == .idle && other.id != evicted.id {
            switch limits.mode {
            case .auto:
                let otherUse = other.nextUse ?? .distantFuture
                guard otherUse <= evicted.nextUse ?? .distantFuture else { throw .wrongEviction }
            case .fixed:
                guard other.idleSince >= evicted.idleSince else { throw .wrongEviction }
            }
        }
    }

    /// Does what the pool says to the return of a connection.
    public mutating func perform(
        _ action: ReleaseAction, onReleaseOf id: ConnectionID, clean: Bool,
        nextUse: MonotonicInstant?, at now: MonotonicInstant
    ) throws(PoolFault) {
        guard let connection = connection(id) else { throw .unknownConnection }
        guard case .leased = connection.state else { throw .wrongState }
        switch action {
        case .keep(let evicted):
            guard clean else { throw .wrongState }
            guard !isDraining else { throw .keptWhileDraining }
            try putAside(id, nextUse: nextUse, at: now)
            if let evicted {
                guard evicted.id != id else { throw .wrongState }
                try close(evicted)
            }
        case .close(let closing):
            guard closing.id == id else { throw .unknownConnection }
            try setState(id, .closing)
        case .handOver(let request):
            guard clean else { throw .wrongState }
            guard !isDraining else { throw .keptWhileDraining }
            let waiter = try takeWaiting(request)
            guard waiter.origin == connection.origin else { throw .wrongOrigin }
            guard !waiter.isFresh else { throw .notFresh }
            try setState(id, .leased(request))
        case .closeThenConnect(let closing, let next, let request):
            guard closing.id == id else { throw .unknownConnection }
            try setState(id, .closing)
            let waiter = try takeWaiting(request)
            try open(next, origin: waiter.origin, for: request)
        }
    }

    private mutating func putAside(
        _ id: ConnectionID, nextUse: MonotonicInstant?, at now: MonotonicInstant
    ) throws(PoolFault) {
        try setState(id, .idle)
        guard let place = places[id] else { throw .unknownConnection }
        connections[place].idleSince = now
        connections[place].nextUse = nextUse
    }

    /// Does what the pool says after room was made.
    public mutating func perform(_ action: WaiterAction) throws(PoolFault) {
        guard case .connect(let id, let request, let origin) = action else { return }
        let waiter = try takeWaiting(request)
        guard waiter.origin == origin else { throw .wrongOrigin }
        try open(id, origin: origin, for: request)
    }

    // MARK: What happens in the world

    /// A connection is established.
    public mutating func connect(_ id: ConnectionID) throws(PoolFault) {
        guard let connection = connection(id) else { throw .unknownConnection }
        guard case .connecting(let request) = connection.state else { throw .wrongState }
        try setState(id, .leased(request))
    }

    /// A connection's socket is gone, in whatever state it was.
    public mutating func lose(_ id: ConnectionID) throws(PoolFault) {
        try remove(id)
    }

    /// A request gives up.
    ///
    /// True when it was waiting.
    public mutating func cancel(_ request: RequestID) -> Bool {
        guard let place = waiting.firstIndex(where: { $0.request == request }) else {
            return false
        }
        origins[waiting[place].origin]?.waiting -= 1
        waiting.remove(at: place)
        return true
    }

    /// The pool is emptied from now on.
    public mutating func drain() { isDraining = true }

    /// An origin's number may be given out again.
    public mutating func forget(_ origin: OriginID) { origins[origin] = nil }

    /// How many connections go to an origin, the closing ones too.
    public func open(to origin: OriginID) -> Int {
        origins[origin]?.open ?? 0
    }
}
