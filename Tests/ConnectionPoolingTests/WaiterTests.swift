import ConnectionPooling
import Measurements
import Testing

/// Requests that wait, and how they are served.
struct WaiterTests {
    let now = MonotonicInstant(nanoseconds: 0)

    struct Unexpected: Error {}

    func pool(_ change: (inout PoolLimits) -> Void) -> PoolStateMachine {
        var limits = PoolLimits(descriptorBudget: 10)
        change(&limits)
        return PoolStateMachine(limits: limits)
    }

    func plan() -> OriginPlan { OriginPlan(targets: 1, gap: .seconds(10), isTLS: false) }

    func connect(_ pool: inout PoolStateMachine, _ origin: OriginID, _ request: Int) throws
        -> ConnectionID
    {
        let action = pool.lease(
            origin, fresh: false, for: RequestID(value: request), at: now)
        guard case .connect(let id, nil) = action else { throw Unexpected() }
        pool.connected(id, at: now)
        return id
    }

    func wait(
        _ pool: inout PoolStateMachine, _ origin: OriginID, _ request: Int, fresh: Bool = false
    ) {
        let action = pool.lease(
            origin, fresh: fresh, for: RequestID(value: request), at: now)
        #expect(action == .wait)
    }

    func release(_ pool: inout PoolStateMachine, _ id: ConnectionID) -> ReleaseAction {
        pool.release(
            id, .clean(serverIdle: nil, remainingRequests: nil), nextUse: nil, at: now)
    }

    @Test func `A clean connection goes to the request that waited longest`() throws {
        var pool = pool { $0.maxPerOrigin = 1 }
        let origin = pool.addOrigin(plan())
        let id = try connect(&pool, origin, 1)
        wait(&pool, origin, 2)
        wait(&pool, origin, 3)
        #expect(release(&pool, id) == .handOver(RequestID(value: 2)))
        #expect(release(&pool, id) == .handOver(RequestID(value: 3)))
        #expect(release(&pool, id) == .keep(evicting: nil))
        #expect(pool.statistics.leases == 3)
        #expect(pool.statistics.reused == 2)
    }

    @Test func `A request for a fresh connection gets a new one in the old one's place`() throws {
        var pool = pool { $0.maxPerOrigin = 1 }
        let origin = pool.addOrigin(plan())
        let id = try connect(&pool, origin, 1)
        wait(&pool, origin, 2, fresh: true)
        guard
            case .closeThenConnect(let closing, let next, let request) = release(&pool, id)
        else { throw Unexpected() }
        #expect(closing == Closing(id: id, cause: .superseded))
        #expect(next != id)
        #expect(request == RequestID(value: 2))
    }

    @Test func `A request for a fresh connection supersedes an idle one at the limit`() throws {
        var pool = pool { $0.maxPerOrigin = 1 }
        let origin = pool.addOrigin(plan())
        let id = try connect(&pool, origin, 1)
        #expect(release(&pool, id) == .keep(evicting: nil))
        let action = pool.lease(origin, fresh: true, for: RequestID(value: 2), at: now)
        guard case .connect(_, let evicted) = action else { throw Unexpected() }
        #expect(evicted == Closing(id: id, cause: .superseded))
    }

    @Test func `A spent connection makes room for who waits`() throws {
        var pool = pool { $0.descriptorBudget = 1 }
        let first = pool.addOrigin(plan())
        let second = pool.addOrigin(plan())
        let id = try connect(&pool, first, 1)
        wait(&pool, second, 2)
        let action = pool.release(id, .spent(.timeout), nextUse: nil, at: now)
        guard case .closeThenConnect(let closing, let next, let request) = action else {
            throw Unexpected()
        }
        #expect(closing == Closing(id: id, cause: .timeout))
        #expect(request == RequestID(value: 2))
        #expect(pool.connectFailed(next, at: now) == .none)
    }

