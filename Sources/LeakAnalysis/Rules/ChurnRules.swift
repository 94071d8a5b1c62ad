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
        var born: Int
        var sockets: [SocketRecord]
    }

    private static func places(_ census: Census) -> [Place] {
        var places: [IPEndpoint: Place] = [:]
        for place in census.outbound {
            places[place.peer] = Place(
                peer: place.peer, timeWait: [], born: 0, sockets: place.sockets)
        }
        for born in census.snapshot.churn?.bornTo ?? [] {
            places[
                born.peer, default: Place(peer: born.peer, timeWait: [], born: 0, sockets: [])
            ].born = born.count
        }
        // TIME_WAIT has no owner: it counts only where this process was seen to connect to.
        for group in census.snapshot.namespace.timeWait {
            places[group.peer]?.timeWait.append(group)
        }
        return places.values.sorted { $0.peer.description < $1.peer.description }
    }

    private static func finding(_ place: Place, _ census: Census) -> Finding? {
        let closed = place.timeWait.reduce(0) { $0 + $1.count }
        let remembered = place.timeWait.compactMap(\.rate).reduce(0, +)
        let seconds = census.snapshot.churn?.seconds ?? 0
        let seen = seconds > 0.1 ? Double(place.born) / seconds : 0
        // What is remembered must still go on, or have gone on a minute: else it was a restart.
        let isFresh = place.timeWait.contains { $0.youngest < 5_000 }
        let rate = max(
            isFresh && closed >= Threshold.crowd ? remembered : 0, place.born >= 3 ? seen : 0)
        guard rate >= worthAWord else { return nil }
        let reused = place.sockets.count {
            $0.state == .established && ($0.activity?.dataSegmentsOut ?? 0) >= 5
        }
        // Where connections stay after their use, others find that; these here go.
        let lingering = place.sockets.count {
            $0.state != .synSent && !($0.activity.map { $0.dataSegmentsOut >= 5 } ?? false)
                && $0.sinceSent >= 2
        }
        guard Double(lingering) < rate * 2 else { return nil }
        var finding = Finding(
            rule: reused >= 2 ? .poolTooSmall : .keepaliveDisabled,
            title: reused >= 2
                ? "connections to \(place.peer) are closed after one request although others are "
                    + "kept"
                : "each request to \(place.peer) takes a connection of its own",
            count: max(closed, place.born),
            confidence: place.born >= 2 && (closed >= Threshold.crowd || seen >= 5)
                ? .likely : .undecided)
        finding.evidence = evidence(place, closed: closed, rate: rate, reused: reused, seconds)
        return finding
    }

    private static func evidence(
        _ place: Place, closed: Int, rate: Double, reused: Int, _ seconds: Double
    ) -> [String] {
        var evidence: [String] = []
        if closed > 0 {
            evidence.append(
                "\(Phrase.count(closed, "connection")) to it were closed in the last minute "
                    + "(TIME_WAIT, which has no owner: attributed by the place)")
        }
        if place.born > 0 {
            evidence.append(
                "\(Phrase.grouped(place.born)) new ones were seen in \(Phrase.seconds(seconds)); "
                    + "shorter lives were missed")
        }
        evidence.append(
            "that is \(Phrase.rate(rate)): each costs a handshake, a port for a minute, and 10 to "
                + "40 times the processor time of a kept one")
        if reused >= 2 {
            evidence.append(
                "\(Phrase.grouped(reused)) connections to it are used again and again: the pool "
                    + "keeps fewer than are needed at once")
        }
        evidence.append("no descriptor leaks by this")
        return evidence
    }
}
