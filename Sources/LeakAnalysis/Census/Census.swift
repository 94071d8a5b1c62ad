import Measurements

/// One snapshot, counted in the ways that the rules ask for.
struct Census {
    let snapshot: Snapshot
    /// Connections that this process asked for, by where they go; the most numerous place first.
    let outbound: [PeerClass]
    /// Connections that others asked for.
    let inbound: [SocketRecord]
    /// Ghosts of TCP that this process asked for, or that never had another side.
    let ghosts: [GhostKind: [SocketRecord]]
    /// Ghosts of TCP that others asked for.
    let inboundGhosts: [SocketRecord]

    /// The connections to one place.
    struct PeerClass {
        var peer: IPEndpoint
        var sockets: [SocketRecord]
    }

    init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        var byPeer: [IPEndpoint: [SocketRecord]] = [:]
        var inbound: [SocketRecord] = []
        var ghosts: [GhostKind: [SocketRecord]] = [:]
        var inboundGhosts: [SocketRecord] = []
        var seen: Set<UInt64> = []
        for socket in snapshot.sockets where socket.isTCP {
            // Two descriptors of one socket are one socket; the first speaks for it.
            guard seen.insert(socket.inode).inserted else { continue }
            if let ghost = socket.ghost {
                if socket.direction == .inbound {
                    inboundGhosts.append(socket)
                } else {
                    ghosts[ghost, default: []].append(socket)
                }
            } else if socket.direction == .inbound {
                inbound.append(socket)
            } else if let peer = socket.peer?.endpoint {
                byPeer[peer.unmapped, default: []].append(socket)
            }
        }
        outbound = byPeer.map { PeerClass(peer: $0.key, sockets: $0.value) }
            .sorted {
                ($0.sockets.count, $1.peer) > ($1.sockets.count, $0.peer)
            }
        self.inbound = inbound
        self.ghosts = ghosts
        self.inboundGhosts = inboundGhosts
    }

    var process: ProcessFacts { snapshot.process }

    /// Seconds until the limit when descriptors grow at `rate` a second.
    func secondsToLimit(_ rate: Double?) -> Double? {
        guard let rate, rate > 0, let room = snapshot.room else { return nil }
        return Double(room) / rate
    }

    /// Whether ghosts were seen twice: one look may catch a socket on its way.
    var hasSecondLook: Bool { snapshot.churn != nil }
}

extension SocketRecord {
    /// Seconds since data was last sent, since the handshake when none was.
    var sinceSent: Double { Double(activity?.sinceDataSent ?? 0) / 1_000 }

    /// Seconds since data was last received; since it was sent when none ever came.
    var sinceReceived: Double {
        guard let activity, activity.dataSegmentsIn > 0 else { return sinceSent }
        return Double(activity.sinceDataReceived) / 1_000
    }

    /// Seconds since anything last happened.
    var idle: Double { min(sinceSent, sinceReceived) }

    /// Whether it carried one exchange or so: a TLS handshake and a request take up to four
    /// segments.
    var wasUsedOnce: Bool {
        guard let activity else { return false }
        return (1...4).contains(activity.dataSegmentsOut)
    }
}
