import Measurements

extension SnapshotSeries {
    /// Follows a socket to what it is now; a life of one kind ends where another begins.
    mutating func update(
        _ socket: inout TrackedSocket, _ record: SocketRecord, _ standing: SocketStanding,
        at look: inout Look
    ) {
        let (track, since) = (socket.track, socket.since)
        let moment = look.moment(of: record.inode)
        socket.lastUse = max(socket.lastUse, lastUse(of: record, at: look.time) ?? socket.lastUse)
        if let sent = record.activity?.dataSegmentsOut, sent > socket.dataSegments {
            look.segments += UInt64(sent - socket.dataSegments)
            socket.dataSegments = sent
        }
        let firstUse = max(settings.firstUse, 2.5 * interval)
        if !socket.wasReused, socket.opened.isFinite, socket.lastUse - socket.opened > firstUse {
            socket.wasReused = true
            look.reused += 1
        }
        if standing != socket.standing {
            socket.since = standing == .dead ? moment : socket.opened
            socket.standing = standing
        }
        socket.kind = LeakKind(of: record, standing)
        socket.peer = Self.peer(of: record)
        guard socket.track != track else { return }
        if let track {
            let isReuse = socket.wasReused && standing == .connection
            let end = isReuse ? socket.lastUse : moment
            tables[track.rawValue].ended(start: since, age: max(0, end - since))
        }
        if let track = socket.track { tables[track.rawValue].began(at: socket.since) }
    }

    /// Lets those go that the look did not show.
    mutating func sweep(_ look: inout Look) {
        var gone: [UInt64] = []
        for (inode, socket) in known where socket.look != look.number {
            gone.append(inode)
            let end = look.moment(of: inode)
            if let track = socket.track {
                tables[track.rawValue].ended(
                    start: socket.since, age: max(0, end - socket.since))
            }
            if socket.opened.isFinite {
                lives.ended(start: socket.opened, age: max(0, end - socket.opened))
            }
        }
        for inode in gone { known[inode] = nil }
        look.died = gone.count
    }

    /// When data last went over a connection, in seconds since the first look.
    func lastUse(of record: SocketRecord, at time: Double) -> Double? {
        guard let activity = record.activity, activity.wasEstablished else { return nil }
        // Before any data, the clock of what was sent counts from the handshake.
        var idle = activity.sinceDataSent
        if activity.dataSegmentsIn > 0 { idle = min(idle, activity.sinceDataReceived) }
        return time - Double(idle) / 1_000
    }

    /// The other side; those who connected to us come from another port each time.
    static func peer(of record: SocketRecord) -> IPEndpoint? {
        guard var peer = record.peer?.endpoint?.unmapped else { return nil }
        if record.direction == .inbound { peer.port = 0 }
        return peer
    }

    /// Counts what a look showed in all.
    mutating func count(_ snapshot: Snapshot, _ look: Look) {
        opens.count(Double(snapshot.descriptors.open), at: look.time)
        inUse.count(Double(look.used), at: look.time)
        duplicates.count(Double(look.doubled), at: look.time)
        for kind in DescriptorKind.allCases where kind != .socket {
            let count = snapshot.descriptors.count(kind)
            // A kind that comes late was not there before.
            if count > 0 || kinds[kind] != nil {
                if kinds[kind] == nil, looks > 1 {
                    kinds[kind, default: CountHistory()].count(0, at: 0)
                }
                kinds[kind, default: CountHistory()].count(Double(count), at: look.time)
            }
        }
        totals.add(look, snapshot)
    }
}

extension LeakKind {
    /// What a socket would be called if it were leaked.
    init(of record: SocketRecord, _ standing: SocketStanding) {
        switch standing {
        case .dead: self = record.ghost.map { .ghost($0) } ?? .closeWait
        case .other: self = .socket(record.transport)
        case .connection, .inbound, .unobserved, .listening:
            let isConnecting = record.state == .synSent || record.state == .synReceived
            self = isConnecting ? .connecting : .idleConnection
        }
    }
}
