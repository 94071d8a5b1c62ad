import ConnectionPooling
import HTTPWire
import Measurements
import ProbeChecks
import ProbeScheduling

extension ProbeLoop {
    /// A response came whole.
    func responseEnded(
        _ connection: Connection, _ run: ProbeRun, _ persistence: Persistence,
        hasExtraBytes: Bool
    ) {
        let now = now()
        let bodyFailure = run.endBody()
        run.enter(nil, at: now)
        connection.run = nil
        if bodyFailure == nil, let next = redirect(of: run, run.parser.head) {
            giveBack(connection, run, persistence, hasExtraBytes: hasExtraBytes, at: now)
            follow(next, with: run, at: now)
            return
        }
        let outcome = makeOutcome(of: run, failure: bodyFailure, head: run.parser.head, at: now)
        giveBack(connection, run, persistence, hasExtraBytes: hasExtraBytes, at: now)
        deliver(outcome, of: run, at: now)
    }

    private func giveBack(
        _ connection: Connection, _ run: ProbeRun, _ persistence: Persistence,
        hasExtraBytes: Bool, at now: MonotonicInstant
    ) {
        if connection.isDead { return }
        let condition: ReleaseCondition
        if hasExtraBytes {
            condition = .spent(.extraBytes)
        } else if persistence == .close {
            condition = .spent(.serverAsked)
        } else {
            let head = run.parser.head
            condition = .clean(
                serverIdle: head.keepAliveTimeoutSeconds.map { .seconds($0) },
                remainingRequests: head.keepAliveMax)
        }
        release(connection, condition, nextUse: nextUse(after: run, at: now), at: now)
    }

    /// When the schedule needs the run's origin again; nil when it does not say.
    private func nextUse(after run: ProbeRun, at now: MonotonicInstant) -> MonotonicInstant? {
        guard let compiled = run.compiled, compiled.slot >= 0, run.origin == compiled.origin,
            let entry = origins[run.origin], entry.targets > 0
        else { return nil }
        if entry.targets == 1 { return schedule.nextDue(of: compiled.slot) }
        guard let interval = entry.interval else { return nil }
        return now + interval / entry.targets
    }

    /// A connection broke, or was refused, in the middle of an exchange.
    func connectionFailed(_ connection: Connection, _ run: ProbeRun, _ failure: ProbeFailure) {
        let now = now()
        let isStale =
            run.connection?.reused == true && !run.parser.hasBegunReceiving
            && run.attempts == 1 && (failure.error == .reset || failure.error == .closedEarly)
        connection.run = nil
        if isStale {
            // It had died while it was idle: once more, visibly, on a fresh connection.
            statistics.staleRetries += 1
            run.attempts = 2
            run.wantsFresh = true
            run.resetResponse()
            run.enter(nil, at: now)
            run.timings = PhaseTimings()
            discard(connection, .peerClosed, at: now)
            lease(for: run, at: now)
            return
        }
        let cause: CloseCause =
            switch failure.error {
            case .reset, .closedEarly: .peerClosed
            default: .protocolError
            }
        let outcome = makeOutcome(of: run, failure: failure, head: nil, at: now)
        discard(connection, cause, at: now)
        deliver(outcome, of: run, at: now)
    }

    private func discard(_ connection: Connection, _ cause: CloseCause, at now: MonotonicInstant) {
        if !connection.isDead { release(connection, .spent(cause), nextUse: nil, at: now) }
    }

    // MARK: Ending a run

    /// Ends a run that has no response to judge.
    func finish(_ run: ProbeRun, failure: ProbeFailure, at now: MonotonicInstant) {
        run.enter(nil, at: now)
        deliver(makeOutcome(of: run, failure: failure, head: nil, at: now), of: run, at: now)
    }

    private func deliver(_ outcome: ProbeOutcome, of run: ProbeRun, at now: MonotonicInstant) {
        guard let compiled = run.compiled else { preconditionFailure("a run ends once") }
        if outcome.kind == .cold, run.started > (compiled.lastCold ?? .init(nanoseconds: .min)) {
            compiled.lastCold = run.started
        }
        statistics.latency.record(outcome.elapsed)
        statistics.outcomesByClass[outcome.error.ordinal] += 1
        let origination = run.origination
        if compiled.slot >= 0 { schedule.finished(compiled.slot) }
        recycle(run)
        switch origination {
        case .schedule:
            append(outcome, at: now)
        case .closedLoop:
            append(outcome, at: now)
            closedLoopContinues(after: outcome)
        case .caller(let callback):
            callback(outcome)
        }
        if isDraining { checkDrained() }
    }

    private func makeOutcome(
        of run: ProbeRun, failure: ProbeFailure?, head: ResponseHead?, at now: MonotonicInstant
    ) -> ProbeOutcome {
        guard let compiled = run.compiled else { preconditionFailure("a run ends once") }
        run.enter(nil, at: now)
        let isCold = run.connection?.reused != true
        var outcome = ProbeOutcome(
            time: wallTime(of: run.started), target: compiled.reference,
            kind: isCold ? .cold : .warm, lateness: run.lateness)
        outcome.elapsed = now - run.started
        outcome.phases = run.timings
        outcome.status = run.status
        outcome.httpVersion = run.version
        outcome.connection = run.connection
        outcome.tls = run.tls
        outcome.dns = run.dns
        outcome.bodyBytes = run.bodyBytes
        outcome.attempts = run.attempts
        outcome.hops = run.hops
        outcome.bodyCut = run.body.isCut
        outcome.failure = failure
        if failure == nil, let head, let checks = compiled.checks {
            judge(&outcome, by: checks, head: head, body: run.body.kept)
        }
        return outcome
    }

    private func judge(
        _ outcome: inout ProbeOutcome, by checks: CompiledChecks, head: ResponseHead,
        body: [UInt8]
    ) {
        if let passed = checks.passedByStatusAlone(outcome.status) {
            outcome.checks = passed
            return
        }
        let evidence = CheckEvidence(
            status: outcome.status, httpVersion: outcome.httpVersion, elapsed: outcome.elapsed,
            tls: outcome.tls, now: outcome.time, body: body, bodyIsCut: outcome.bodyCut,
            headers: HeadLookup(head: head))
        let verdict = checks.evaluate(evidence)
        outcome.checks = verdict.results
        if let first = verdict.firstFailure {
            outcome.failure = ProbeFailure(
                .checkFailed, phase: nil, detail: "\(first.name): \(first.detail)")
        }
    }
}

/// Looks fields up for the checks.
struct HeadLookup: HeaderLookup {
    let head: ResponseHead

    func values(of name: String) -> [String] { head.values(of: name) }
}
