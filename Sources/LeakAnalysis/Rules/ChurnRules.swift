import Measurements

/// Connections that are closed after one request, again and again: `keepalive-disabled`; beside
/// connections that are used often: `pool-too-small`.
enum ChurnRule: LeakRule {
    /// Connections a second to one place from which on it is worth a word.
    static let worthAWord = 2.0

    static func findings(_ census: Census) -> [Finding] {
        places(census).compactMap { finding($0, census) }
    }

    /// A place that this process connects to, with what is known of its churn.
    private struct Place {
        var peer: IPEndpoint
        var timeWait: [TimeWaitGroup]
        /// Connections that were seen to end.
        var passed: Int
        var sockets: [SocketRecord]

        /// How many in TIME_WAIT were shut down by this process, which keeps their descriptors.
        func held(_ census: Census) -> Int {
            (census.ghosts[.closed] ?? []).count {
                $0.hasTimeWaitTwin && $0.peer?.endpoint?.unmapped == peer
            }
        }

        /// Connections closed a second, by the ages of those in TIME_WAIT; 0 when that is over, as
        /// after a restart, or too few to tell.
        func remembered(closed: Int) -> Double {
            guard closed >= Threshold.crowd, timeWait.contains(where: { $0.youngest < 5_000 })
            else { return 0 }
            return timeWait.compactMap(\.rate).reduce(0, +)
        }
    }

    private static func places(_ census: Census) -> [Place] {
        var places: [IPEndpoint: Place] = [:]
        for place in census.outbound {
            places[place.peer] = Place(
                peer: place.peer, timeWait: [], passed: 0, sockets: place.sockets)
        }
        for passed in census.snapshot.churn?.passedTo ?? [] {
            places[
                passed.peer,
                default: Place(peer: passed.peer, timeWait: [], passed: 0, sockets: [])
            ].passed = passed.count
        }
        // TIME_WAIT has no owner: it counts only where this process was seen to connect to.
        for group in census.snapshot.namespace.timeWait {
            places[group.peer]?.timeWait.append(group)
        }
        return places.values.sorted { $0.peer.description < $1.peer.description }
    }

    private static func finding(_ place: Place, _ census: Census) -> Finding? {
        let closed = max(0, place.timeWait.reduce(0) { $0 + $1.count } - place.held(census))
        let seconds = census.snapshot.churn?.seconds ?? 0
        let seen = seconds > 0.1 ? Double(place.passed) / seconds : 0
        let remembered = place.remembered(closed: closed)
        // So many a second would have been seen to pass while we watched: they are others'.
        if remembered * seconds >= 5, place.passed == 0 { return nil }
        let rate = max(remembered, place.passed >= 3 ? seen : 0)
        guard rate >= worthAWord else { return nil }
        let kept = place.sockets.count(where: isKept)
        // Where connections stay after their use, others find that; these here go.
        let lingering = place.sockets.count {
            $0.state != .synSent && !($0.activity.map { $0.dataSegmentsOut >= 5 } ?? false)
                && $0.sinceSent >= 2
        }
        guard Double(lingering) < rate * 2 else { return nil }
        var finding = Finding(
            rule: kept >= 2 ? .poolTooSmall : .keepaliveDisabled,
            title: kept >= 2
                ? "connections to \(place.peer) are closed after one request although others are "
                    + "kept"
                : "each request to \(place.peer) takes a connection of its own",
            count: max(closed, place.passed),
            confidence: place.passed >= 2 && (closed >= Threshold.crowd || seen >= 5)
                ? .likely : .undecided)
        if kept < 2 {
            finding.alternatives = [
                Finding.Alternative(
                    rule: .poolTooSmall,
                    distinction: "a pool that keeps a few of many looks the same while all of them "
                        + "are in use: look again, and between bursts the kept ones stand idle")
            ]
        }
        finding.evidence = evidence(place, closed: closed, rate: rate, kept: kept, seconds)
        return finding
    }

    /// Whether a connection was used often, or was answered and still stands: without keep-alive it
    /// would be closed at once.
    private static func isKept(_ socket: SocketRecord) -> Bool {
        guard socket.state == .established, let activity = socket.activity else { return false }
        return activity.dataSegmentsOut >= 5
            || (activity.dataSegmentsOut >= 1 && activity.bytesReceived > 0
                && socket.receiveQueue == 0 && socket.idle >= 0.1)
    }

    private static func evidence(
        _ place: Place, closed: Int, rate: Double, kept: Int, _ seconds: Double
    ) -> [String] {
        var evidence: [String] = []
        if closed > 0 {
            evidence.append(
                "\(Phrase.count(closed, "connection")) to it were closed in the last minute "
                    + "(TIME_WAIT, which has no owner: attributed by the place)")
        }
        if place.passed > 0 {
            evidence.append(
                "\(Phrase.grouped(place.passed)) were seen to end in \(Phrase.seconds(seconds)); "
                    + "shorter lives were missed")
        }
        evidence.append(
            "that is \(Phrase.rate(rate)): each costs a handshake, a port for a minute, and 10 to "
                + "40 times the processor time of a kept one")
        if kept >= 2 {
            evidence.append(
                "\(Phrase.grouped(kept)) connections to it are kept for further use: the pool keeps "
                    + "fewer than are needed at once")
        }
        evidence.append("no descriptor leaks by this")
        return evidence
    }
}
