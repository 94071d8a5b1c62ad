import LeakAnalysis
import Measurements

/// Invented processes with nothing wrong, each tempting one rule or another.
struct Healthy: CustomStringConvertible, Sendable {
    var description: String
    var uptime = 3_600.0
    var build: @Sendable (inout SnapshotBuilder) -> Void

    static let few = Healthy(description: "few of everything") { world in
        for _ in 0..<2 {
            world.addGhost(.neverConnected, to: nil, direction: .none)
            world.addGhost(.boundOnly, to: nil, direction: .none)
        }
        for ghost in [GhostKind.connectFailed, .reset, .closed] {
            for _ in 0..<4 { world.addGhost(ghost) { $0.wasUsedOnce(100) } }
        }
        for _ in 0..<4 {
            world.add(.closeWait) { $0.wasUsedOnce(50) }
            world.add(.synSent) { $0.activity?.retransmissions = 1 }
            world.add(.established) {
                $0.wasUsedOnce(50)
                $0.receiveQueue = 4_000
            }
        }
        for _ in 0..<9 {
            world.add(.established) { $0.wasUsed(0, sent: 30, received: 30, bytes: 0) }
        }
        for (kind, count) in [(DescriptorKind.eventpoll, 8), (.eventfd, 16), (.pipe, 20)] {
            world.count(kind, count)
        }
        world.count(.file, 50)
    }

    static let busyPool = pool(at: SnapshotBuilder.server)

    static func pool(at place: IPEndpoint) -> Healthy {
        Healthy(description: "a busy pool") { world in
            for _ in 0..<64 {
                let (requests, idle) = (world.number(50...5_000), world.number(0...5.0))
                world.add(.established, to: place) {
                    $0.wasUsed(requests, sent: idle + 0.02, received: idle, bytes: 100_000)
                }
            }
        }
    }

    /// A hundred connections within a second, used once, as a warm-up makes them.
    static func burst(_ secondsAgo: Double) -> Healthy {
        Healthy(description: "a burst \(secondsAgo) s ago", uptime: secondsAgo + 2) { world in
            for _ in 0..<100 {
                let age = secondsAgo + world.number(0...1.0)
                world.add(.established) { $0.wasUsedOnce(age) }
            }
        }
    }

    static let heartbeats = Healthy(description: "web sockets with heartbeats") { world in
        for _ in 0..<500 {
            let age = world.number(0...3_000.0)
            let (beats, idle) = (Int(age / 30), age.truncatingRemainder(dividingBy: 30))
            world.add(.established) {
                $0.wasUsed(1 + beats, sent: idle, received: max(0, idle - 0.01), bytes: 500)
            }
        }
    }

    static let pushes = Healthy(description: "web sockets that are pushed to") { world in
        for _ in 0..<500 {
            let (age, idle) = (world.number(20...3_000.0), world.number(0...10.0))
            world.add(.established) {
                $0.wasUsed(1, sent: age, received: idle, bytes: 50_000)
                $0.activity?.dataSegmentsIn = 40
            }
        }
    }

    static let ramp = Healthy(description: "a load ramp", uptime: 65) { world in
        for age in world.scheduledAges(rate: 4, count: 240) {
            let idle = min(age, world.number(0...0.2))
            world.add(.established) {
                $0.wasUsed(1 + Int(age * 10), sent: idle, received: idle, bytes: 10_000)
            }
        }
    }

    static let ended = Healthy(description: "connections made for a minute, kept since") { world in
        for age in world.scheduledAges(rate: 5, count: 300) {
            world.add(.established) { $0.wasUsedOnce(age + 100) }
        }
    }

    static let manyPlaces = Healthy(description: "10,000 idle connections to 10,000 places") {
        world in
        for place in 0..<10_000 {
            let peer = IPEndpoint(
                bytes: [10, 1, UInt8(place >> 8), UInt8(place & 255)], port: 443)
            let (age, requests) = (world.number(0...60.0), world.number(1...600))
            world.add(.established, to: peer) {
                $0.wasUsed(requests, sent: age, received: age, bytes: 300)
            }
        }
    }

    static let firstRound = Healthy(
        description: "the first round to 10,000 places", uptime: 60
    ) { world in
        for (place, age) in world.scheduledAges(rate: 200, count: 10_000).enumerated() {
            let peer = IPEndpoint(
                bytes: [10, 1, UInt8(place >> 8), UInt8(place & 255)], port: 443)
            world.add(.established, to: peer) { $0.wasUsedOnce(age) }
        }
    }

    static let longPolling = Healthy(description: "long polls of at most 55 s") { world in
        for _ in 0..<200 {
            let age = world.number(0...55.0)
            world.add(.established) { $0.wasUsedOnce(age, received: 0) }
        }
    }

    static let keptLongPolling = Healthy(description: "long polls on kept connections") { world in
        for _ in 0..<200 {
            let (polls, age) = (world.number(2...60), world.number(0...300.0))
            world.add(.established) {
                $0.wasUsed(polls, sent: age, received: age + 0.1, bytes: 20_000)
            }
        }
    }

