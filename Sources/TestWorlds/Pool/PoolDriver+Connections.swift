import ConnectionPooling
import Measurements

extension PoolDriver {
    /// Something happens to a connection that exists: what can, in the state that it is in.
    mutating func disturb() throws(PoolFault) {
        guard let connection = world.connections.randomElement(using: &chance) else { return }
        let id = connection.id
        switch connection.state {
        case .connecting:
            if happens(80) {
                pool.connected(id, at: now)
                try world.connect(id)
            } else if happens(70) {
                try world.lose(id)
                try world.perform(pool.connectFailed(id, at: now))
            } else {
                try lose(id)
            }
        case .leased:
            if happens(80) { try release(id) } else { try lose(id) }
        case .idle:
            if happens(20) { try lose(id) }
        case .closing:
            try lose(id)
        }
        forgetUnused()
    }

    private mutating func lose(_ id: ConnectionID) throws(PoolFault) {
        let reporters: [CloseReporter] = [.us, .peer, .error]
        let reporter = reporters.randomElement(using: &chance) ?? .error
        try world.lose(id)
        try world.perform(pool.closed(id, by: reporter, at: now))
    }

    private mutating func release(_ id: ConnectionID) throws(PoolFault) {
        let isClean = happens(85)
        let nextUse =
            happens(20) ? nil : now + .milliseconds(Int.random(in: 0..<60_000, using: &chance))
        let action = pool.release(
            id, isClean ? cleanCondition() : .spent(.serverAsked), nextUse: nextUse, at: now)
        try world.perform(
            action, onReleaseOf: id, clean: isClean, nextUse: nextUse, at: now)
    }

    private mutating func cleanCondition() -> ReleaseCondition {
        .clean(
            serverIdle: happens(4) ? .seconds(Int.random(in: 0...90, using: &chance)) : nil,
            remainingRequests: happens(10) ? Int.random(in: 0...2, using: &chance) : nil)
    }
}
