import Measurements

/// Whether a change helped: two series of looks, each of one look or of many, side by side.
public struct DifferenceReport: Hashable, Sendable {
    /// What came of it.
    public var verdict: DifferenceVerdict
    /// Why, in one sentence without a full stop.
    public var reason: String
    /// What was seen before the change.
    public var before: SeriesSummary
    /// What was seen after it.
    public var after: SeriesSummary
    /// Every measure that at least one side has, whether it changed or not.
    public var changes: [MeasureChange]

    /// Compares two series.
    public init(before: SeriesSummary, after: SeriesSummary) {
        self.before = before
        self.after = after
        changes = MeasureChange.all(before: before, after: after)
        (verdict, reason) = DifferenceJudgement(before: before, after: after).verdict
    }
}

/// Whether a change helped.
public enum DifferenceVerdict: String, Hashable, Sendable, CaseIterable {
    /// What was wrong before is gone.
    case fixed
    /// What was wrong before is less.
    case better
    /// Nothing that matters changed.
    case same
    /// Something is wrong that was not, or that was less.
    case worse
    /// The two cannot be compared.
    case notComparable = "not_comparable"
}

/// One measure before and after.
public struct MeasureChange: Hashable, Sendable {
    /// The key of the measure in `diff --json`.
    public var measure: String
    /// How much it was; nil when it was not known.
    public var before: Double?
    /// How much it is.
    public var after: Double?
    /// What it counts.
    public var unit: String

    /// Makes a change.
    public init(measure: String, before: Double?, after: Double?, unit: String) {
        self.measure = measure
        self.before = before
        self.after = after
        self.unit = unit
    }

    static func all(before: SeriesSummary, after: SeriesSummary) -> [MeasureChange] {
        func change(_ measure: String, _ unit: String, _ value: (SeriesSummary) -> Double?)
            -> MeasureChange
        {
            MeasureChange(
                measure: measure, before: value(before), after: value(after), unit: unit)
        }
        let changes = [
            change("sockets", "sockets") { Double($0.sockets.total) },
            change("peak_sockets", "sockets") { $0.looks > 1 ? Double($0.peakSockets) : nil },
            change("ghosts", "sockets") { Double($0.sockets.ghosts) },
            change("close_wait", "sockets") { Double($0.closeWait) },
            change("descriptors", "descriptors") { Double($0.last.descriptors.open) },
            change("births_per_s", "sockets/s") { $0.birthsPerSecond },
            change("time_wait", "connections") { Double($0.timeWait) },
            change("survivors", "sockets") { $0.looks > 1 ? Double($0.survivors) : nil },
            change("growth_per_s", "descriptors/s") { $0.verdict.rate?.perSecond },
            change("segments_per_s", "segments/s") { $0.segmentsPerSecond },
        ]
        return changes.filter { $0.before != nil || $0.after != nil }
    }
}

extension SeriesSummary {
    /// Sockets whose other side has closed.
    public var closeWait: Int { sockets.byState[.closeWait] ?? 0 }

    /// Sockets over which nothing can come any more.
    ///
    /// A ghost from another network namespace, or of a kind that no table lists, may be in use.
    var dead: Int {
        let alive = (sockets.byGhost[.foreignNamespace] ?? 0) + (sockets.byGhost[.other] ?? 0)
        return sockets.ghosts - alive + closeWait
    }
}
