import LeakAnalysis
import Measurements
import TestWorlds

/// Builds a look at a process whose sockets are invented, by chance that is seeded.
struct SnapshotBuilder {
    var snapshot: Snapshot
    var chance: SeededGenerator
    private var next: Int32 = 3

    /// Where most connections go: 192.0.2.9:443.
    static let server = IPEndpoint(bytes: [192, 0, 2, 9], port: 443)
    /// Where a server listens: 192.0.2.7:8080.
    static let own = IPEndpoint(bytes: [192, 0, 2, 7], port: 8_080)

    /// Starts with a process that has nothing open, was watched for 0.4 s, and may open 100,000.
    init(seed: UInt64, uptime: Double = 3_600, runtime: Runtime = .go) {
        chance = SeededGenerator(seed: seed)
        var process = ProcessFacts(pid: 4_711)
        process.name = "invented"
        process.runtime = runtime
        process.uptime = uptime
        process.threads = 8
        process.processors = 4
        snapshot = Snapshot(
            time: WallTime(unixSeconds: 1_800_000_000), bootTime: .seconds(90_000),
            process: process)
        snapshot.descriptors.softLimit = 100_000
        snapshot.descriptors.hardLimit = 100_000
        snapshot.churn = Churn(seconds: 0.4, looks: 20)
    }

    /// What the rules say of it.
    var findings: [Finding] { LeakAnalyst.findings(in: snapshot) }

    // MARK: Sockets

    /// Adds a socket of TCP over IPv4 that is connected to the server.
    mutating func add(
        _ state: SocketState, to peer: IPEndpoint? = SnapshotBuilder.server,
        direction: SocketDirection = .outbound, _ fill: (inout SocketRecord) -> Void = { _ in }
    ) {
        var socket = SocketRecord(descriptor: next, inode: 1_000_000 + UInt64(next))
        socket.family = .inet
        socket.type = .stream
        socket.transport = .tcp
        socket.state = state
        socket.direction = direction
        socket.peer = peer.map { .ip($0) }
        let port = UInt16(truncatingIfNeeded: 32_768 + Int(next) % 28_000)
        socket.local = .ip(
            direction == .inbound ? Self.own : IPEndpoint(bytes: [192, 0, 2, 7], port: port))
        socket.activity = TCPActivity()
        fill(&socket)
        snapshot.sockets.append(socket)
        count(.socket)
        next += 1
    }

    /// Adds what has no state but that of the dead.
    mutating func addGhost(
        _ ghost: GhostKind, to peer: IPEndpoint? = SnapshotBuilder.server,
        direction: SocketDirection = .outbound, _ fill: (inout SocketRecord) -> Void = { _ in }
    ) {
        add(.closed, to: peer, direction: direction) { socket in
            socket.ghost = ghost
            fill(&socket)
        }
    }

    /// Adds descriptors that are no sockets.
    mutating func count(_ kind: DescriptorKind, _ count: Int = 1) {
        snapshot.descriptors.byKind[kind, default: 0] += count
        snapshot.descriptors.open += count
        snapshot.descriptors.highest = Int32(snapshot.descriptors.open + 2)
    }

    // MARK: Chance

    /// A number of seconds, or whatever else.
    mutating func number(_ range: ClosedRange<Double>) -> Double {
        Double.random(in: range, using: &chance)
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &chance)
    }

    /// The ages of what came at a rate, one about every gap, up to now.
    mutating func scheduledAges(rate: Double, count: Int) -> [Double] {
        let start = number(0...1.0)
        return (0..<count).map { index in
            let gaps = Double(index) + start + number(-0.4...0.4)
            return max(0, gaps / rate)
        }
    }

    /// The ages of what came by chance at a rate (a Poisson process), up to now.
    mutating func randomAges(rate: Double, count: Int) -> [Double] {
        var age = 0.0
        return (0..<count).map { _ in
            let share = Double.random(in: Double.leastNonzeroMagnitude...1, using: &chance)
            age -= share.logarithm / rate
            return age
        }
    }
}

extension Double {
    /// The natural logarithm of a number between 0 and 1, without a mathematical library.
    fileprivate var logarithm: Double {
        var (mantissa, power) = (self, 0.0)
        while mantissa < 0.5, mantissa > 0 {
            mantissa *= 2
            power += 1
        }
        // 2 artanh((m − 1) / (m + 1)), which converges fast between 1/2 and 1.
        let ratio = (mantissa - 1) / (mantissa + 1)
        var (term, sum) = (ratio, 0.0)
        for odd in stride(from: 1.0, through: 41, by: 2) {
            sum += term / odd
            term *= ratio * ratio
        }
        return 2 * sum - power * 0.693_147_180_559_945_3
    }
}

extension SocketRecord {
    /// One exchange `age` seconds ago, and nothing since.
    mutating func wasUsedOnce(_ age: Double, received: UInt64 = 300) {
        wasUsed(1, sent: age, received: max(0, age - 0.02), bytes: received)
    }

    /// So many requests, the last of them `sent` seconds ago.
    mutating func wasUsed(_ requests: Int, sent: Double, received: Double, bytes: UInt64) {
        var activity = TCPActivity()
        activity.wasEstablished = true
        activity.segmentsOut = UInt32(2 * requests + 2)
        activity.dataSegmentsOut = UInt32(requests)
        activity.bytesAcknowledged = UInt64(200 * requests + 1)
        activity.sinceDataSent = UInt32(sent * 1_000)
        activity.bytesReceived = bytes
        activity.dataSegmentsIn = bytes == 0 ? 0 : UInt32(requests)
        // Before the first segment that clock has no meaning.
        activity.sinceDataReceived = bytes == 0 ? UInt32.max : UInt32(received * 1_000)
        activity.sinceAcknowledged = UInt32(min(sent, received) * 1_000)
        activity.roundTrip = 150
        self.activity = activity
    }
}
