import Measurements

/// Responses that arrived and are not read: `unread-body`.
enum UnreadBodyRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        census.outbound.compactMap { finding($0, census) }
    }

    private static func finding(_ place: Census.PeerClass, _ census: Census) -> Finding? {
        let unread = place.sockets.filter { socket in
            // In CLOSE_WAIT one number of the queue is the other side's FIN.
            let own: UInt32 = socket.state == .closeWait ? 1 : 0
            return (socket.state == .established || socket.state == .closeWait)
                && socket.receiveQueue > own && socket.sinceReceived >= 3
        }
        guard unread.count >= Threshold.few else { return nil }
        let ages = AgeProfile(unread.map(\.sinceSent))
        let bytes = unread.reduce(0) { $0 + Int($1.receiveQueue) }
        let isOld = ages.oldest >= Threshold.patience
        var finding = Finding(
            rule: .unreadBody,
            title: "\(Phrase.count(unread.count, "response")) from \(place.peer) were never read "
                + "to the end",
            count: unread.count,
            confidence: unread.count >= Threshold.many && isOld ? .certain : .likely)
        finding.evidence = [
            "\(Phrase.grouped(bytes)) bytes wait in the receive queues, "
                + "\(Phrase.grouped(bytes / unread.count)) on each of them, and nobody takes them"
        ]
        GhostFinding.addAges(ages, "were asked for", &finding, census)
        return finding
    }
}
