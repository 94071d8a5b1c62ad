import Measurements

/// One look after another at a process, and what they say about its growth.
///
/// It keeps what is needed to judge, and not the looks: about 150 bytes for each socket that is
/// open, and half a megabyte besides, however long it lasts.
public struct SnapshotSeries: Sendable {
    /// What decides when growth is a leak.
    public let settings: SeriesSettings
    /// How many looks there were since the process, or its program, was another.
    public private(set) var looks = 0
    /// How often another process or another program took the place of the one before.
    public private(set) var restarts = 0
    /// The last look, without its sockets.
    public private(set) var last: Snapshot?
    /// The first look of the series, without its sockets.
    public private(set) var first: Snapshot?

    var known: [UInt64: TrackedSocket] = [:]
    var tables: [LifeTable] = []
    /// Every socket from when it was opened until it is gone.
    var lives = LifeTable(width: 1)
    var opens = CountHistory()
    var inUse = CountHistory()
    var duplicates = CountHistory()
    var kinds: [DescriptorKind: CountHistory] = [:]
    var totals = SeriesTotals()
    /// Where the process was seen to be connected to, at most 1,024 places.
    var places: Set<IPEndpoint> = []
    /// The mean pause between looks, in seconds.
    private(set) var interval = 0.0
    private var lookNumber: UInt32 = 0

    /// Makes a series that has seen nothing.
    public init(settings: SeriesSettings = SeriesSettings()) {
        self.settings = settings
        reset()
    }

    private mutating func reset() {
        known.removeAll()
        tables = TrackedSocket.Track.allCases.map { track in
            LifeTable(width: slot(of: track) / 2)
        }
        lives = LifeTable(width: 1)
        (opens, inUse, duplicates, kinds) = (CountHistory(), CountHistory(), CountHistory(), [:])
        totals = SeriesTotals()
        places = []
        looks = 0
        interval = 0
        first = nil
        last = nil
    }

    private func slot(of track: TrackedSocket.Track) -> Double {
        track == .dead ? settings.shortestDeadSlot : settings.shortestSlot
    }

    /// Seconds from the first look to the last.
    public var seconds: Double {
        guard let first, let last else { return 0 }
        return (last.bootTime - first.bootTime).inSeconds
    }

    /// Takes the next look; one that is not later than the last is left out.
    public mutating func observe(_ snapshot: Snapshot) {
        if let last, isAnother(snapshot.process, than: last.process) {
            reset()
            restarts += 1
        }
        if let last, snapshot.bootTime <= last.bootTime { return }
        let pause = last.map { (snapshot.bootTime - $0.bootTime).inSeconds } ?? 0
        lookNumber &+= 1
        looks += 1
        var light = snapshot
        light.sockets = []
        last = light
        if first == nil { first = light }
        if looks > 1 { interval = seconds / Double(looks - 1) }
        var look = Look(number: lookNumber, time: seconds, pause: pause)
        for entry in snapshot.churn?.passedTo ?? [] where places.count < 1_024 {
            places.insert(entry.peer.unmapped)
        }
        look.isFirst = looks == 1
        look.firstIsBirth = snapshot.process.uptime <= settings.youngProcess
        for record in snapshot.sockets { take(record, at: &look) }
        sweep(&look)
        count(snapshot, look)
    }

    private func isAnother(_ process: ProcessFacts, than other: ProcessFacts) -> Bool {
        process.pid != other.pid || process.startTicks != other.startTicks
            || process.runsAnotherProgram(than: other)
    }

    // MARK: Sockets

    /// What is counted while a look is taken.
    struct Look {
        var number: UInt32
        var time: Double
        var pause: Double
        var isFirst = false
        var firstIsBirth = false
        var born = 0
        var died = 0
        var reused = 0
        var doubled = 0
        var used = 0
        var segments: UInt64 = 0
        var sockets = SocketTally()

        init(number: UInt32, time: Double, pause: Double) {
            self.number = number
            self.time = time
            self.pause = pause
        }

        /// When something happened to a socket that this look shows and the one before did not.
        ///
        /// Nothing tells more than that it was in between. Were it always the middle, what happens
        /// evenly would seem to come in bunches; so each socket has its own place there, by its
        /// inode: multiples of the golden ratio fill every stretch evenly.
        func moment(of inode: UInt64) -> Double {
            let part = Double((inode &* 0x9E37_79B9_7F4A_7C15) >> 11) / 9_007_199_254_740_992
            return time - pause * part
        }
    }

    private mutating func take(_ record: SocketRecord, at look: inout Look) {
        let standing = SocketStanding(of: record, sentSince: look.pause)
        look.sockets.count(record)
        guard var socket = known[record.inode] else {
            known[record.inode] = newSocket(record, standing, at: &look)
            return
        }
        if socket.look == look.number {
            look.doubled += 1
            return
        }
        socket.look = look.number
        update(&socket, record, standing, at: &look)
        if socket.isInUse { look.used += 1 }
        known[record.inode] = socket
    }

    private mutating func newSocket(
        _ record: SocketRecord, _ standing: SocketStanding, at look: inout Look
    ) -> TrackedSocket {
        let isBirth = !look.isFirst || look.firstIsBirth
        let opened = isBirth ? look.moment(of: record.inode) : -Double.infinity
        var socket = TrackedSocket(
            opened: opened, since: opened, lastUse: opened,
            dataSegments: record.activity?.dataSegmentsOut ?? 0, look: look.number,
            standing: standing, kind: LeakKind(of: record, standing), peer: Self.peer(of: record))
        if isBirth {
            look.born += 1
            look.segments += UInt64(socket.dataSegments)
            lives.began(at: opened)
        }
        socket.lastUse = lastUse(of: record, at: look.time) ?? opened
        if let peer = socket.peer, places.count < 1_024 { places.insert(peer) }
        if let track = socket.track { tables[track.rawValue].began(at: socket.since) }
        if socket.isInUse { look.used += 1 }
        return socket
    }
}
