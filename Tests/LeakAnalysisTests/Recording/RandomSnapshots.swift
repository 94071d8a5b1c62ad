import LeakAnalysis
import Measurements
import TestWorlds

/// Makes looks in which every field has values of every kind.
struct RandomSnapshots {
    var chance: SeededGenerator

    init(seed: UInt64) {
        chance = SeededGenerator(seed: seed)
    }

    /// A look with up to `sockets` sockets.
    mutating func snapshot(sockets: Int) -> Snapshot {
        var snapshot = Snapshot(
            time: WallTime(
                unixNanoseconds: Int64.random(in: 0...2_000_000_000_000_000_000, using: &chance)),
            bootTime: duration(), process: process())
        snapshot.descriptors = tally()
        snapshot.namespace = namespace()
        snapshot.churn = flip() ? churn() : nil
        for _ in 0..<Int.random(in: 0...3, using: &chance) { snapshot.coverage.lacks(text()) }
        snapshot.sockets = (0..<Int.random(in: 0...sockets, using: &chance)).map { _ in socket() }
        if flip() { snapshot.sockets.sort { $0.descriptor < $1.descriptor } }
        return snapshot
    }

    /// A look a while after another: most sockets stay, some change, go or are born.
    mutating func later(than earlier: Snapshot) -> Snapshot {
        var snapshot = earlier
        let pause = Duration.nanoseconds(Int64.random(in: 0...90_000_000_000, using: &chance))
        snapshot.time = earlier.time + pause
        snapshot.bootTime = earlier.bootTime + pause
        snapshot.process.uptime += pause.inSeconds
        if rarely() { snapshot.process = process() }
        if flip() { snapshot.descriptors = tally() }
        if rarely() { snapshot.namespace = namespace() }
        snapshot.churn = flip() ? churn() : nil
        if rarely() { snapshot.coverage.lacks(text()) }
        snapshot.sockets = []
        for record in earlier.sockets where !rarely() {
            snapshot.sockets.append(later(than: record, pause: pause))
            if rarely() { snapshot.sockets.append(socket()) }
        }
        if rarely(), snapshot.sockets.count > 1 { snapshot.sockets.shuffle(using: &chance) }
        return snapshot
    }

    private mutating func later(than earlier: SocketRecord, pause: Duration) -> SocketRecord {
        var record = earlier
        let elapsed = UInt32(truncatingIfNeeded: pause.nanoseconds / 1_000_000)
        let shift = UInt32.random(in: 0...4, using: &chance)
        if var activity = record.activity {
            activity.sinceDataSent &+= elapsed &+ shift
            activity.sinceDataReceived &+= elapsed &+ shift
            activity.sinceAcknowledged &+= elapsed &+ shift
            record.activity = activity
        }
        guard rarely() else { return record }
        let other = socket()
        switch Int.random(in: 0..<9, using: &chance) {
        case 0: record.state = other.state
        case 1: record.ghost = other.ghost
        case 2: record.local = other.local
        case 3: record.peer = other.peer
        case 4: record.receiveQueue = other.receiveQueue
        case 5: record.activity = other.activity
        case 6: record.hasUnreadError.toggle()
        case 7: record.foreignNamespace = other.foreignNamespace
        default:
            record.activity?.dataSegmentsOut &+= 3
            record.activity?.sinceDataSent = UInt32.random(in: 0...100, using: &chance)
            record.hasTimeWaitTwin.toggle()
            record.sendQueue = other.sendQueue
        }
        return record
    }

    // MARK: Parts

    mutating func flip() -> Bool { Bool.random(using: &chance) }

    mutating func rarely() -> Bool { Int.random(in: 0..<10, using: &chance) == 0 }

    mutating func pick<T>(_ values: [T]) -> T {
        values[Int.random(in: 0..<values.count, using: &chance)]
    }

    mutating func text() -> String {
        pick(["", "nginx", "/usr/bin/été", "@abstract\u{0}name", "日本 \u{1F50C}", "a\nb\u{1B}[31m"])
            + String(UInt16.random(in: 0...UInt16.max, using: &chance))
    }

    private mutating func duration() -> Duration {
        let whole = Duration.nanoseconds(
            Int64.random(in: 0...9_000_000_000_000_000, using: &chance))
        return rarely() ? whole + Duration(secondsComponent: 0, attosecondsComponent: 7) : whole
    }

    private mutating func process() -> ProcessFacts {
        var process = ProcessFacts(pid: Int32.random(in: 1...4_194_304, using: &chance))
        process.startTicks = UInt64.random(in: 0...UInt64.max, using: &chance)
        process.name = text()
        process.executable = flip() ? text() : nil
        process.runtime = pick(Runtime.allCases)
        process.uptime = Double.random(in: 0...1e7, using: &chance)
        process.threads = Int.random(in: 1...30_000, using: &chance)
        process.networkNamespace = flip() ? UInt64.random(in: 0...UInt64.max, using: &chance) : nil
        process.processors = Int.random(in: 1...512, using: &chance)
        return process
    }

