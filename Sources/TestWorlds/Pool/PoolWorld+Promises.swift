public import ConnectionPooling
public import Measurements

extension PoolWorld {
    /// Holds the pool against the world after an event was done with.
    ///
    /// - Parameter statistics: What the pool says that it holds.
    public func check(_ statistics: PoolStatistics) throws(PoolFault) {
        guard statistics.connecting == connecting, statistics.leased == leased,
            statistics.idle == idle, statistics.closing == closing,
            statistics.open == connections.count, statistics.waiting == waiting.count
        else { throw .leakedNumber }
        guard connecting + leased + idle <= limits.descriptorBudget else {
            throw .overDescriptorBudget
        }
        guard !isDraining else {
            guard idle == 0 else { throw .keptWhileDraining }
            return
        }
        for waiter in waiting where hasRoom(for: waiter.origin) { throw .forgottenWaiter }
        if limits.mode == .fixed, idle > limits.maxIdle { throw .overIdleLimit }
    }

    /// Holds the limits of each origin and, in `auto`, the memory budget.
    public func checkIdleLimits() throws(PoolFault) {
        for record in origins.values {
            guard record.idle <= limits.maxIdlePerOrigin else { throw .overIdleLimit }
            if let limit = limits.maxPerOrigin, record.held > limit { throw .overOriginLimit }
        }
        if limits.mode == .auto, idleBytes > limits.memoryBudgetBytes { throw .overIdleLimit }
    }

    /// After the pool was told the time, nothing idle is older than what is allowed.
    public func checkExpired(at now: MonotonicInstant) throws(PoolFault) {
        for connection in connections where connection.state == .idle {
            let planned: MonotonicInstant =
                switch limits.mode {
                case .fixed: connection.idleSince
                case .auto: max(connection.idleSince, connection.nextUse ?? connection.idleSince)
                }
            guard planned + limits.idleTimeout > now else { throw .notExpired }
        }
    }

    /// Holds that nothing is left after the pool was emptied.
    public func checkEmpty(_ statistics: PoolStatistics) throws(PoolFault) {
        guard connections.isEmpty, waiting.isEmpty else { throw .notEmpty }
        guard statistics.open == 0, statistics.waiting == 0 else { throw .leakedNumber }
        guard statistics.opened == statistics.closedByCause.values.reduce(0, +) else {
            throw .leakedNumber
        }
    }
}
