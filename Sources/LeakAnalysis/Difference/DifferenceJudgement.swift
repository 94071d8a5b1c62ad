import Measurements

/// Decides what two series say about the change between them.
///
/// Leaks come first, then dead sockets, then how many connections are opened: the first of these
/// on which the two differ decides. Silence is no proof: what could not have been seen is not
/// called fixed.
struct DifferenceJudgement {
    var before: SeriesSummary
    var after: SeriesSummary

    typealias Verdict = (DifferenceVerdict, String)

    /// The fewest dead sockets that mean anything.
    private static let fewestDead = 5
    /// The fewest connections opened a second that cost anything worth mending.
    private static let fewestBirths = 1.0
    /// What is left of something that is as good as gone.
    private static let remainder = 0.1

    var verdict: Verdict {
        if let reason = incomparable { return (.notComparable, reason) }
        let judgements = [growth, deadSockets, births, timeWait].compactMap { $0 }
        if let worse = judgements.first(where: { $0.0 == .worse }) { return worse }
        if let decisive = judgements.first(where: { $0.0 != .same }) { return decisive }
        if let reason = tooShort { return (.notComparable, reason) }
        return judgements.first
            ?? (.same, "neither side leaks, and both open few connections")
    }

    // MARK: What cannot be compared

    private var incomparable: String? {
        let (old, new) = (before.last.process, after.last.process)
        if !old.name.isEmpty, !new.name.isEmpty, old.name != new.name,
            Self.file(of: old) != Self.file(of: new)
        {
            return "these are different programs: \(old.name) before, \(new.name) after"
        }
        if isSilent(before) { return "the process had no socket before: there was no traffic" }
        if isSilent(after) {
            return "the process has no socket after: without traffic nothing shows whether it is"
                + " fixed"
        }
        return nil
    }

    private static func file(of process: ProcessFacts) -> Substring? {
        process.executable?.split(separator: "/").last
    }

    private func isSilent(_ side: SeriesSummary) -> Bool {
        side.peakSockets == 0 && (side.birthsPerSecond ?? 0) == 0
    }

    /// Why nothing that was seen decides.
    private var tooShort: String? {
        if before.looks == 1, after.looks == 1 {
            if max(before.sockets.total, after.sockets.total) < 10 { return nil }
            return "each side is a single look, and the two show the same: record both with"
                + " `sockeye watch PID --record FILE`"
        }
        for (side, name) in [(before, "BEFORE"), (after, "AFTER")] {
            guard case .tooEarly(let seconds) = side.verdict else { continue }
            if side.looks == 1 {
                return "\(name) is a single look, from which growth cannot be told: record it with"
                    + " `sockeye watch PID --record FILE`"
            }
            return "\(name) was watched for \(Self.text(side.seconds)), and its growth can be"
                + " judged after \(Self.text(side.seconds + seconds))"
        }
        return nil
    }

    // MARK: Growth

    private var growth: Verdict? {
        guard let old = leak(of: before), let new = leak(of: after) else { return nil }
        if old.perSecond > 0, new.perSecond <= 0 {
            // Steady is said of what is slower than could be seen.
            if case .steady(let detectable) = after.verdict, detectable > old.perSecond {
                return nil
            }
            return (.fixed, "it leaked \(Self.rate(old)) and does not leak any more")
        }
        if old.perSecond <= 0, new.perSecond > 0 {
            return (.worse, "it did not leak and now leaks \(Self.rate(new))")
        }
        guard old.perSecond > 0 else { return nil }
        let text = "it leaked \(Self.rate(old)) and now leaks \(Self.rate(new))"
        if new.high < old.low { return (.better, text) }
        if new.low > old.high { return (.worse, text) }
        return (.same, text + ", which may be the same")
    }

    /// How fast a side leaks; zero when it does not, nil when that is not known.
    private func leak(of side: SeriesSummary) -> RateEstimate? {
        switch side.verdict {
        case .tooEarly: nil
        case .leaking: side.verdict.rate
        case .steady, .warmingUp, .growing, .shrinking:
            RateEstimate(perSecond: 0, low: 0, high: 0)
        }
    }

    // MARK: Dead sockets

    private var deadSockets: Verdict? {
        let (old, new) = (Double(before.dead), Double(after.dead))
        guard max(old, new) >= Double(Self.fewestDead) else { return nil }
        // They heap up as long as a process runs: a young one is compared with what the old one
        // had at that age.
        let (oldAge, newAge) = (before.last.process.uptime, after.last.process.uptime)
        let scale = oldAge > 0 && newAge > 0 ? min(1, newAge / oldAge) : 1
        let expected = old * scale
        let counts =
            "\(before.dead) dead sockets after \(Self.text(oldAge)) before, \(after.dead) after"
            + " \(Self.text(newAge)) now"
        if new >= max(2 * expected, expected + Double(Self.fewestDead)), new > old || scale < 1 {
            // More in less time, or more than there were.
            return (.worse, counts)
        }
        guard old >= Double(Self.fewestDead) else { return nil }
        guard expected >= Double(Self.fewestDead) else {
            return new <= old * Self.remainder
                ? (.notComparable, "AFTER has run too short a time to have dead sockets: " + counts)
                : (.same, counts)
        }
        if new <= Self.remainder * expected { return (.fixed, counts) }
        return (new <= expected / 2 ? .better : .same, counts)
    }

    // MARK: Births

    private var births: Verdict? {
        guard let old = before.birthsPerSecond, let new = after.birthsPerSecond,
            max(old, new) >= Self.fewestBirths
        else { return nil }
        let text =
            "it opened \(Self.number(old)) connections a second and now opens \(Self.number(new))"
        if new <= Self.remainder * old {
            // Fewer connections for the same work are reuse; for no work they are nothing.
            return after.sockets.total > 0
                ? (.fixed, text)
                : (.notComparable, text + ", and holds none: there may be no traffic")
        }
        if new <= old / 2 { return (.better, text) }
        if new >= 2 * old { return (.worse, text) }
        return (.same, text)
    }

    private var timeWait: Verdict? {
        guard before.birthsPerSecond == nil || after.birthsPerSecond == nil else { return nil }
        let (old, new) = (Double(before.timeWait), Double(after.timeWait))
        guard max(old, new) >= 60 * Self.fewestBirths else { return nil }
        let text = "\(before.timeWait) connections were in TIME_WAIT, and now \(after.timeWait)"
        if new <= Self.remainder * old { return (.better, text) }
        if new <= old / 2 { return (.better, text) }
        if new >= 2 * old { return (.worse, text) }
        return (.same, text)
    }

    // MARK: Words

    private static func rate(_ rate: RateEstimate) -> String {
        if rate.perSecond >= 0.1 { return "\(number(rate.perSecond)) descriptors a second" }
        return "\(number(rate.perSecond * 3_600)) descriptors an hour"
    }

    private static func number(_ value: Double) -> String {
        let scaled = (value * 10).rounded() / 10
        return scaled == scaled.rounded() && scaled.magnitude < 1e15
            ? String(Int(scaled)) : String(scaled)
    }

    private static func text(_ seconds: Double) -> String {
        // What a file says may be no number at all.
        DurationText.format(.seconds(min(1e12, max(0, seconds.isNaN ? 0 : seconds)).rounded()))
    }
}
