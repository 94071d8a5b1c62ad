public import Measurements
public import ProbeScheduling

/// What is known of one target: its state and the facts that led there.
public struct TargetStatus: Sendable {
    /// The target.
    public var target: TargetReference
    /// Up, down or not known yet, with the thresholds applied.
    public var tracker: StateTracker
    /// The last outcome; nil before the first.
    public var last: ProbeOutcome?
    /// The last failure; nil while there was none.
    public var lastFailure: ProbeOutcome?
    /// The TLS facts of the last handshake; they stay attached while a connection is reused.
    public var lastHandshake: TLSFacts?
    /// Outcomes so far.
    public var probes = 0
    /// Outcomes that failed.
    public var failures = 0
    /// Warm probes.
    public var warm = ProbeTally()
    /// Cold probes.
    public var cold = ProbeTally()

    /// Makes the status of a target that has not been probed.
    public init(_ target: TargetReference) {
        self.target = target
        tracker = StateTracker(thresholds: target.value.thresholds)
    }

    /// Takes an outcome in; answers with the change of state it made, if any.
    public mutating func record(_ outcome: ProbeOutcome) -> StateChange? {
        last = outcome
        probes += 1
        if outcome.failure != nil {
            failures += 1
            lastFailure = outcome
        }
        if let tls = outcome.tls { lastHandshake = tls }
        switch outcome.kind {
        case .warm: warm.add(outcome)
        case .cold: cold.add(outcome)
        }
        return tracker.record(passed: outcome.failure == nil, at: outcome.time)
    }

    /// The share of outcomes that passed, 0 to 1; nil before the first.
    public var uptime: Double? {
        probes == 0 ? nil : Double(probes - failures) / Double(probes)
    }
}

/// Counts of one kind of probe.
public struct ProbeTally: Hashable, Sendable {
    /// Outcomes.
    public private(set) var probes = 0
    /// Outcomes that failed.
    public private(set) var failures = 0
    /// The time of the probes that passed, added up.
    public private(set) var passedTime = Duration.zero

    /// Makes an empty tally.
    public init() {}

    mutating func add(_ outcome: ProbeOutcome) {
        probes += 1
        if outcome.failure == nil { passedTime += outcome.elapsed } else { failures += 1 }
    }

    /// The mean time of the probes that passed; nil when none did.
    public var mean: Duration? {
        probes > failures ? passedTime / (probes - failures) : nil
    }
}