    @Test func `A clean connection gives way to another origin's request`() throws {
        var pool = pool { $0.descriptorBudget = 1 }
        let first = pool.addOrigin(plan())
        let second = pool.addOrigin(plan())
        let id = try connect(&pool, first, 1)
        wait(&pool, second, 2)
        guard case .closeThenConnect(let closing, _, _) = release(&pool, id) else {
            throw Unexpected()
        }
        #expect(closing.cause == .evicted)
    }

    @Test func `A death and a failure serve who waits`() throws {
        var pool = pool { $0.descriptorBudget = 1 }
        let origin = pool.addOrigin(plan())
        let id = try connect(&pool, origin, 1)
        wait(&pool, origin, 2)
        wait(&pool, origin, 3)
        guard
            case .connect(let second, RequestID(value: 2), origin) = pool.closed(
                id, by: .peer, at: now)
        else { throw Unexpected() }
        guard
            case .connect(_, RequestID(value: 3), origin) = pool.connectFailed(
                second, at: now)
        else { throw Unexpected() }
        #expect(pool.statistics.waiting == 0)
    }

    @Test func `Who cannot be served does not stand in the way of who can`() throws {
        var pool = pool {
            $0.descriptorBudget = 2
            $0.maxPerOrigin = 1
        }
        let narrow = pool.addOrigin(plan())
        let other = pool.addOrigin(plan())
        let third = pool.addOrigin(plan())
        _ = try connect(&pool, narrow, 1)
        let second = try connect(&pool, other, 2)
        wait(&pool, narrow, 3)
        wait(&pool, third, 4)
        let action = pool.closed(second, by: .peer, at: now)
        guard case .connect(_, RequestID(value: 4), third) = action else { throw Unexpected() }
    }

    @Test func `A given up request is not served, and giving up twice is nothing`() throws {
        var pool = pool { $0.descriptorBudget = 1 }
        let origin = pool.addOrigin(plan())
        let id = try connect(&pool, origin, 1)
        wait(&pool, origin, 2)
        wait(&pool, origin, 3)
        #expect(pool.cancel(RequestID(value: 2), origin: origin, at: now) == true)
        #expect(pool.cancel(RequestID(value: 2), origin: origin, at: now) == false)
        #expect(pool.cancel(RequestID(value: 1), origin: origin, at: now) == false)
        #expect(release(&pool, id) == .handOver(RequestID(value: 3)))
    }

    @Test func `The queue of an origin is bounded`() throws {
        var pool = pool {
            $0.descriptorBudget = 1
            $0.maxWaitingPerOrigin = 2
        }
        let origin = pool.addOrigin(plan())
        _ = try connect(&pool, origin, 1)
        wait(&pool, origin, 2)
        wait(&pool, origin, 3)
        let action = pool.lease(origin, fresh: false, for: RequestID(value: 4), at: now)
        #expect(action == .exhausted(.tooManyWaiting(limit: 2)))
        #expect(
            ExhaustionReason.tooManyWaiting(limit: 2).description
                == "2 probes wait for a connection of this origin already, the most that may")
    }

    @Test func `An emptied pool serves nobody and ends empty`() throws {
        var pool = pool { $0.descriptorBudget = 2 }
        let origin = pool.addOrigin(plan())
        let first = try connect(&pool, origin, 1)
        let second = try connect(&pool, origin, 2)
        wait(&pool, origin, 3)
        #expect(pool.drain(at: now) == [])
        #expect(pool.closed(first, by: .peer, at: now) == .none)
        #expect(pool.cancel(RequestID(value: 3), origin: origin, at: now) == true)
        #expect(release(&pool, second) == .close(Closing(id: second, cause: .draining)))
        #expect(pool.closed(second, by: .us, at: now) == .none)
        #expect(pool.statistics.open == 0)
        #expect(pool.statistics.closedByCause == [.peerClosed: 1, .draining: 1])
    }

    @Test func `Statistics of several pools add up`() throws {
        var pool = pool { _ in }
        let origin = pool.addOrigin(plan())
        let id = try connect(&pool, origin, 1)
        _ = pool.closed(id, by: .us, at: now)
        var sum = pool.statistics
        sum.merge(pool.statistics)
        #expect(sum.opened == 2)
        #expect(sum.closedByCause == [.abandoned: 2])
    }
}
