import ConnectionPooling
import Measurements

extension ProbeLoop {
    /// Asks the pool machine for a connection and does what it says.
    func lease(for run: ProbeRun, at now: MonotonicInstant) {
        let request = RequestID(value: run.index)
        run.stage = .waiting
        switch pool.lease(run.origin, fresh: run.wantsFresh, for: request, at: now) {
        case .use(let id):
            use(id, for: run, at: now)
        case .connect(let id, let evicted):
            if let evicted { perform(evicted) }
            connect(id, for: run, at: now)
        case .wait:
            break
        case .exhausted(let reason):
            finish(
                run,
                failure: ProbeFailure(.poolExhausted, phase: nil, detail: "\(reason)"), at: now)
        }
    }

    private func use(_ id: ConnectionID, for run: ProbeRun, at now: MonotonicInstant) {
        guard let connection = connections[Int(id.index)], connection.id == id else {
            preconditionFailure("the pool lends a connection that does not exist")
        }
        exchange(run, on: connection, at: now)
    }

    /// Gives a run a connection that is ready, and sends its request.
    func exchange(_ run: ProbeRun, on connection: Connection, at now: MonotonicInstant) {
        run.stage = .exchanging(connection)
        run.connection = ConnectionFacts(
            reused: connection.requests > 0, age: now - connection.established,
            requests: connection.requests + 1, endpoints: connection.endpoints)
        run.tls = connection.tls
        connection.send(run)
    }

    // MARK: What the machine asks for

    /// Closes an idle connection.
    func perform(_ closing: Closing) {
        guard let connection = connections[Int(closing.id.index)], connection.id == closing.id
        else { return }
        connection.close(reset: configuration.resetOnClose)
    }

    /// Serves a request that was waiting.
    func perform(_ action: WaiterAction) {
        switch action {
        case .none:
            break
        case .connect(let id, let request, _):
            connect(id, for: run(for: request), at: now())
        }
        // A connection that failed may have been the last thing that a stop waits for.
        flushIfDrained()
    }

    /// Gives a connection back and does what the machine says.
    func release(
        _ connection: Connection, _ condition: ReleaseCondition, nextUse: MonotonicInstant?,
        at now: MonotonicInstant
    ) {
        switch pool.release(connection.id, condition, nextUse: nextUse, at: now) {
        case .keep(let evicted):
            if let evicted { perform(evicted) }
        case .close(let closing):
            perform(closing)
        case .handOver(let request):
            exchange(run(for: request), on: connection, at: now)
        case .closeThenConnect(let closing, let id, let request):
            perform(closing)
            connect(id, for: run(for: request), at: now)
        }
    }

    // MARK: What connections report

    /// An idle connection got bytes that nobody asked for, or an error.
    func idleConnectionBroke(_ connection: Connection) {
        let retired = pool.retireIdle(connection.origin, cause: .extraBytes, at: now()) {
            $0 == connection.id
        }
        for closing in retired { perform(closing) }
        flushIfDrained()
    }

    /// A socket is gone, whoever closed it.
    func connectionGone(_ connection: Connection) {
        let index = Int(connection.id.index)
        guard let known = connections[index], known === connection else { return }
        connections[index] = nil
        let reporter: CloseReporter = connection.isClosing ? .us : .peer
        perform(pool.closed(connection.id, by: reporter, at: now()))
        arm()
        flushIfDrained()
    }

    private func flushIfDrained() {
        if isDraining { checkDrained() }
    }

    // MARK: Origins

    /// The number of an origin; a new one is made known to the pool.
    func originID(of origin: Origin, for plan: OriginPlan? = nil) -> OriginID {
        if let id = origins.id(of: origin) { return id }
        if origins.untargeted.count >= ProbeLoop.untargetedOriginLimit {
            forgetUntargetedOrigins()
        }
        let plan = plan ?? OriginPlan(targets: 0, gap: nil, isTLS: origin.scheme == .https)
        let id = pool.addOrigin(plan)
        origins.insert(origin, as: id)
        return id
    }

    /// The most origins that are remembered although no target has them: redirects lead to them.
    static let untargetedOriginLimit = 1024

    private func forgetUntargetedOrigins() {
        let inUse = Set(activeRuns.map(\.origin))
        for id in origins.untargeted where !inUse.contains(id) { forget(id) }
        adHoc = adHoc.filter { origins.id(of: $0.key.origin) != nil }
    }

    /// Removes an origin and closes its idle connections.
    func forget(_ id: OriginID) {
        origins.remove(id)
        for closing in pool.removeOrigin(id, at: now()) { perform(closing) }
    }
}
