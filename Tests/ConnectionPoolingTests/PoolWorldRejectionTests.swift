import ConnectionPooling
import Measurements
import Testing
import TestWorlds

/// The world of the random runs sees a pool that breaks its promises: each is broken once here.
struct PoolWorldRejectionTests {
    let origin = OriginID(index: 0)
    let other = OriginID(index: 1)
    let now = MonotonicInstant(nanoseconds: 0)

    func id(_ index: Int32, _ generation: UInt32 = 0) -> ConnectionID {
        ConnectionID(index: index, generation: generation)
    }

    func request(_ value: Int) -> RequestID { RequestID(value: value) }

    /// Two plain origins, and a connection to the first that request 1 has.
    func world(_ change: (inout PoolLimits) -> Void = { _ in }) throws -> PoolWorld {
        var limits = PoolLimits(descriptorBudget: 2)
        change(&limits)
        var world = PoolWorld(limits: limits)
        try world.add(origin, isTLS: false)
        try world.add(other, isTLS: false)
        try world.perform(
            .connect(id(0), evicting: nil), for: request(1), origin: origin, fresh: false)
        try world.connect(id(0))
        return world
    }

    func idle(nextUse: MonotonicInstant? = nil) throws -> PoolWorld {
        var world = try world()
        try world.perform(
            .keep(evicting: nil), onReleaseOf: id(0), clean: true, nextUse: nextUse, at: now)
        return world
    }

