import LeakAnalysis
import Measurements

/// What a series of looks says about growth, in words.
enum GrowthWords {
    /// The verdict in one line.
    static func line(_ verdict: GrowthVerdict) -> String {
        switch verdict {
        case .tooEarly(let seconds):
            "not yet decidable, ask again in \(time(seconds))"
        case .steady(let detectable):
            detectable > 0
                ? "steady: no leak of more than \(rate(detectable))" : "steady: nothing grows"
        case .warmingUp(let growth):
            "warming up: \(rate(growth)) more descriptors, and it slows down"
        case .growing(let growth):
            "growing by \(rate(growth)), and what grows is in use or held by others"
        case .shrinking(let growth):
            "shrinking by \(rate(-growth.perSecond))"
        case .leaking(let leaks):
            "leaking \(verdict.rate.map(rate) ?? "")"
                + (leaks.count > 1 ? ", of \(leaks.count) kinds" : "")
        }
    }

    /// One leak in one line.
    static func line(_ leak: LeakEstimate) -> String {
        var text = "\(what(leak)), \(rate(leak.rate))"
        let peers = leak.peers.prefix(2).map { entry in
            // Of those who connected to us only the machine is told: their ports are all different.
            entry.peer.port == 0 ? "from \(entry.peer.addressText)" : "to \(entry.peer)"
        }
        if !peers.isEmpty {
            text += ", \(peers.joined(separator: " and "))"
            if leak.peers.count > 2 { text += " and \(leak.peers.count - 2) more places" }
        }
        return text
    }

    /// When the limit is reached.
    static func line(_ forecast: Forecast) -> String {
        forecast.expected > 0
            ? "the descriptor limit is reached in \(time(forecast.expected)) "
                + "(\(time(forecast.low)) to \(time(forecast.high)))"
            : "the descriptor limit is reached now"
    }

    /// How long those lived that went.
    static func line(_ lifetimes: SeriesSummary.Lifetimes) -> String {
        "of \(ProcessWords.count(lifetimes.count, "socket")) that came and went, half lived "
            + "\(time(lifetimes.median)) at most, 99 in 100 \(time(lifetimes.p99))"
    }

    static func rate(_ estimate: RateEstimate) -> String {
        let isSlow = estimate.perSecond < 0.1
        let values = [estimate.perSecond, estimate.low, estimate.high].map {
            number($0 * (isSlow ? 3_600 : 1))
        }
        return "\(values[0]) \(isSlow ? "an hour" : "a second") (\(values[1]) to \(values[2]))"
    }

    static func rate(_ perSecond: Double) -> String {
        perSecond < 0.1
            ? "\(number(perSecond * 3_600)) an hour" : "\(number(perSecond)) a second"
    }

    static func time(_ seconds: Double) -> String {
        DurationText.format(.seconds(max(0, min(seconds, 100 * 365.25 * 86_400))))
    }

    /// A number with as many places as mean something; one that counts things has none.
    static func number(_ value: Double, isCount: Bool = false) -> String {
        let size = value.magnitude
        guard size < 1_000, !isCount else {
            return Decimals.grouped(Int(max(-1e12, min(value, 1e12)).rounded()))
        }
        var text = Decimals.text(value, size >= 100 ? 0 : size >= 1 ? 1 : 2)
        if text.contains(".") {
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
        }
        return text
    }

    private static func what(_ leak: LeakEstimate) -> String {
        let count = Decimals.grouped(leak.survivors)
        return switch leak.kind {
        case .idleConnection: "\(count) connections that were not used again"
        case .connecting: "\(count) connections that nobody answered"
        case .closeWait: "\(count) connections that the other side closed, and this one did not"
        case .ghost(.neverConnected): "\(count) sockets that were never connected"
        case .ghost(.boundOnly): "\(count) sockets that were bound and never used"
        case .ghost(.connectFailed): "\(count) sockets whose connect failed"
        case .ghost(.reset): "\(count) connections that were reset, and not closed here"
        case .ghost(.closed): "\(count) connections that ended, and were not closed here"
        case .ghost(.foreignNamespace): "\(count) sockets of another network namespace"
        case .ghost(.other): "\(count) sockets in no table"
        case .socket(let transport): "\(count) \(transport.rawValue) sockets"
        case .duplicate: "\(count) further descriptors of the same sockets"
        case .descriptor(let kind): "\(count) descriptors of the kind \(kind.rawValue)"
        }
    }
}
