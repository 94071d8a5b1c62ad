import Measurements

/// Selectors that are made and not closed: `selector-leak`.
enum SelectorLeakRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let tally = census.snapshot.descriptors
        let polls = tally.count(.eventpoll)
        // Event loops come with the processors, or with threads that each wait on one.
        let usual = max(32, 4 * census.process.processors)
        guard polls > usual else { return [] }
        let events = tally.count(.eventfd)
        let isPaired = events * 2 >= polls
        let sockets = tally.count(.socket)
        var finding = Finding(
            rule: .selectorLeak,
            title: "\(Phrase.count(polls, "selector")) are open: far more than event loops "
                + "would need",
            count: polls + min(events, polls),
            confidence: isPaired || polls > 4 * usual ? .likely : .undecided)
        finding.evidence = [
            "\(Phrase.grouped(polls)) eventpoll, \(Phrase.grouped(events)) eventfd and "
                + "\(Phrase.grouped(sockets)) sockets are open on a machine of "
                + Phrase.count(census.process.processors, "processor")
        ]
        if isPaired {
            finding.evidence.append(
                "each selector has its eventfd: they were made together, as a client with a "
                    + "selector of its own makes them")
        }
        return [finding]
    }
}

/// Descriptors that are not sockets and pile up: `descriptor-leak`.
enum DescriptorLeakRule: LeakRule {
    /// As many descriptors of one kind as no program needs for its own workings.
    static let pile = 64

    static func findings(_ census: Census) -> [Finding] {
        let tally = census.snapshot.descriptors
        var findings = tally.repeated.filter { !$0.target.hasSuffix("/") && $0.count >= pile / 2 }
            .map { repeated($0) }
        let deleted = tally.repeated.filter {
            $0.target.hasSuffix("/") && $0.count >= pile && $0.kind == .memfd
        }
        findings += deleted.map { repeated($0) }
        findings += unixClients(census)
        let kinds: [DescriptorKind] = [
            .pipe, .eventfd, .timerfd, .signalfd, .inotify, .pidfd, .iouring, .perf, .namespace,
        ]
        for kind in kinds {
            let count = tally.count(kind)
            let selectors = tally.count(.eventpoll)
            // What belongs to selectors is the other rule's.
            guard count > limit(kind, census), kind != .eventfd || count > 2 * selectors + pile
            else { continue }
            findings.append(piled(kind, count, census))
        }
        return findings
    }

    /// Connections to one Unix socket: no clock dates them, so only their number speaks.
    private static func unixClients(_ census: Census) -> [Finding] {
        var counts: [String: Int] = [:]
        for socket in census.snapshot.sockets
        where socket.transport == .unix && socket.state == .established {
            if socket.direction != .inbound, case .path(let path)? = socket.peer {
                counts[path, default: 0] += 1
            }
        }
        return counts.filter { $0.value > limit(.pipe, census) && $0.value > 2 * pile }
            .sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .map { path, count in
                var finding = Finding(
                    rule: .descriptorLeak,
                    title: "\(Phrase.grouped(count)) connections to one Unix socket are open",
                    count: count, confidence: count > 4 * pile ? .likely : .undecided)
                finding.evidence = [
                    "they lead to \(path)",
                    "nothing dates them: a second look later tells whether they grow",
                ]
                return finding
            }
    }

    /// Threads may have a pipe each, or an eventfd.
    private static func limit(_ kind: DescriptorKind, _ census: Census) -> Int {
        switch kind {
        case .pipe, .eventfd, .timerfd:
            max(pile, 2 * census.process.threads + 16 * census.process.processors)
        default: pile
        }
    }

    private static func repeated(_ target: RepeatedTarget) -> Finding {
        var finding = Finding(
            rule: .descriptorLeak,
            title: "\(Phrase.count(target.count, "descriptor")) lead to one file",
            count: target.count, confidence: target.count >= pile ? .certain : .likely)
        finding.evidence = [
            "\(target.target) is open \(Phrase.grouped(target.count)) times"
        ]
        return finding
    }

    private static func piled(_ kind: DescriptorKind, _ count: Int, _ census: Census) -> Finding {
        var finding = Finding(
            rule: .descriptorLeak,
            title: "\(Phrase.grouped(count)) descriptors of one kind are open: \(kind.rawValue)",
            count: count, confidence: count > 2 * limit(kind, census) ? .likely : .undecided)
        finding.evidence = [
            "the process has \(Phrase.count(census.process.threads, "thread")): that many "
                + "\(kind.rawValue) descriptors are not for its own workings",
            "nothing dates them: a second look later tells whether they grow",
        ]
        return finding
    }
}

/// Connections that were turned away because nobody accepted: `listen-overflow`.
enum ListenOverflowRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let full = census.snapshot.sockets.filter {
            $0.isTCP && $0.state == .listening && $0.receiveQueue > $0.sendQueue
        }
        guard !full.isEmpty else { return [] }
        var finding = Finding(
            rule: .listenOverflow,
            title: "\(Phrase.count(full.count, "listener")) cannot take more connections",
            count: full.count, confidence: .certain)
        finding.evidence = full.prefix(3).map { socket in
            "\(socket.local?.description ?? "a listener") has \(Phrase.grouped(Int(socket.receiveQueue))) "
                + "connections waiting to be accepted, and room for "
                + "\(Phrase.grouped(Int(socket.sendQueue)))"
        }
        if let refused = census.snapshot.namespace.listenOverflows, refused > 0 {
            finding.evidence.append(
                "since the start of this network namespace \(Phrase.grouped(Int(clamping: refused))) "
                    + "connections were dropped for that reason (all listeners together)")
        }
        return [finding]
    }
}

/// Few descriptors are left: `near-limit`.
enum NearLimitRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        let tally = census.snapshot.descriptors
        guard let limit = tally.softLimit, limit > 0, limit - tally.open <= limit / 10 else {
            return []
        }
        let left = max(0, limit - tally.open)
        var finding = Finding(
            rule: .nearLimit,
            title: left == 0
                ? "the limit of \(Phrase.grouped(limit)) descriptors is reached"
                : "\(Phrase.count(left, "descriptor")) are left of \(Phrase.grouped(limit))",
            count: tally.open, confidence: .certain)
        finding.evidence = [
            "\(Phrase.grouped(tally.open)) are open; what needs one more fails with EMFILE, "
                + "\"too many open files\""
        ]
        if let hard = tally.hardLimit, hard > limit {
            finding.evidence.append(
                "the process may raise its limit to \(hard == .max ? "any number" : Phrase.grouped(hard)) "
                    + "itself")
        }
        return [finding]
    }
}
