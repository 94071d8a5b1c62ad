import Measurements

/// Responses that arrived and are not read: `unread-body`.
enum UnreadBodyRule: LeakRule {
    static func findings(_ census: Census) -> [Finding] {
        census.outbound.compactMap { finding($0, census) }
    }

    /// Seconds without new bytes after which nobody reads: a consumer that has taken much already
    /// may pause, and then the window stays shut.
    private static func patience(_ socket: SocketRecord) -> Double {
        let taken = Int(socket.activity?.bytesReceived ?? 0) - Int(socket.receiveQueue)
        return taken > 1 << 20 ? 60 : 3
    }

    private static func finding(_ place: Census.PeerClass, _ census: Census) -> Finding? {
        let unread = place.sockets.filter { socket in
            // In CLOSE_WAIT one number of the queue is the other side's FIN.
            let own: UInt32 = socket.state == .closeWait ? 1 : 0
            return (socket.state == .established || socket.state == .closeWait)
                && socket.receiveQueue > own && socket.sinceReceived >= patience(socket)
        }
        guard unread.count >= Threshold.few else { return nil }
        let ages = AgeProfile(unread.map(\.sinceSent), floor: 3)
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
