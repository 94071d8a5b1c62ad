public import Measurements

extension Snapshot {
    /// This look, with an earlier one of the same process as the first of two.
    ///
    /// Only those ghosts stay that both looks show: a socket that is on its way looks like one.
    /// What came and went between the two becomes its churn.
    public func confirmed(by earlier: Snapshot) -> Snapshot {
        var confirmed = self
        let oldGhosts = Set(earlier.sockets.lazy.filter { $0.ghost != nil }.map(\.inode))
        confirmed.sockets = sockets.filter { socket in
            socket.ghost == nil || socket.ghost == .foreignNamespace
                || oldGhosts.contains(socket.inode)
        }
        var churn = Churn(
            seconds: max(0, (bootTime - earlier.bootTime).inSeconds), looks: 2)
        let (old, new) = (Set(earlier.sockets.map(\.inode)), Set(sockets.map(\.inode)))
        churn.born = new.subtracting(old).count
        churn.died = old.subtracting(new).count
        churn.vanishedGhosts = oldGhosts.subtracting(new).count
        var places: [IPEndpoint: Int] = [:]
        for socket in earlier.sockets where !new.contains(socket.inode) {
            if let peer = socket.firstExchangePeer { places[peer, default: 0] += 1 }
        }
        churn.passedTo = Churn.most(places)
        confirmed.churn = churn
        return confirmed
    }
}

extension SocketRecord {
    /// Where a connection leads that stands, was asked for here, and may be in the middle of its
    /// only exchange; nil for every other socket.
    public var firstExchangePeer: IPEndpoint? {
        guard isTCP, state == .established, direction != .inbound, let activity,
            activity.dataSegmentsOut <= 4, activity.sinceDataSent < 2_000
        else { return nil }
        return peer?.endpoint?.unmapped
    }
}

extension Churn {
    /// The places with the highest numbers, as many as are kept.
    public static func most(_ places: [IPEndpoint: Int]) -> [PeerCount] {
        places.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .prefix(16).map { PeerCount(peer: $0.key, count: $0.value) }
    }
}
