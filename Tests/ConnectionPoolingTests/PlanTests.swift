import ConnectionPooling
import Measurements
import Testing

/// What the pool keeps in `auto` and in `fixed`, and for how long.
struct PlanTests {
    /// A pool and the shell around it: every connection is made and closed at once.
    struct Shell {
        var pool: PoolStateMachine
        var now = MonotonicInstant(nanoseconds: 0)
        private var requests = 0

        init(mode: PoolLimits.Mode = .auto, _ change: (inout PoolLimits) -> Void = { _ in }) {
            var limits = PoolLimits(mode: mode, descriptorBudget: 100)
            change(&limits)
            pool = PoolStateMachine(limits: limits, journalCapacity: 8)
        }

        mutating func origin(isTLS: Bool = false) -> OriginID {
            pool.addOrigin(OriginPlan(targets: 1, gap: .seconds(10), isTLS: isTLS))
        }

        mutating func request() -> RequestID {
            requests += 1
            return RequestID(value: requests)
        }

        mutating func gone(_ closing: Closing?) {
            if let closing { _ = pool.closed(closing.id, by: .us, at: now) }
        }

        /// A connection in use, kept or made.
        mutating func lease(_ origin: OriginID, fresh: Bool = false) throws -> ConnectionID {
            switch pool.lease(origin, fresh: fresh, for: request(), at: now) {
            case .use(let id): return id
            case .connect(let id, let evicted):
                gone(evicted)
                pool.connected(id, at: now)
                return id
            case .wait, .exhausted: throw Unexpected()
            }
        }

        mutating func release(
            _ id: ConnectionID, nextUseIn seconds: Int? = 10, serverIdle: Duration? = nil,
            remaining: Int? = nil
        ) -> ReleaseAction {
            pool.release(
                id, .clean(serverIdle: serverIdle, remainingRequests: remaining),
                nextUse: seconds.map { now + .seconds($0) }, at: now)
        }

        /// Uses an origin once and gives the connection back.
        mutating func use(
            _ origin: OriginID, nextUseIn seconds: Int? = 10, serverIdle: Duration? = nil
        ) throws -> (id: ConnectionID, action: ReleaseAction) {
            let id = try lease(origin)
            return (id, release(id, nextUseIn: seconds, serverIdle: serverIdle))
        }
    }

    struct Unexpected: Error {}

    @Test func `A connection is kept until the schedule needs it, and a while longer`() throws {
        var shell = Shell()
        let origin = shell.origin()
        let (id, action) = try shell.use(origin, nextUseIn: 3600)
        #expect(action == .keep(evicting: nil))
        shell.now = shell.now + .seconds(3600)
        #expect(shell.pool.expire(at: shell.now) == [])
        #expect(shell.pool.nextExpiry == shell.now + .seconds(30))
        #expect(try shell.lease(origin) == id)
        _ = shell.release(id, nextUseIn: 10)
        let closings = shell.pool.expire(at: shell.now + .seconds(40))
        #expect(closings == [Closing(id: id, cause: .idleTimeout)])
    }

    @Test func `What nothing will use is kept for the idle timeout`() throws {
        var shell = Shell()
        _ = try shell.use(shell.origin(), nextUseIn: nil)
        #expect(shell.pool.nextExpiry == shell.now + .seconds(30))
    }

