import Measurements

/// Sockets that were made and never connected: `ghost-never-connected`.
enum GhostNeverConnectedRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let never = census.ghosts[.neverConnected] ?? []
        let bound = census.ghosts[.boundOnly] ?? []
        let count = never.count + bound.count
        guard count >= Threshold.few else { return [] }
        var finding = Finding(
            rule: .ghostNeverConnected,
            title: "\(Phrase.count(count, "socket was", "sockets were")) made and never used",
            count: count, confidence: GhostFinding.confidence(count, census))
        finding.evidence = [
            "\(Phrase.grouped(never.count)) have no address at all and have sent nothing: "
                + "socket() was called, connect() and listen() never"
        ]
        if !bound.isEmpty {
            finding.evidence.append(
                "\(Phrase.grouped(bound.count)) were bound to a port and then left")
        }
        finding.evidence.append(
            "no clock of theirs ever ran, so one look tells no rate: look again later")
        return [finding]
    }
}

/// Connections that failed and whose sockets stayed: `ghost-connect-failed`.
enum GhostConnectFailedRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let failed = census.ghosts[.connectFailed] ?? []
        guard failed.count >= Threshold.few else { return [] }
        var finding = Finding(
            rule: .ghostConnectFailed,
            title: "\(Phrase.count(failed.count, "socket")) of failed connections "
                + (failed.count == 1 ? "is" : "are") + " still open",
            count: failed.count, confidence: GhostFinding.confidence(failed.count, census))
        let known = failed.filter { $0.peer != nil }
        if !known.isEmpty {
            finding.evidence.append(
                "they were to go to \(Phrase.places(GhostFinding.places(known)))")
        }
        let unread = failed.count { $0.hasUnreadError }
        if unread > 0 {
            finding.evidence.append(
                "the error of \(Phrase.grouped(unread)) was never read: the program does not look "
                    + "at what became of them")
        }
        if failed.count > known.count {
            finding.evidence.append(
                "\(Phrase.grouped(failed.count - known.count)) were refused in a blocking "
                    + "connect(), which forgets the other side")
        }
        return [finding]
    }
}

/// Connections that the other side reset and whose sockets stayed: `ghost-reset`.
enum GhostResetRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let dead = census.ghosts[.reset] ?? []
        guard dead.count >= Threshold.few else { return [] }
        var finding = Finding(
            rule: .ghostReset,
            title: "\(Phrase.count(dead.count, "connection")) that the other side ended "
                + (dead.count == 1 ? "is" : "are") + " still open here",
            count: dead.count, confidence: GhostFinding.confidence(dead.count, census))
        GhostFinding.describe(dead, &finding, census)
        let unread = dead.count { $0.hasUnreadError }
        finding.evidence.append(
            unread == dead.count
                ? "the error of each still waits to be read: nobody has touched them since"
                : "the error of \(Phrase.grouped(unread)) still waits to be read")
        finding.alternatives = [
            Finding.Alternative(
                rule: .closeWait,
                distinction: "a connection that the other side closed in order, and that TCP "
                    + "keep-alive found gone later, ends the same way: look at a younger one, "
                    + "which would be in CLOSE_WAIT")
        ]
        return [finding]
    }
}

/// Connections that both sides closed in order and whose sockets stayed: `ghost-closed`, or
/// `shutdown-without-close` where TIME_WAIT proves that this side began to close.
enum GhostClosedRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let dead = census.ghosts[.closed] ?? []
        let twins = dead.count { $0.hasTimeWaitTwin }
        let half = census.outbound.flatMap(\.sockets).filter {
            $0.state == .finWait2 && $0.idle >= Threshold.notice
        }
        guard dead.count + half.count >= Threshold.few else { return [] }
        let isShutdown = twins + half.count >= Threshold.few
        var finding = Finding(
            rule: isShutdown ? .shutdownWithoutClose : .ghostClosed,
            title: isShutdown
                ? "\(Phrase.count(dead.count + half.count, "connection")) were shut down and "
                    + "never closed"
                : "\(Phrase.count(dead.count, "closed connection")) still hold a descriptor",
            count: isShutdown ? dead.count + half.count : dead.count,
            confidence: isShutdown && dead.count < Threshold.few
                ? .likely : GhostFinding.confidence(dead.count + half.count, census))
        if !dead.isEmpty { GhostFinding.describe(dead, &finding, census) }
        if twins > 0 {
            finding.evidence.append(
                "\(Phrase.grouped(twins)) have a twin in TIME_WAIT with the same two ends: this "
                    + "side called shutdown(), and the descriptor stayed")
        }
        if !half.isEmpty {
            finding.evidence.append(
                "\(Phrase.grouped(half.count)) more wait in FIN_WAIT2 for the other side's end")
        }
        if !isShutdown {
            finding.alternatives = [
                Finding.Alternative(
                    rule: .shutdownWithoutClose,
                    distinction: "TIME_WAIT, which would prove it, lasts 60 s: look again while "
                        + "the program runs; a descriptor that was duplicated and lost looks the "
                        + "same, and only its dup() would show it")
            ]
        }
        return [finding]
    }
}

/// Sockets of another network namespace: `foreign-netns`.
enum ForeignNamespaceRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let foreign = census.snapshot.sockets.filter { $0.ghost == .foreignNamespace }
        guard !foreign.isEmpty else { return [] }
        let namespaces = Set(foreign.compactMap(\.foreignNamespace)).filter { $0 != 0 }
        var finding = Finding(
            rule: .foreignNetns,
            title: "\(Phrase.count(foreign.count, "socket")) belong to another network namespace",
            count: foreign.count,
            confidence: foreign.count >= Threshold.many ? .likely : .undecided)
        finding.evidence = [
            namespaces.isEmpty
                ? "their namespace may not be asked for here"
                : "of "
                    + namespaces.sorted().prefix(3).map { "net:[\($0)]" }
                    .joined(separator: ", ")
                    + ", while the process is in "
                    + (census.process.networkNamespace.map { "net:[\($0)]" } ?? "another"),
            "no table of the process's own namespace lists them, and they keep that namespace alive",
        ]
        return [finding]
    }
}