    static let slowConsumer = Healthy(description: "a slow consumer") { world in
        for _ in 0..<40 {
            let (age, idle) = (world.number(1...600.0), world.number(0...2.0))
            world.add(.established) {
                $0.wasUsed(1, sent: age, received: min(age, idle), bytes: 9_000_000)
                $0.receiveQueue = 60_000
            }
        }
    }

    static let timeWaitElsewhere = Healthy(description: "TIME_WAIT of others, elsewhere") {
        world in
        busyPool.build(&world)
        world.snapshot.namespace.timeWait = (1...50).map { port in
            TimeWaitGroup(
                peer: IPEndpoint(bytes: [192, 0, 2, 50], port: UInt16(port)), count: 3_000,
                youngest: 5, oldest: 59_950)
        }
    }

    static let server = Healthy(description: "a server under load") { world in
        world.add(.listening, to: nil, direction: .listening) {
            $0.local = .ip(SnapshotBuilder.own)
            $0.receiveQueue = 128
            $0.sendQueue = 128
        }
        for client in 0..<2_000 {
            let peer = IPEndpoint(
                bytes: [10, 2, UInt8(client >> 8), UInt8(client & 255)], port: 40_000)
            let (requests, idle) = (world.number(1...3), world.number(0...60.0))
            world.add(.established, to: peer, direction: .inbound) {
                $0.wasUsed(requests, sent: idle, received: idle, bytes: 900)
            }
        }
        for _ in 0..<100 {
            let age = world.number(0...4.0)
            world.add(.closeWait, direction: .inbound) { $0.wasUsedOnce(age) }
            world.add(.synReceived, direction: .inbound)
            world.add(.lastAck, direction: .inbound) { $0.wasUsedOnce(age) }
        }
        world.snapshot.namespace.timeWait = [
            TimeWaitGroup(
                peer: SnapshotBuilder.own, count: 20_000, youngest: 1, oldest: 59_990,
                isServerSide: true)
        ]
        world.snapshot.churn?.born = 200
        world.snapshot.churn?.died = 190
        world.count(.eventpoll, 8)
        world.count(.eventfd, 8)
    }

    static let connecting = Healthy(description: "connections on their way") { world in
        for _ in 0..<200 { world.add(.synSent) }
        for _ in 0..<50 { world.add(.finWait1) { $0.wasUsedOnce(0.1) } }
        for _ in 0..<50 { world.add(.finWait2) { $0.wasUsedOnce(0.2) } }
        for _ in 0..<50 { world.add(.closeWait) { $0.wasUsedOnce(0.3) } }
    }

    static let threads = Healthy(description: "a pipe for each of 200 threads") { world in
        world.snapshot.process.threads = 200
        world.snapshot.process.processors = 16
        world.count(.pipe, 400)
        world.count(.eventfd, 300)
        world.count(.eventpoll, 60)
        world.count(.file, 5_000)
    }

    static let longLongPolling = Healthy(description: "long polls of at most 90 s") { world in
        for _ in 0..<200 {
            let age = world.number(0...90.0)
            world.add(.established) { $0.wasUsedOnce(age, received: 0) }
        }
    }

    static let closedByServer = Healthy(description: "a pool whose server closes what is idle") {
        world in
        busyPool.build(&world)
        for _ in 0..<30 {
            let (requests, idle) = (world.number(20...500), world.number(5...60.0))
            world.add(.closeWait) {
                $0.wasUsed(requests, sent: idle, received: idle, bytes: 90_000)
                $0.receiveQueue = 1
            }
        }
    }

    static let halfClosed = Healthy(description: "uploads that ended, and are being answered") {
        world in
        for _ in 0..<20 {
            let (age, idle) = (world.number(6...50.0), world.number(0...0.5))
            world.add(.finWait2) { $0.wasUsed(40, sent: age, received: idle, bytes: 9_000_000) }
        }
    }

    static let pausedConsumer = Healthy(description: "a consumer that reads every 10 s") { world in
        for _ in 0..<20 {
            let (age, idle) = (world.number(11...600.0), world.number(0...10.0))
            world.add(.established) {
                $0.wasUsed(1, sent: age, received: idle, bytes: 9_000_000)
                $0.receiveQueue = 60_000
            }
        }
    }

    static let timeWaitOfOthers = Healthy(description: "TIME_WAIT of others, to the same place") {
        world in
        busyPool.build(&world)
        // Fifty a second would have been born twenty times while we watched.
        world.snapshot.namespace.timeWait = [
            TimeWaitGroup(
                peer: SnapshotBuilder.server, count: 3_000, youngest: 5, oldest: 59_950)
        ]
    }

    static let firstRoundToOne = Healthy(
        description: "the first round to 1,000 names at one address", uptime: 60
    ) { world in
        for age in world.scheduledAges(rate: 20, count: 1_000) {
            world.add(.established) { $0.wasUsedOnce(age) }
        }
    }

    /// What is accused although nothing is wrong; each case that no longer is belongs to `all`.
    static let accused = [firstRoundToOne]

    static let all = [
        few, busyPool, burst(2), burst(5), burst(30), burst(300), heartbeats, pushes, ramp, ended,
        manyPlaces, firstRound, longPolling, keptLongPolling, slowConsumer, timeWaitElsewhere,
        server, connecting, threads, longLongPolling, closedByServer, halfClosed, pausedConsumer,
        timeWaitOfOthers,
    ]
}