    @Test func `A connection is not used by two requests`() throws {
        var world = try world()
        #expect(throws: PoolFault.usedTwice) {
            try world.perform(.use(id(0)), for: request(2), origin: origin, fresh: false)
        }
    }

    @Test func `A connection that does not exist is not used`() throws {
        var world = try idle()
        #expect(throws: PoolFault.unknownConnection) {
            try world.perform(.use(id(5)), for: request(2), origin: origin, fresh: false)
        }
        try world.lose(id(0))
        #expect(throws: PoolFault.unknownConnection) {
            try world.perform(.use(id(0)), for: request(2), origin: origin, fresh: false)
        }
    }

    @Test func `A connection that is being closed is not used`() throws {
        var world = try idle()
        try world.perform(Closing(id: id(0), cause: .idleTimeout))
        #expect(throws: PoolFault.wrongState) {
            try world.perform(.use(id(0)), for: request(2), origin: origin, fresh: false)
        }
        #expect(throws: PoolFault.wrongState) {
            try world.perform(Closing(id: id(0), cause: .idleTimeout))
        }
    }

    @Test func `A connection serves its own origin, and no request for a fresh one`() throws {
        var world = try idle()
        #expect(throws: PoolFault.wrongOrigin) {
            try world.perform(.use(id(0)), for: request(2), origin: other, fresh: false)
        }
        #expect(throws: PoolFault.notFresh) {
            try world.perform(.use(id(0)), for: request(2), origin: origin, fresh: true)
        }
    }

    @Test func `A connection in use is not closed behind its request's back`() throws {
        var world = try world()
        #expect(throws: PoolFault.wrongState) {
            try world.perform(Closing(id: id(0), cause: .evicted))
        }
    }

    @Test func `A number is given out once`() throws {
        var world = try world()
        #expect(throws: PoolFault.usedNumber) {
            try world.perform(
                .connect(id(0, 1), evicting: nil), for: request(2), origin: origin, fresh: false)
        }
        try world.lose(id(0))
        #expect(throws: PoolFault.usedNumber) {
            try world.perform(
                .connect(id(0), evicting: nil), for: request(2), origin: origin, fresh: false)
        }
    }

    @Test func `The limits hold`() throws {
        var full = try world { $0.descriptorBudget = 1 }
        #expect(throws: PoolFault.overDescriptorBudget) {
            try full.perform(
                .connect(id(1), evicting: nil), for: request(2), origin: other, fresh: false)
        }
        var narrow = try world { $0.maxPerOrigin = 1 }
        #expect(throws: PoolFault.overOriginLimit) {
            try narrow.perform(
                .connect(id(1), evicting: nil), for: request(2), origin: origin, fresh: false)
        }
        var fixed = try world {
            $0.mode = .fixed
            $0.maxIdle = 0
        }
        try fixed.perform(
            .keep(evicting: nil), onReleaseOf: id(0), clean: true, nextUse: nil, at: now)
        var statistics = PoolStatistics()
        statistics.idle = 1
        #expect(throws: PoolFault.overIdleLimit) { try fixed.check(statistics) }
        var poor = try world { $0.memoryBudgetBytes = 1 }
        try poor.perform(
            .keep(evicting: nil), onReleaseOf: id(0), clean: true, nextUse: nil, at: now)
        #expect(throws: PoolFault.overIdleLimit) { try poor.checkIdleLimits() }
    }

    @Test func `A request that could be served does not wait`() throws {
        var world = try world()
        #expect(throws: PoolFault.forgottenWaiter) {
            try world.perform(.wait, for: request(2), origin: origin, fresh: false)
        }
        var full = try self.world { $0.descriptorBudget = 1 }
        try full.perform(.wait, for: request(2), origin: other, fresh: false)
        // The only connection is gone, and nothing was done for the request that waits.
        try full.lose(id(0))
        try full.perform(.none)
        var statistics = PoolStatistics()
        statistics.waiting = 1
        #expect(throws: PoolFault.forgottenWaiter) { try full.check(statistics) }
        #expect(throws: PoolFault.wrongRefusal) {
            try world.perform(
                .exhausted(.tooManyWaiting(limit: 1024)), for: request(3), origin: origin,
                fresh: false)
        }
    }

    @Test func `Who came first is served first, and nobody who does not wait`() throws {
        var world = try world { $0.descriptorBudget = 1 }
        for value in 2...3 {
            try world.perform(.wait, for: request(value), origin: origin, fresh: false)
        }
        #expect(throws: PoolFault.wrongWaiter) {
            try world.perform(
                .handOver(request(3)), onReleaseOf: id(0), clean: true, nextUse: nil, at: now)
        }
        #expect(throws: PoolFault.wrongWaiter) {
            try world.perform(.connect(id(1), request(9), origin))
        }
    }

    @Test func `What is spent is not kept`() throws {
        var world = try world()
        #expect(throws: PoolFault.wrongState) {
            try world.perform(
                .keep(evicting: nil), onReleaseOf: id(0), clean: false, nextUse: nil, at: now)
        }
    }

    @Test func `What is needed sooner is not evicted before what is needed later`() throws {
        var world = try idle(nextUse: now + .seconds(1))
        try world.perform(
            .connect(id(1), evicting: nil), for: request(2), origin: other, fresh: false)
        try world.connect(id(1))
        #expect(throws: PoolFault.wrongEviction) {
            try world.perform(
                .keep(evicting: Closing(id: id(0), cause: .evicted)), onReleaseOf: id(1),
                clean: true, nextUse: now + .seconds(2), at: now)
        }
    }

    @Test func `A count that differs from the world's is a leaked number`() throws {
        let world = try world()
        #expect(throws: PoolFault.leakedNumber) { try world.check(PoolStatistics()) }
        #expect(throws: PoolFault.notEmpty) { try world.checkEmpty(PoolStatistics()) }
    }

    @Test func `An idle connection does not outlive its time`() throws {
        let world = try idle()
        try world.checkExpired(at: now + .seconds(29))
        #expect(throws: PoolFault.notExpired) { try world.checkExpired(at: now + .seconds(30)) }
    }

    @Test func `Nothing is kept or made while the pool is being emptied`() throws {
        var world = try world()
        world.drain()
        #expect(throws: PoolFault.keptWhileDraining) {
            try world.perform(
                .connect(id(1), evicting: nil), for: request(2), origin: other, fresh: false)
        }
        #expect(throws: PoolFault.keptWhileDraining) {
            try world.perform(
                .keep(evicting: nil), onReleaseOf: id(0), clean: true, nextUse: nil, at: now)
        }
    }
}
