import ConnectionPooling
import Measurements
import ProbeScheduling

extension ProbeLoop {
    /// Starts a probe that the schedule says is due, or counts why not.
    func start(_ probe: DueProbe) {
        guard let compiled = targets[probe.slot] else { return }
        guard statistics.inFlight < maxInFlight else {
            statistics.skippedOverload += 1
            return
        }
        let now = now()
        let isFresh = compiled.cadence.kind(lastCold: compiled.lastCold, at: now) == .cold
        schedule.started(probe.slot)
        let lateness = now - probe.scheduled
        statistics.lateness.record(lateness)
        start(
            compiled, wantsFresh: isFresh, lateness: lateness, origination: .schedule, at: now)
    }

    /// Starts a probe.
    func start(
        _ compiled: CompiledTarget, wantsFresh: Bool, lateness: Duration,
        origination: ProbeRun.Origination, at now: MonotonicInstant
    ) {
        let run = makeRun(for: compiled, at: now)
        run.origination = origination
        run.lateness = lateness
        // A request that may not be sent twice gets a connection that cannot be stale.
        run.wantsFresh = wantsFresh || !compiled.isIdempotent
        if let fault = compiled.fault {
            finish(run, failure: fault, at: now)
        } else {
            lease(for: run, at: now)
        }
    }

    /// The deadline struck: the run ends where it is, and nothing of it lives on.
    func strike(_ run: ProbeRun, at now: MonotonicInstant) {
        let seconds = run.compiled?.timeout ?? .zero
        var failure = ProbeFailure(
            .timeout, phase: run.phase,
            detail: "the deadline of \(DurationText.format(seconds)) struck in the phase "
                + "\(run.phase?.rawValue ?? "before resolve")")
        if case .waiting = run.stage {
            failure = ProbeFailure(
                .poolExhausted, phase: nil,
                detail: "no connection became free within \(DurationText.format(seconds))")
        }
        abandon(run, failure, cause: .timeout, at: now)
    }

    /// Ends a run from outside, whatever it is doing.
    func abandon(
        _ run: ProbeRun, _ failure: ProbeFailure, cause: CloseCause, at now: MonotonicInstant
    ) {
        switch run.stage {
        case .free:
            return
        case .waiting:
            _ = pool.cancel(RequestID(value: run.index), origin: run.origin, at: now)
            finish(run, failure: failure, at: now)
        case .connecting(let id):
            finish(run, failure: failure, at: now)
            if let attempt = attempts[id] {
                attempt.cancel()
                attempts[id] = nil
                perform(pool.connectFailed(id, at: now))
            } else if let connection = connections[Int(id.index)], connection.id == id {
                // The handshake is under way: the socket exists, and the machine has the lease.
                connection.run = nil
                closeUnready(connection, at: now)
            }
        case .exchanging(let connection):
            connection.run = nil
            finish(run, failure: failure, at: now)
            release(connection, .spent(cause), nextUse: nil, at: now)
        }
    }
}