    @Test(arguments: [(60, true), (10, true), (9, false), (5, false), (0, false)])
    func `A Keep-Alive field that ends before the next use closes at once`(
        seconds: Int, isKept: Bool
    ) throws {
        var shell = Shell()
        let origin = shell.origin()
        let (id, action) = try shell.use(
            origin, nextUseIn: 9, serverIdle: .seconds(seconds))
        // A tenth of the server's limit is not trusted: of 10 s, the last second is.
        #expect(
            action
                == (isKept
                    ? .keep(evicting: nil)
                    : .close(Closing(id: id, cause: .serverWouldClose))))
        #expect(shell.pool.learnedIdleLimit(of: origin, at: shell.now) == .seconds(seconds))
    }

    @Test func `A kept connection ends before its server's limit`() throws {
        var shell = Shell()
        let (id, action) = try shell.use(
            shell.origin(), nextUseIn: 10, serverIdle: .seconds(20))
        #expect(action == .keep(evicting: nil))
        #expect(shell.pool.nextExpiry == shell.now + .seconds(18))
        #expect(
            shell.pool.expire(at: shell.now + .seconds(18))
                == [Closing(id: id, cause: .serverWouldClose)])
    }

    @Test func `Two closes after nearly the same idle time teach the server's limit`() throws {
        var shell = Shell()
        let origin = shell.origin()
        for idle in [5.0, 5.1] {
            let (id, action) = try shell.use(origin, nextUseIn: 60)
            #expect(action == .keep(evicting: nil))
            #expect(shell.pool.learnedIdleLimit(of: origin, at: shell.now) == nil)
            shell.now = shell.now + .seconds(idle)
            #expect(shell.pool.closed(id, by: .peer, at: shell.now) == .none)
        }
        #expect(shell.pool.learnedIdleLimit(of: origin, at: shell.now) == .seconds(5))
        let (late, action) = try shell.use(origin, nextUseIn: 60)
        #expect(action == .close(Closing(id: late, cause: .serverWouldClose)))
        shell.gone(Closing(id: late, cause: .serverWouldClose))
        #expect(try shell.use(origin, nextUseIn: 4).action == .keep(evicting: nil))
        // What was learned is doubted after an hour.
        let later = shell.now + .seconds(3600)
        #expect(shell.pool.learnedIdleLimit(of: origin, at: later) == nil)
    }

    @Test func `Two closes after different times, or by an error, teach nothing`() throws {
        var shell = Shell()
        let origin = shell.origin()
        for (idle, reporter) in [(5, CloseReporter.peer), (5, .error), (20, .peer), (5, .peer)] {
            let (id, _) = try shell.use(origin, nextUseIn: 60)
            shell.now = shell.now + .seconds(idle)
            _ = shell.pool.closed(id, by: reporter, at: shell.now)
        }
        #expect(shell.pool.learnedIdleLimit(of: origin, at: shell.now) == nil)
    }

    @Test func `A server that takes no more requests ends the connection`() throws {
        var shell = Shell()
        let id = try shell.lease(shell.origin())
        #expect(
            shell.release(id, remaining: 0) == .close(Closing(id: id, cause: .serverAsked)))
    }

    @Test func `Without a descriptor, the connection that is needed last is evicted`() throws {
        var shell = Shell { $0.descriptorBudget = 3 }
        let origins = (0..<4).map { _ in shell.origin() }
        let (soon, _) = try shell.use(origins[0], nextUseIn: 5)
        let (last, _) = try shell.use(origins[1], nextUseIn: 50)
        let (middle, _) = try shell.use(origins[2], nextUseIn: 20)
        let action = shell.pool.lease(
            origins[3], fresh: false, for: shell.request(), at: shell.now)
        guard case .connect(let fourth, let evicted) = action else { throw Unexpected() }
        #expect(evicted == Closing(id: last, cause: .evicted))
        shell.gone(evicted)
        shell.pool.connected(fourth, at: shell.now)
        #expect(shell.release(fourth, nextUseIn: 1) == .keep(evicting: nil))
        let next = shell.pool.lease(origins[1], fresh: false, for: shell.request(), at: shell.now)
        guard case .connect(_, let second) = next else { throw Unexpected() }
        #expect(second == Closing(id: middle, cause: .evicted))
        #expect(try shell.lease(origins[0]) == soon)
    }

    @Test func `Without memory, the connection that is needed last is evicted`() throws {
        var shell = Shell { $0.memoryBudgetBytes = 2 * PoolLimits.plainConnectionBytes }
        let origins = (0..<3).map { _ in shell.origin() }
        _ = try shell.use(origins[0], nextUseIn: 5)
        let (last, _) = try shell.use(origins[1], nextUseIn: 50)
        let (_, action) = try shell.use(origins[2], nextUseIn: 20)
        #expect(action == .keep(evicting: Closing(id: last, cause: .evicted)))
        shell.gone(Closing(id: last, cause: .evicted))
        // Now the one that comes back is the one that is needed last.
        let (own, ownAction) = try shell.use(origins[1], nextUseIn: 50)
        #expect(ownAction == .close(Closing(id: own, cause: .evicted)))
    }

    @Test func `A costly connection may cost several cheap ones their place`() throws {
        var shell = Shell { $0.memoryBudgetBytes = PoolLimits.tlsConnectionBytes }
        let cheap = try (0..<4).map { _ in
            try shell.use(shell.origin(), nextUseIn: 50).id
        }
        let (_, action) = try shell.use(shell.origin(isTLS: true), nextUseIn: 5)
        guard case .keep(let evicted?) = action else { throw Unexpected() }
        #expect(shell.pool.nextExpiry == shell.now)
        let others = shell.pool.expire(at: shell.now)
        #expect(Set(others.map(\.id) + [evicted.id]) == Set(cheap))
        #expect(others.allSatisfy { $0.cause == .evicted })
        #expect(shell.pool.statistics.idle == 1)
    }

    @Test func `What an origin's idle connections cost follows its plan`() throws {
        var shell = Shell { $0.memoryBudgetBytes = PoolLimits.tlsConnectionBytes }
        let first = shell.origin()
        let second = shell.origin()
        _ = try shell.use(first)
        _ = try shell.use(second)
        shell.pool.updateOrigin(first, OriginPlan(targets: 1, gap: nil, isTLS: true))
        #expect(shell.pool.expire(at: shell.now).count == 1)
    }

    // MARK: Fixed

    @Test func `Fixed keeps for the idle timeout, whatever the schedule says`() throws {
        var shell = Shell(mode: .fixed)
        let (id, action) = try shell.use(
            shell.origin(), nextUseIn: 3600, serverIdle: .seconds(5))
        #expect(action == .keep(evicting: nil))
        #expect(shell.pool.nextExpiry == shell.now + .seconds(30))
        #expect(
            shell.pool.expire(at: shell.now + .seconds(30))
                == [Closing(id: id, cause: .idleTimeout)])
    }

    @Test func `Fixed evicts the connection that has been idle longest`() throws {
        var shell = Shell(mode: .fixed) { $0.maxIdle = 2 }
        let (oldest, _) = try shell.use(shell.origin(), nextUseIn: 1)
        shell.now = shell.now + .seconds(1)
        _ = try shell.use(shell.origin(), nextUseIn: 90)
        shell.now = shell.now + .seconds(1)
        let (_, action) = try shell.use(shell.origin(), nextUseIn: 90)
        #expect(action == .keep(evicting: Closing(id: oldest, cause: .evicted)))
    }

    @Test(arguments: PoolLimits.Mode.allCases)
    func `An origin keeps no more idle connections than it may`(mode: PoolLimits.Mode) throws {
        var shell = Shell(mode: mode) { $0.maxIdlePerOrigin = 1 }
        let origin = shell.origin()
        let first = try shell.lease(origin)
        let second = try shell.lease(origin)
        #expect(shell.release(first) == .keep(evicting: nil))
        #expect(
            shell.release(second) == .close(Closing(id: second, cause: .overIdleLimit)))
    }

    @Test func `A fixed pool without an idle place keeps nothing`() throws {
        var shell = Shell(mode: .fixed) { $0.maxIdle = 0 }
        let (id, action) = try shell.use(shell.origin())
        #expect(action == .close(Closing(id: id, cause: .overIdleLimit)))
    }

    @Test(arguments: PoolLimits.Mode.allCases)
    func `A connection does not outlive its longest life`(mode: PoolLimits.Mode) throws {
        var shell = Shell(mode: mode) { $0.maxLifetime = .seconds(20) }
        let origin = shell.origin()
        let id = try shell.lease(origin)
        shell.now = shell.now + .seconds(15)
        #expect(shell.release(id) == .keep(evicting: nil))
        #expect(shell.pool.nextExpiry == shell.now + .seconds(5))
        shell.now = shell.now + .seconds(5)
        // Too old to be lent, although nobody has told the time yet.
        let second = try shell.lease(origin)
        #expect(second != id)
        #expect(
            shell.pool.expire(at: shell.now) == [Closing(id: id, cause: .maxLifetime)])
        shell.now = shell.now + .seconds(20)
        #expect(
            shell.release(second) == .close(Closing(id: second, cause: .maxLifetime)))
    }

    @Test func `The connection that was used last is used first`() throws {
        var shell = Shell()
        let origin = shell.origin()
        let first = try shell.lease(origin)
        let second = try shell.lease(origin)
        _ = shell.release(second)
        _ = shell.release(first)
        #expect(try shell.lease(origin) == first)
        #expect(try shell.lease(origin) == second)
    }

    @Test func `The journal keeps the last events, the oldest first`() throws {
        var shell = Shell()
        let origin = shell.origin()
        for _ in 0..<5 { _ = try shell.use(origin) }
        let entries = shell.pool.journal.entries
        #expect(entries.count == 8)
        guard case .released = entries.last?.event else { throw Unexpected() }
        guard case .wanted = entries[6].event else { throw Unexpected() }
        #expect(PoolStateMachine(limits: PoolLimits(descriptorBudget: 1)).journal.entries.isEmpty)
    }
}