    private mutating func tally() -> DescriptorTally {
        var tally = DescriptorTally()
        tally.open = Int.random(in: 0...1_000_000, using: &chance)
        tally.highest = Int32.random(in: -1...1_000_000, using: &chance)
        tally.softLimit = flip() ? Int.random(in: 0...Int.max, using: &chance) : nil
        tally.hardLimit = flip() ? Int.random(in: 0...Int.max, using: &chance) : nil
        for kind in DescriptorKind.allCases where flip() {
            tally.byKind[kind] = Int.random(in: 0...100_000, using: &chance)
        }
        for _ in 0..<Int.random(in: 0...4, using: &chance) {
            tally.repeated.append(
                RepeatedTarget(
                    target: text(), kind: pick(DescriptorKind.allCases),
                    count: Int.random(in: 2...9_999, using: &chance)))
        }
        return tally
    }

    private mutating func namespace() -> NamespaceFacts {
        var facts = NamespaceFacts()
        for _ in 0..<Int.random(in: 0...5, using: &chance) {
            let youngest = Int.random(in: 0...60_000, using: &chance)
            facts.timeWait.append(
                TimeWaitGroup(
                    peer: endpoint(), count: Int.random(in: 1...30_000, using: &chance),
                    youngest: youngest, oldest: Int.random(in: 0...60_000, using: &chance)))
        }
        for _ in 0..<Int.random(in: 0...2, using: &chance) {
            facts.fullListeners.append(endpoint())
        }
        facts.listenOverflows = flip() ? UInt64.random(in: 0...UInt64.max, using: &chance) : nil
        let low = UInt16.random(in: 1...60_000, using: &chance)
        facts.ephemeralPorts = low...UInt16.random(in: low...UInt16.max, using: &chance)
        return facts
    }

    private mutating func churn() -> Churn {
        var churn = Churn(
            seconds: Double.random(in: 0...10, using: &chance),
            looks: Int.random(in: 2...9, using: &chance))
        churn.born = Int.random(in: 0...5_000, using: &chance)
        churn.died = Int.random(in: 0...5_000, using: &chance)
        churn.vanishedGhosts = Int.random(in: 0...50, using: &chance)
        for _ in 0..<Int.random(in: 0...3, using: &chance) {
            churn.passedTo.append(
                PeerCount(peer: endpoint(), count: Int.random(in: 1...999, using: &chance)))
        }
        return churn
    }

    private mutating func endpoint() -> IPEndpoint {
        let count = flip() ? 4 : 16
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...UInt8.max, using: &chance) }
        return IPEndpoint(bytes: bytes, port: UInt16.random(in: 0...UInt16.max, using: &chance))
    }

    private mutating func address() -> SocketAddress? {
        switch Int.random(in: 0..<5, using: &chance) {
        case 0: nil
        case 1: .path(text())
        case 2: .other(text())
        case 3:
            .ip(IPEndpoint(bytes: [127, 0, 0, 1], port: UInt16.random(in: 0...9, using: &chance)))
        default: .ip(endpoint())
        }
    }

    mutating func socket() -> SocketRecord {
        var record = SocketRecord(
            descriptor: Int32.random(in: 0...Int32.max, using: &chance),
            inode: flip()
                ? UInt64.random(in: 0...99_999, using: &chance)
                : UInt64.random(in: 0...UInt64.max, using: &chance))
        record.family = pick(SocketFamily.allCases)
        record.type = pick(SocketType.allCases)
        record.transport = pick(SocketProtocol.allCases)
        record.state = flip() ? pick(SocketState.allCases) : nil
        record.ghost = flip() ? pick(GhostKind.allCases) : nil
        record.local = address()
        record.peer = address()
        record.direction = pick(SocketDirection.allCases)
        record.receiveQueue = rarely() ? UInt32.max : UInt32.random(in: 0...2, using: &chance)
        record.sendQueue = rarely() ? UInt32.max : UInt32.random(in: 0...2, using: &chance)
        record.activity = flip() ? activity() : nil
        record.hasUnreadError = flip()
        record.hasTimeWaitTwin = flip()
        record.foreignNamespace = rarely() ? UInt64.random(in: 0...UInt64.max, using: &chance) : nil
        return record
    }

    private mutating func activity() -> TCPActivity {
        var activity = TCPActivity()
        let limit: UInt32 = flip() ? .max : 5_000
        activity.wasEstablished = flip()
        activity.segmentsOut = UInt32.random(in: 0...limit, using: &chance)
        activity.dataSegmentsOut = UInt32.random(in: 0...limit, using: &chance)
        activity.dataSegmentsIn = UInt32.random(in: 0...limit, using: &chance)
        activity.bytesAcknowledged = flip() ? UInt64.random(in: 0...UInt64.max, using: &chance) : 77
        activity.bytesReceived = flip() ? UInt64.random(in: 0...UInt64.max, using: &chance) : 0
        activity.sinceDataSent = UInt32.random(in: 0...limit, using: &chance)
        activity.sinceDataReceived = UInt32.random(in: 0...limit, using: &chance)
        activity.sinceAcknowledged = UInt32.random(in: 0...limit, using: &chance)
        activity.roundTrip = UInt32.random(in: 0...limit, using: &chance)
        activity.retransmissions = UInt32.random(in: 0...limit, using: &chance)
        return activity
    }
}
