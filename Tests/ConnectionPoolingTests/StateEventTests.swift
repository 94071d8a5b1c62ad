import ConnectionPooling
import Measurements
import Testing

/// Every state of a connection with every event.
struct StateEventTests {
    enum State: String, CaseIterable, Codable {
        case connecting, leased, idle, closing, gone
    }

    enum Event: String, CaseIterable, Codable {
        case connected, connectFailed, releasedClean, releasedSpent
        case closedByUs, closedByPeer, closedByError
        case timePassed, retired, originRemoved, draining, wanted, wantedFresh
    }

    /// One connection of one origin, brought into a state.
    struct Scene {
        var pool = PoolStateMachine(limits: PoolLimits(descriptorBudget: 10))
        let origin: OriginID
        let id: ConnectionID
        let now = MonotonicInstant(nanoseconds: 1_000_000_000)

        init(_ state: State) {
            origin = pool.addOrigin(OriginPlan(targets: 1, gap: .seconds(10), isTLS: false))
            let action = pool.lease(origin, fresh: false, for: RequestID(value: 1), at: now)
            guard case .connect(let id, evicting: nil) = action else {
                preconditionFailure("an empty pool makes a connection")
            }
            self.id = id
            if state == .connecting { return }
            pool.connected(id, at: now)
            switch state {
            case .connecting, .leased: break
            case .idle: _ = release(.clean(serverIdle: nil, remainingRequests: nil))
            case .closing: _ = release(.spent(.timeout))
            case .gone: _ = pool.closed(id, by: .error, at: now)
            }
        }

        mutating func release(_ condition: ReleaseCondition) -> ReleaseAction {
            pool.release(id, condition, nextUse: now + .seconds(10), at: now)
        }

        /// What an event does, as `action → state`.
        mutating func result(of event: Event) -> String {
            let action = perform(event)
            let statistics = pool.statistics
            let parts = [
                ("connecting", statistics.connecting), ("leased", statistics.leased),
                ("idle", statistics.idle), ("closing", statistics.closing),
            ].filter { $0.1 > 0 }
            let states = parts.map(\.0).joined(separator: " and ")
            return "\(action) → \(parts.isEmpty ? "gone" : states)"
        }

        private mutating func perform(_ event: Event) -> String {
            switch event {
            case .connected:
                pool.connected(id, at: now)
                return "nothing"
            case .connectFailed: return text(pool.connectFailed(id, at: now))
            case .releasedClean:
                return text(release(.clean(serverIdle: nil, remainingRequests: nil)))
            case .releasedSpent: return text(release(.spent(.timeout)))
            case .closedByUs: return text(pool.closed(id, by: .us, at: now))
            case .closedByPeer: return text(pool.closed(id, by: .peer, at: now))
            case .closedByError: return text(pool.closed(id, by: .error, at: now))
            case .timePassed: return text(pool.expire(at: now + .seconds(3600)))
            case .retired:
                return text(
                    pool.retireIdle(origin, cause: .addressChanged, at: now) { _ in true })
            case .originRemoved: return text(pool.removeOrigin(origin, at: now))
            case .draining: return text(pool.drain(at: now))
            case .wanted: return lease(fresh: false)
            case .wantedFresh: return lease(fresh: true)
            }
        }

        private mutating func lease(fresh: Bool) -> String {
            switch pool.lease(origin, fresh: fresh, for: RequestID(value: 2), at: now) {
            case .use(let used): used == id ? "use" : "use another"
            case .connect(let made, let evicted):
                made == id ? "connect the same" : evicted == nil ? "connect" : "evict"
            case .wait: "wait"
            case .exhausted(let reason): "\(reason)"
            }
        }

        private func text(_ action: WaiterAction) -> String {
            action == .none ? "nothing" : "connect"
        }

        private func text(_ closings: [Closing]) -> String {
            closings.isEmpty
                ? "nothing" : "close \(closings.map(\.cause.rawValue).joined(separator: " "))"
        }

