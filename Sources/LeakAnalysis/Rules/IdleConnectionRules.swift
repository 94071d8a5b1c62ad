import Measurements

/// Connections used for one request, kept alive and never used again: `abandoned-connections`.
///
/// A pool that works does not open a connection to a place to which idle ones stand. So what
/// gives it away is that they go on being born while older ones lie idle.
enum AbandonedConnectionsRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        census.outbound.compactMap { finding($0, census) }
    }

    private static func finding(_ place: Census.PeerClass, _ census: Census) -> Finding? {
        let idle = usedAlike(place.sockets.filter(isAbandoned))
        guard idle.count >= Threshold.crowd else { return nil }
        let standing = place.sockets.count { $0.state == .established }
        let ages = AgeProfile(idle.map(\.sinceSent))
        // Most of what stands there must be so: a few idle ones beside busy ones are a pool.
        guard idle.count * 2 >= standing, ages.isOngoing, ages.isSteady else { return nil }
        let isDecided =
            ages.oldest >= Threshold.patience || census.process.uptime >= 2 * Threshold.patience
        var finding = Finding(
            rule: .abandonedConnections,
            title: "\(Phrase.count(idle.count, "connection")) to \(place.peer) were used once and "
                + "left open",
            count: idle.count, confidence: isDecided ? .likely : .undecided)
        finding.evidence = [
            "each carried one exchange, was answered, and has been idle since; nothing waits "
                + "unread",
            "new ones are still opened although older ones to the same place lie idle",
        ]
        GhostFinding.addAges(ages, "were used", &finding, census)
        limitPlateau(ages, &finding, census)
        finding.alternatives = [
            Finding.Alternative(
                rule: .unreadBody,
                distinction: "a small response body that is never closed looks the same until the "
                    + "server closes: then it turns to CLOSE_WAIT, while a forgotten client's "
                    + "connections go away; the function that opened them tells"
            )
        ]
        return finding
    }

    private static func isAbandoned(_ socket: SocketRecord) -> Bool {
        guard socket.state == .established, socket.receiveQueue == 0, socket.sendQueue == 0,
            socket.wasUsedOnce, let activity = socket.activity, activity.bytesReceived > 0
        else { return false }
        // The answer came soon after the question, and nothing has come since.
        return socket.sinceReceived >= socket.sinceSent - 5
            && socket.sinceReceived <= socket.sinceSent + 5
    }

    /// Those that sent the commonest number of segments, when most did.
    ///
    /// Heartbeats and further requests make the numbers differ with age.
    private static func usedAlike(_ sockets: [SocketRecord]) -> [SocketRecord] {
        var counts: [UInt32: Int] = [:]
        for socket in sockets { counts[socket.activity?.dataSegmentsOut ?? 0, default: 0] += 1 }
        guard let mode = counts.max(by: { $0.value < $1.value }),
            mode.value * 10 >= sockets.count * 8
        else { return [] }
        return sockets.filter { $0.activity?.dataSegmentsOut == mode.key }
    }

    /// Where the server closes idle connections, the number stays; the waste does too.
    private static func limitPlateau(
        _ ages: AgeProfile, _ finding: inout Finding, _ census: Census
    ) {
        guard ages.oldest < 130, census.process.uptime > 3 * ages.oldest + 10 else { return }
        finding.secondsToLimit = nil
        finding.evidence.append(
            "none is older than \(Phrase.seconds(ages.oldest)) although the process has run for "
                + "\(Phrase.seconds(census.process.uptime)): the server closes them, and the number "
                + "stays at about rate × its idle timeout; it rises with the rate")
    }
}

/// Connections that were made and over which nothing ever went: `unused-dial`.
enum UnusedDialRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        census.outbound.compactMap { place in
            let unused = place.sockets.filter {
                $0.state == .established && $0.activity?.dataSegmentsOut == 0
                    && $0.activity?.bytesReceived == 0 && $0.sinceSent >= 1
            }
            let ages = AgeProfile(unused.map(\.sinceSent), floor: 1)
            // A pool may stand by, as many as it was told and no more.
            guard unused.count >= Threshold.many, ages.isOngoing || unused.count >= 100 else {
                return nil
            }
            var finding = Finding(
                rule: .unusedDial,
                title: "\(Phrase.count(unused.count, "connection")) to \(place.peer) were made "
                    + "and never used",
                count: unused.count,
                confidence: ages.oldest >= Threshold.patience ? .likely : .undecided)
            finding.evidence = ["not one byte was sent or received on any of them"]
            GhostFinding.addAges(ages, "were connected", &finding, census)
            return finding
        }
    }
}

/// Requests that are never answered and never given up: `no-response-timeout`.
enum NoResponseTimeoutRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        census.outbound.compactMap { finding($0, census) }
    }

    private static func finding(_ place: Census.PeerClass, _ census: Census) -> Finding? {
        let waiting = place.sockets.filter { socket in
            guard let activity = socket.activity else { return false }
            return socket.state == .established && activity.bytesReceived == 0
                && activity.dataSegmentsOut >= 1 && socket.sinceSent >= 1
        }
        guard waiting.count >= Threshold.many else { return nil }
        let ages = AgeProfile(waiting.map(\.sinceSent), floor: 1)
        // Where there is a timeout, none waits longer than that, however long the process runs;
        // long polls are ended after a minute or two.
        let isBeyondPolls = ages.oldest >= 180
        let isUnbounded =
            isBeyondPolls
            || (ages.oldest >= Threshold.patience && ages.oldest >= 0.5 * census.process.uptime)
        guard isUnbounded, ages.isOngoing || isBeyondPolls else { return nil }
        var finding = Finding(
            rule: .noResponseTimeout,
            title: "\(Phrase.count(waiting.count, "request")) to \(place.peer) wait for a "
                + "response that does not come",
            count: waiting.count, confidence: ages.isOngoing ? .likely : .undecided)
        finding.evidence = [
            "the request was sent on each, and not one byte has come back",
            "the longest has waited for \(Phrase.seconds(ages.oldest)): no timeout has ended it",
        ]
        GhostFinding.addAges(ages, "were sent", &finding, census)
        return finding
    }
}

/// Connections that are asked for and not answered: `unreachable-peer`.
enum UnreachablePeerRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        census.outbound.compactMap { place in
            let asking = place.sockets.filter { $0.state == .synSent }
            guard asking.count >= Threshold.few else { return nil }
            let again = asking.count { ($0.activity?.retransmissions ?? 0) > 0 }
            guard again >= Threshold.few else { return nil }
            var finding = Finding(
                rule: .unreachablePeer,
                title: "\(Phrase.count(asking.count, "connection")) to \(place.peer) get no answer",
                count: asking.count, confidence: .likely)
            finding.evidence = [
                "they are in SYN_SENT, and \(Phrase.grouped(again)) have asked again already",
                "the kernel gives up after about 127 s (tcp(7), tcp_syn_retries): until then each "
                    + "attempt holds a descriptor",
            ]
            return finding
        }
    }
}
