import LeakAnalysis
import Measurements
import TestWorlds

/// A process whose sockets come and go as a plan says; time is simulated, chance is seeded.
struct SimulatedProcess {
    /// Where sockets come from.
    struct Flow {
        /// How many are opened a second, at a time in seconds.
        var rate: (Double) -> Double
        /// How long one lives, in seconds.
        var life: (inout SeededGenerator) -> Double
        /// The mean pause between its uses, in seconds; nil when it is used once.
        var use: Double?
        /// For how many seconds it is used in any case, every second.
        var firstUse = 0.0
        /// How many other sides there are.
        var peers = 1
        /// The age at which the other side closes, when this one does not.
        var closeWait: Double?
        /// The age at which it becomes a ghost.
        var ghost: Double?
        /// All of them are closed whenever so many seconds have passed.
        var collected: Double?

        init(
            rate: @escaping (Double) -> Double,
            life: @escaping (inout SeededGenerator) -> Double = { _ in .infinity },
            use: Double? = nil
        ) {
            self.rate = rate
            self.life = life
            self.use = use
        }
    }

    private struct Socket {
        var record: SocketRecord
        var opened: Double
        var closes: Double
        var lastUse: Double
        var nextUse: Double
        var flow: Int
    }

    let flows: [Flow]
    /// How many descriptors that are no sockets there are at a time.
    var kinds: [DescriptorKind: (Double) -> Double] = [:]
    var limit = 65_536
    private(set) var time = 0.0
    private(set) var chance: SeededGenerator
    private var sockets: [Socket] = []
    private var nextInode: UInt64 = 1_000
    private var nextPeer = 0

    init(_ flows: [Flow], seed: UInt64) {
        self.flows = flows
        chance = SeededGenerator(seed: seed)
    }

    var open: Int { sockets.count + 10 + kinds.values.reduce(0) { $0 + Int($1(time)) } }

    /// Lets so many seconds pass; what lives shorter than that is never seen.
    mutating func pass(_ seconds: Double) {
        let end = time + seconds
        for (index, flow) in flows.enumerated() {
            var at = time
            let most = max(flow.rate(time), flow.rate(end), flow.rate((time + end) / 2))
            guard most > 0 else { continue }
            while true {
                at += Chance.exponential(1 / most, using: &chance)
                guard at < end else { break }
                // Thinning makes a Poisson process of a rate that changes.
                if Double.random(in: 0..<1, using: &chance) * most <= flow.rate(at) {
                    open(flow, index, at)
                }
            }
            if let period = flow.collected,
                (time / period).rounded(.down) < (end / period).rounded(.down)
            {
                let collection = (end / period).rounded(.down) * period
                sockets.removeAll { $0.flow == index && $0.opened < collection }
            }
        }
        time = end
        sockets.removeAll { $0.closes <= end }
    }

    private mutating func open(_ flow: Flow, _ index: Int, _ at: Double) {
        var record = SocketRecord(descriptor: 0, inode: nextInode)
        nextInode += 1
        record.family = .inet
        record.type = .stream
        record.transport = .tcp
        record.state = .established
        record.direction = .outbound
        nextPeer = (nextPeer + 1) % flow.peers
        record.peer = .ip(
            IPEndpoint(
                bytes: [10, UInt8(index), UInt8(nextPeer / 256), UInt8(nextPeer % 256)], port: 80))
        var activity = TCPActivity()
        activity.wasEstablished = true
        activity.dataSegmentsOut = 1
        activity.dataSegmentsIn = 1
        record.activity = activity
        let next = flow.use.map { at + Chance.exponential($0, using: &chance) } ?? .infinity
        sockets.append(
            Socket(
                record: record, opened: at, closes: at + flow.life(&chance), lastUse: at,
                nextUse: next, flow: index))
    }

    /// What a look would show now.
    mutating func snapshot() -> Snapshot {
        var process = ProcessFacts(pid: 4_711)
        process.uptime = 10_000 + time
        var snapshot = Snapshot(
            time: WallTime(unixSeconds: 1_764_000_000) + .seconds(time),
            bootTime: .seconds(20_000 + time), process: process)
        snapshot.sockets.reserveCapacity(sockets.count)
        for index in sockets.indices {
            var socket = sockets[index]
            use(&socket)
            socket.record.descriptor = Int32(index)
            sockets[index] = socket
            snapshot.sockets.append(socket.record)
        }
        snapshot.descriptors.open = open
        snapshot.descriptors.softLimit = limit
        snapshot.descriptors.byKind[.socket] = sockets.count
        snapshot.descriptors.byKind[.file] = 10
        for (kind, count) in kinds { snapshot.descriptors.byKind[kind] = Int(count(time)) }
        return snapshot
    }

    /// Brings a socket's clocks and its state to the present.
    private mutating func use(_ socket: inout Socket) {
        let flow = flows[socket.flow]
        let age = time - socket.opened
        socket.lastUse = max(socket.lastUse, socket.opened + min(age, flow.firstUse).rounded(.down))
        while socket.nextUse <= time, let pause = flow.use {
            socket.lastUse = socket.nextUse
            socket.nextUse += Chance.exponential(pause, using: &chance)
            socket.record.activity?.dataSegmentsOut += 1
        }
        let idle = UInt32(max(0, time - socket.lastUse) * 1_000)
        socket.record.activity?.sinceDataSent = idle
        socket.record.activity?.sinceDataReceived = idle
        socket.record.activity?.sinceAcknowledged = idle
        if let ghost = flow.ghost, age >= ghost {
            socket.record.state = .closed
            socket.record.ghost = .reset
        } else if let closed = flow.closeWait, age >= closed {
            socket.record.state = .closeWait
        }
    }
}

/// Random numbers of other shapes.
enum Chance {
    /// The natural logarithm of a number above 0, good to 1e-12.
    static func logarithm(_ value: Double) -> Double {
        let part = (value.significand - 1) / (value.significand + 1)
        let squared = part * part
        var (term, sum) = (part, 0.0)
        for index in 0..<13 {
            sum += term / Double(2 * index + 1)
            term *= squared
        }
        return 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
    }

    static func exponential(_ mean: Double, using chance: inout SeededGenerator) -> Double {
        -mean * logarithm(Double.random(in: Double.leastNormalMagnitude..<1, using: &chance))
    }

    /// The exponential function, good to 1e-9 between -20 and 20.
    static func power(_ exponent: Double) -> Double {
        let small = exponent / 1_024
        var (term, sum) = (1.0, 1.0)
        for index in 1...8 {
            term *= small / Double(index)
            sum += term
        }
        for _ in 0..<10 { sum *= sum }
        return sum
    }

    /// A life whose logarithm is normal: a long tail.
    static func logNormal(median: Double, sigma: Double, using chance: inout SeededGenerator)
        -> Double
    {
        var normal = -6.0
        for _ in 0..<12 { normal += Double.random(in: 0..<1, using: &chance) }
        return median * power(sigma * normal)
    }
}