        private func text(_ action: ReleaseAction) -> String {
            switch action {
            case .keep(let evicted): evicted == nil ? "keep" : "keep and evict"
            case .close(let closing): "close \(closing.cause.rawValue)"
            case .handOver: "hand over"
            case .closeThenConnect: "close and connect"
            }
        }
    }

    /// What happens; a pair that is missing is the caller's error and stops the process.
    static func expected(_ state: State, _ event: Event) -> String? {
        switch (state, event) {
        case (.connecting, .connected): "nothing → leased"
        case (.connecting, .connectFailed): "nothing → gone"
        case (.leased, .releasedClean): "keep → idle"
        case (.leased, .releasedSpent): "close timeout → closing"
        case (_, .connected), (_, .connectFailed), (_, .releasedClean), (_, .releasedSpent):
            nil
        case (.gone, .closedByUs), (.gone, .closedByPeer), (.gone, .closedByError): nil
        case (_, .closedByUs), (_, .closedByPeer), (_, .closedByError): "nothing → gone"
        case (.idle, .timePassed): "close idle_timeout → closing"
        case (.idle, .retired): "close address_changed → closing"
        case (.idle, .originRemoved): "close origin_removed → closing"
        case (.idle, .draining): "close draining → closing"
        case (_, .timePassed), (_, .retired), (_, .originRemoved), (_, .draining):
            "nothing → \(state.rawValue)"
        case (.idle, .wanted): "use → leased"
        case (.idle, .wantedFresh): "connect → connecting and idle"
        case (.connecting, .wanted), (.connecting, .wantedFresh): "connect → connecting"
        case (.gone, .wanted), (.gone, .wantedFresh): "connect → connecting"
        case (_, .wanted), (_, .wantedFresh): "connect → connecting and \(state.rawValue)"
        }
    }

    @Test(arguments: State.allCases, Event.allCases)
    func `Each event has its effect in each state`(state: State, event: Event) async {
        if let expected = Self.expected(state, event) {
            var scene = Scene(state)
            #expect(scene.result(of: event) == expected)
            #expect(scene.pool.statistics.open <= 2)
        } else {
            await #expect(processExitsWith: .failure) { [state, event] in
                var scene = Scene(state)
                _ = scene.result(of: event)
            }
        }
    }

    @Test(arguments: [
        (State.connecting, Event.connected, "nothing → leased"),
        (.connecting, .connectFailed, "nothing → gone"),
        (.leased, .releasedClean, "close draining → closing"),
        (.leased, .releasedSpent, "close timeout → closing"),
        (.leased, .closedByPeer, "nothing → gone"),
        (.closing, .closedByUs, "nothing → gone"),
        (.leased, .draining, "nothing → leased"),
        (.gone, .wanted, "the pool is being emptied → gone"),
        (.gone, .wantedFresh, "the pool is being emptied → gone"),
    ])
    func `A pool that is being emptied keeps and makes nothing`(
        state: State, event: Event, expected: String
    ) {
        var scene = Scene(state)
        _ = scene.result(of: .draining)
        #expect(scene.result(of: event) == expected)
    }

    @Test(arguments: [
        (State.connecting, Event.connected, "nothing → leased"),
        (.connecting, .connectFailed, "nothing → gone"),
        (.leased, .releasedClean, "close origin_removed → closing"),
        (.leased, .releasedSpent, "close timeout → closing"),
        (.leased, .closedByUs, "nothing → gone"),
        (.closing, .closedByUs, "nothing → gone"),
        (.idle, .draining, "nothing → closing"),
    ])
    func `A removed origin keeps nothing`(state: State, event: Event, expected: String) {
        var scene = Scene(state)
        _ = scene.result(of: .originRemoved)
        #expect(scene.result(of: event) == expected)
    }

    @Test func `A removed origin's number is free when its last connection is gone`() {
        var scene = Scene(.leased)
        _ = scene.result(of: .originRemoved)
        let plan = OriginPlan(targets: 1, gap: nil, isTLS: false)
        #expect(scene.pool.addOrigin(plan) != scene.origin)
        _ = scene.result(of: .closedByPeer)
        #expect(scene.pool.addOrigin(plan) == scene.origin)
    }
}
