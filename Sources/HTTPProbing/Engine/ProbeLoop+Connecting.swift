import ConnectionPooling
import Measurements
import NIOCore

extension ProbeLoop {
    /// Makes a connection for a run, under the number that the pool gave it.
    func connect(_ id: ConnectionID, for run: ProbeRun, at now: MonotonicInstant) {
        run.stage = .connecting(id)
        while connections.count <= Int(id.index) { connections.append(nil) }
        guard let origin = origins[run.origin]?.origin else {
            preconditionFailure("a run's origin is known while the run lasts")
        }
        var security: TLSContext?
        if origin.scheme == .https {
            do throws(TLSConfigurationFault) {
                security = try worlds.tlsContexts.context(for: origin.tls)
            } catch {
                finish(
                    run, failure: ProbeFailure(.requestBuild, phase: nil, detail: "\(error)"),
                    at: now)
                perform(pool.connectFailed(id, at: now))
                return
            }
        }
        let isLiteral = IPLiteral.parse(origin.address) != nil
        run.enter(isLiteral ? .connect : .resolve, at: now)
        let attempt = ConnectionAttempt(
            origin: origin, eventLoop: eventLoop,
            callbacks: callbacks(for: id, run, origin: origin, security: security))
        attempts[id] = attempt
        attempt.start(
            resolver: worlds.resolver, fresh: run.wantsFresh && run.attempts == 1, at: now)
    }

    private func callbacks(
        for id: ConnectionID, _ run: ProbeRun, origin: Origin, security: TLSContext?
    ) -> ConnectionAttempt.Callbacks {
        let (serial, compiled, originID) = (run.serial, run.compiled, run.origin)
        return ConnectionAttempt.Callbacks(
            connecting: { [unowned self] in
                if run.phase == .resolve { run.enter(.connect, at: now()) }
            },
            partlyResolved: { facts in
                if run.serial == serial { run.dns = facts }
            },
            resolved: { [unowned self] facts in
                let facts = note(facts, of: compiled, origin: originID)
                if run.serial == serial { run.dns = facts }
            },
            won: { [unowned self] channel, address in
                attempts[id] = nil
                connected(id, run, channel, address, origin: origin, security: security)
            },
            lost: { [unowned self] failure in
                attempts[id] = nil
                let now = now()
                finish(run, failure: failure, at: now)
                perform(pool.connectFailed(id, at: now))
            })
    }

    /// Keeps what DNS said; connections to addresses that it no longer names are retired.
    private func note(_ facts: DNSFacts, of compiled: CompiledTarget?, origin: OriginID)
        -> DNSFacts
    {
        var facts = facts
        if let compiled, origin == compiled.origin {
            if let last = compiled.lastDNS, !facts.changed {
                facts.changed = Set(last.addresses) != Set(facts.addresses)
            }
            compiled.lastDNS = facts
        }
        guard facts.changed, origins[origin] != nil else { return facts }
        let known = Set(facts.addresses)
        let retired = pool.retireIdle(origin, cause: .addressChanged, at: now()) { id in
            guard let connection = connections[Int(id.index)] else { return false }
            return !known.contains(connection.address)
        }
        statistics.addressChanges += 1
        for closing in retired { perform(closing) }
        return facts
    }

    private func connected(
        _ id: ConnectionID, _ run: ProbeRun, _ channel: any Channel, _ address: ResolvedAddress,
        origin: Origin, security: TLSContext?
    ) {
        let now = now()
        do {
            let parts = security.map { context in
                let handshake = TLSHandshake(
                    context: context, serverName: origin.serverName, eventLoop: eventLoop,
                    wallNow: worlds.wallClock)
                return (tap: TransportTap(handshake: handshake), handshake: handshake)
            }
            let connection = Connection(
                id: id, origin: run.origin, loop: self, channel: channel, address: address.text,
                security: parts, at: now)
            connections[Int(id.index)] = connection
            let pipeline = channel.pipeline.syncOperations
            if let parts {
                run.enter(.tls, at: now)
                connection.pending = run
                let handler = try parts.handshake.makeHandler()
                try pipeline.addHandler(parts.tap)
                try pipeline.addHandler(connection)
                // Last, because a handshake begins when its handler is added.
                try pipeline.addHandler(handler, position: .before(connection))
            } else {
                try pipeline.addHandler(connection)
                pool.connected(id, at: now)
                exchange(run, on: connection, at: now)
            }
        } catch {
            // The server name cannot be said in SNI, or the channel is gone already.
            let failure = ProbeFailure(.tlsHandshake, phase: .tls, detail: "\(error)")
            connections[Int(id.index)] = nil
            channel.close(mode: .all, promise: nil)
            finish(run, failure: failure, at: now)
            perform(pool.connectFailed(id, at: now))
        }
    }

    /// A TLS connection's handshake is complete and verified.
    func connectionReady(_ connection: Connection) {
        guard let run = connection.pending else { return }
        connection.pending = nil
        let now = now()
        pool.connected(connection.id, at: now)
        exchange(run, on: connection, at: now)
    }

    /// A TLS connection's handshake failed; no request was sent.
    func handshakeFailed(_ connection: Connection, _ failure: ProbeFailure) {
        let run = connection.pending
        connection.pending = nil
        if let run {
            let now = now()
            run.tls = connection.tls
            run.connection = ConnectionFacts(
                reused: false, age: now - connection.established, requests: 0,
                endpoints: connection.endpoints)
            finish(run, failure: failure, at: now)
        }
        connection.close(reset: configuration.resetOnClose)
    }

    /// Closes a connection whose handshake is under way.
    func closeUnready(_ connection: Connection, at now: MonotonicInstant) {
        connection.pending = nil
        connection.close(reset: configuration.resetOnClose)
    }
}
