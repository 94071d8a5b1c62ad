import Measurements

/// Connections that the other side closed, and this one did not: `close-wait`.
enum CloseWaitRule: LeakRule {
    /// As many as no pool keeps to find out about later.
    private static let pile = 100

    static func findings(_ census: Census) -> [Finding] {
        let closed = census.outbound.flatMap(\.sockets).filter {
            // A read body leaves one number in the queue: the other side's FIN.
            $0.state == .closeWait && $0.receiveQueue <= 1 && $0.sinceSent >= 1
        }
        // A pool notices an end when it wants the connection again; it used it often before.
        let waiting =
            closed.count >= pile
            ? closed : closed.filter { ($0.activity?.dataSegmentsOut ?? 0) <= 4 }
        guard waiting.count >= Threshold.few else { return [] }
        let ages = AgeProfile(waiting.map(\.sinceSent), floor: floor(waiting, census))
        var finding = Finding(
            rule: .closeWait,
            title: "\(Phrase.count(waiting.count, "connection")) that the other side closed "
                + (waiting.count == 1 ? "was" : "were") + " never closed here",
            count: waiting.count, confidence: confidence(waiting.count, ages))
        finding.evidence = ["they lead to \(Phrase.places(GhostFinding.places(waiting)))"]
        GhostFinding.addAges(ages, "last sent something", &finding, census)
        finding.alternatives = alternatives
        return [finding]
    }

    /// The age in seconds that no member of the class is younger than: that at which the other side
    /// ends idle connections, where as many that are younger wait for that as would come by the
    /// rate of the class.
    private static func floor(_ waiting: [SocketRecord], _ census: Census) -> Double {
        let peers = Set(waiting.compactMap { $0.peer?.endpoint?.unmapped })
        let ages = waiting.map(\.sinceSent)
        guard let youngest = ages.min(), let oldest = ages.max(), oldest > youngest else {
            return 1
        }
        let rate = Double(ages.count - 1) / (oldest - youngest)
        let idle = census.outbound.flatMap(\.sockets).filter { socket in
            socket.state == .established && socket.wasUsedOnce
                && socket.peer?.endpoint.map { peers.contains($0.unmapped) } == true
                && socket.sinceSent <= youngest + 1
        }.map(\.sinceSent)
        guard idle.count >= Threshold.few, Double(idle.count) >= 0.3 * rate * youngest else {
            return 1
        }
        return max(1, min(youngest, idle.max() ?? 1))
    }

    /// A pool may keep connections that the server closed until it wants them again; that is
    /// bounded, and stops growing.
    private static func confidence(_ count: Int, _ ages: AgeProfile) -> Confidence {
        if ages.isOngoing, ages.oldest - ages.youngest >= Threshold.notice {
            return count >= Threshold.crowd ? .certain : .undecided
        }
        return count >= pile ? .likely : .undecided
    }

    private static let alternatives = [
        Finding.Alternative(
            rule: .unreadBody,
            distinction: "a response whose body was small and never closed ends here too: the "
                + "function that opened them tells"),
        Finding.Alternative(
            rule: .abandonedConnections,
            distinction: "a client made for each request and forgotten, without a reader in the "
                + "background, ends here too"),
    ]
}

/// Accepted connections that the other side has ended, and this one keeps: `inbound-unclosed`.
enum InboundUnclosedRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let waiting = census.inbound.filter { socket in
            socket.state == .closeWait
                && Double(socket.activity?.sinceAcknowledged ?? 0) / 1_000 >= Threshold.notice
        }
        let dead = census.inboundGhosts.filter { $0.ghost == .reset || $0.ghost == .closed }
        let all = waiting + dead
        guard all.count >= Threshold.few else { return [] }
        var finding = Finding(
            rule: .inboundUnclosed,
            title: "\(Phrase.count(all.count, "accepted connection")) ended by the client "
                + (all.count == 1 ? "was" : "were") + " never closed",
            count: all.count,
            confidence: all.count >= Threshold.crowd ? .certain : .likely)
        if !waiting.isEmpty {
            finding.evidence.append(
                "\(Phrase.grouped(waiting.count)) are in CLOSE_WAIT: the client's end was "
                    + "received, and close() did not follow")
        }
        if !dead.isEmpty {
            finding.evidence.append(
                "\(Phrase.grouped(dead.count)) are dead, and only the descriptor is left")
        }
        finding.evidence.append("they came in at \(Phrase.places(localPlaces(all)))")
        let ages = AgeProfile(
            all.compactMap { $0.activity?.sinceAcknowledged }.map { Double($0) / 1_000 },
            floor: dead.isEmpty ? Threshold.notice : 0)
        GhostFinding.addAges(ages, "were last heard of", &finding, census)
        return [finding]
    }

    private static func localPlaces(_ sockets: [SocketRecord]) -> [(name: String, count: Int)] {
        var counts: [IPEndpoint: Int] = [:]
        for socket in sockets {
            if let local = socket.local?.endpoint { counts[local.unmapped, default: 0] += 1 }
        }
        return counts.map { ($0.key.description, $0.value) }.sorted { ($0.1, $1.0) > ($1.1, $0.0) }
    }
}
