public import ConnectionPooling
import Measurements

/// Drives a pool through random events in a ``PoolWorld`` until it is emptied.
public struct PoolDriver: Sendable {
    /// What was broken, and all that is needed to see it again.
    public struct Failure: Error, CustomStringConvertible {
        /// What was broken.
        public var fault: PoolFault
        /// The seed of the run.
        public var seed: UInt64
        /// How many events had been done.
        public var event: Int
        /// The pool's last events.
        public var journal: [PoolJournal.Entry]

        /// The fault, the seed and the last events, a line each.
        public var description: String {
            let lines = journal.map { "  \($0.time.nanoseconds) \($0.event)" }
            return "seed \(seed), event \(event): \(fault)\n" + lines.joined(separator: "\n")
        }
    }

    var pool: PoolStateMachine
    var world: PoolWorld
    var chance: SeededGenerator
    var now = MonotonicInstant(nanoseconds: 0)
    var origins: [(id: OriginID, isTLS: Bool)] = []
    var removed: [OriginID] = []
    private var lastRequest = 0
    private var events = 0
    /// Leases in a thousand events: a busy pool has requests that wait, a calm one has idle
    /// connections.
    private let leaseShare: Int

    /// Makes a pool and its world.
    public init(limits: PoolLimits, seed: UInt64) {
        pool = PoolStateMachine(limits: limits, journalCapacity: 32)
        world = PoolWorld(limits: limits)
        chance = SeededGenerator(seed: seed)
        leaseShare = seed.isMultiple(of: 2) ? 380 : 120
    }

    /// Does so many random events, then empties the pool.
    ///
    /// - Returns: What the pool has done.
    public mutating func run(events count: Int) throws(Failure) -> PoolStatistics {
        do throws(PoolFault) {
            for _ in 0..<4 { try addOrigin() }
            while events < count {
                events += 1
                try step()
                try world.check(pool.statistics)
                try settle()
            }
            try drain()
        } catch {
            throw Failure(
                fault: error, seed: chance.seed, event: events, journal: pool.journal.entries)
        }
        return pool.statistics
    }

    private mutating func step() throws(PoolFault) {
        now = now + .microseconds(Int.random(in: 0..<200_000, using: &chance))
        switch Int.random(in: 0..<1000, using: &chance) {
        case ..<leaseShare: try lease()
        case ..<880: try disturb()
        case ..<920: try cancel()
        case ..<960: try passTime()
        case ..<970: try retire()
        case ..<980: try addOrigin()
        case ..<988: try removeOrigin()
        default: updateOrigin()
        }
    }

    /// What has been due since the event is done before the limits are looked at.
    private mutating func settle() throws(PoolFault) {
        if let next = pool.nextExpiry, next <= now {
            // A pool is often told the time late.
            guard happens(50) else { return }
            try expire()
        }
        try world.checkIdleLimits()
    }

    private mutating func expire() throws(PoolFault) {
        for closing in pool.expire(at: now) { try world.perform(closing) }
        if let next = pool.nextExpiry, next <= now { throw .notExpired }
        try world.checkExpired(at: now)
    }

    mutating func happens(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &chance) < percent
    }

    private mutating func lease() throws(PoolFault) {
        guard let origin = origins.randomElement(using: &chance)?.id else { return }
        lastRequest += 1
        let request = RequestID(value: lastRequest)
        let fresh = happens(15)
        let action = pool.lease(origin, fresh: fresh, for: request, at: now)
        try world.perform(action, for: request, origin: origin, fresh: fresh)
    }

    private mutating func cancel() throws(PoolFault) {
        let origin: OriginID
        let request: RequestID
        if let waiter = world.waiting.randomElement(using: &chance), happens(90) {
            (origin, request) = (waiter.origin, waiter.request)
        } else if let any = origins.randomElement(using: &chance) {
            (origin, request) = (any.id, RequestID(value: 0))
        } else {
            return
        }
        let wasWaiting = world.cancel(request)
        guard pool.cancel(request, origin: origin, at: now) == wasWaiting else {
            throw .wrongWaiter
        }
    }

    private mutating func passTime() throws(PoolFault) {
        if happens(30) { now = now + .seconds(Int.random(in: 0..<90, using: &chance)) }
        try expire()
    }

    private mutating func retire() throws(PoolFault) {
        guard let origin = origins.randomElement(using: &chance)?.id else { return }
        let bit = UInt32.random(in: 0...1, using: &chance)
        let closings = pool.retireIdle(origin, cause: .addressChanged, at: now) {
            $0.generation & 1 == bit
        }
        for closing in closings {
            guard closing.id.generation & 1 == bit else { throw .wrongState }
            try world.perform(closing)
        }
    }

    // MARK: Origins

    private mutating func addOrigin() throws(PoolFault) {
        guard origins.count < 12 else { return }
        let isTLS = happens(50)
        let plan = plan(isTLS: isTLS)
        let id = pool.addOrigin(plan)
        removed.removeAll { $0 == id }
        try world.add(id, isTLS: isTLS)
        origins.append((id, isTLS))
    }

    private mutating func plan(isTLS: Bool) -> OriginPlan {
        OriginPlan(
            targets: Int.random(in: 0...3, using: &chance),
            gap: happens(20) ? nil : .seconds(Int.random(in: 1...60, using: &chance)),
            isTLS: isTLS)
    }

    private mutating func updateOrigin() {
        guard let origin = origins.randomElement(using: &chance) else { return }
        pool.updateOrigin(origin.id, plan(isTLS: origin.isTLS))
    }

    private mutating func removeOrigin() throws(PoolFault) {
        guard origins.count > 2 else { return }
        let place = Int.random(in: 0..<origins.count, using: &chance)
        let origin = origins.remove(at: place).id
        for waiter in world.waiting where waiter.origin == origin {
            guard world.cancel(waiter.request),
                pool.cancel(waiter.request, origin: origin, at: now)
            else { throw .wrongWaiter }
        }
        for closing in pool.removeOrigin(origin, at: now) { try world.perform(closing) }
        removed.append(origin)
        forgetUnused()
    }

    /// A removed origin's number is free when its last connection is gone.
    mutating func forgetUnused() {
        guard !removed.isEmpty else { return }
        for origin in removed where world.open(to: origin) == 0 { world.forget(origin) }
        removed.removeAll { world.open(to: $0) == 0 }
    }

    // MARK: The end

    private mutating func drain() throws(PoolFault) {
        world.drain()
        for closing in pool.drain(at: now) { try world.perform(closing) }
        for waiter in world.waiting {
            guard world.cancel(waiter.request),
                pool.cancel(waiter.request, origin: waiter.origin, at: now)
            else { throw .wrongWaiter }
        }
        try world.check(pool.statistics)
        try lease()
        while !world.connections.isEmpty {
            try disturb()
            try world.check(pool.statistics)
        }
        try world.checkEmpty(pool.statistics)
    }
}
