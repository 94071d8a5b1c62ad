import LeakAnalysis
import Measurements
import Testing

/// Each rule of the closed list finds its pattern, and no other rule mistakes it for its own.
@Suite struct PatternTests {
    /// An invented process that has one thing wrong.
    struct Pattern: CustomTestStringConvertible, Sendable {
        var rule: Rule
        /// How many descriptors it is about.
        var count: Int
        var confidence: Confidence
        /// How many more there are each second; nil where nothing tells.
        var rate: Double?
        var build: @Sendable (inout SnapshotBuilder) -> Void

        var testDescription: String { rule.rawValue }
    }

    static let ghosts = [
        Pattern(rule: .ghostNeverConnected, count: 30, confidence: .certain) { world in
            for _ in 0..<20 { world.addGhost(.neverConnected, to: nil, direction: .none) }
            for _ in 0..<10 { world.addGhost(.boundOnly, to: nil, direction: .none) }
        },
        Pattern(rule: .ghostConnectFailed, count: 40, confidence: .certain) { world in
            for _ in 0..<40 { world.addGhost(.connectFailed) { $0.hasUnreadError = true } }
        },
        Pattern(rule: .ghostReset, count: 200, confidence: .certain, rate: 2) { world in
            for age in world.scheduledAges(rate: 2, count: 200) {
                world.addGhost(.reset) {
                    $0.wasUsedOnce(age)
                    $0.hasUnreadError = true
                }
            }
        },
        Pattern(rule: .ghostClosed, count: 200, confidence: .certain, rate: 5) { world in
            for age in world.scheduledAges(rate: 5, count: 200) {
                world.addGhost(.closed) { $0.wasUsedOnce(age) }
            }
        },
        Pattern(rule: .shutdownWithoutClose, count: 120, confidence: .certain, rate: 4) { world in
            for age in world.scheduledAges(rate: 4, count: 120) {
                world.addGhost(.closed) {
                    $0.wasUsedOnce(age)
                    $0.hasTimeWaitTwin = true
                }
            }
        },
        Pattern(rule: .foreignNetns, count: 12, confidence: .likely) { world in
            for _ in 0..<12 {
                world.add(.established) {
                    $0.ghost = .foreignNamespace
                    $0.foreignNamespace = 4_026_532_000
                }
            }
        },
    ]

    static let connections = [
        Pattern(rule: .closeWait, count: 200, confidence: .certain, rate: 3) { world in
            for age in world.scheduledAges(rate: 3, count: 200) {
                world.add(.closeWait) {
                    $0.wasUsedOnce(age + 1)
                    $0.receiveQueue = 1
                }
            }
        },
        Pattern(rule: .abandonedConnections, count: 400, confidence: .likely, rate: 20) { world in
            // Else the young age of the oldest would be the server's doing.
            world.snapshot.process.uptime = 25
            for age in world.scheduledAges(rate: 20, count: 400) {
                world.add(.established) { $0.wasUsedOnce(age) }
            }
        },
        Pattern(rule: .unreadBody, count: 100, confidence: .certain, rate: 1) { world in
            for age in world.scheduledAges(rate: 1, count: 100) {
                world.add(.established) {
                    $0.wasUsedOnce(age + 3.1, received: 60_000)
                    $0.receiveQueue = 50_000
                }
            }
        },
        Pattern(rule: .noResponseTimeout, count: 300, confidence: .likely, rate: 1) { world in
            for age in world.scheduledAges(rate: 1, count: 300) {
                world.add(.established) { $0.wasUsedOnce(age + 1, received: 0) }
            }
        },
        Pattern(rule: .unusedDial, count: 60, confidence: .likely, rate: 1) { world in
            for age in world.scheduledAges(rate: 1, count: 60) {
                world.add(.established) {
                    $0.wasUsed(0, sent: age + 1, received: age + 1, bytes: 0)
                }
            }
        },
        Pattern(rule: .unreachablePeer, count: 50, confidence: .likely) { world in
            for _ in 0..<50 { world.add(.synSent) { $0.activity?.retransmissions = 2 } }
        },
        Pattern(rule: .inboundUnclosed, count: 40, confidence: .certain, rate: 1) { world in
            for age in world.scheduledAges(rate: 1, count: 40) {
                world.add(.closeWait, direction: .inbound) { $0.wasUsedOnce(age + 5.1) }
            }
        },
        Pattern(rule: .keepaliveDisabled, count: 600, confidence: .likely) { world in
            world.snapshot.namespace.timeWait = [
                TimeWaitGroup(
                    peer: SnapshotBuilder.server, count: 600, youngest: 90, oldest: 59_900)
            ]
            world.snapshot.churn?.born = 4
            world.snapshot.churn?.passedTo = [PeerCount(peer: SnapshotBuilder.server, count: 4)]
        },
        Pattern(rule: .poolTooSmall, count: 1_200, confidence: .likely) { world in
            for _ in 0..<4 {
                world.add(.established) {
                    $0.wasUsed(400, sent: 0.1, received: 0.1, bytes: 90_000)
                }
            }
            world.snapshot.namespace.timeWait = [
                TimeWaitGroup(
                    peer: SnapshotBuilder.server, count: 1_200, youngest: 40, oldest: 59_900)
            ]
            world.snapshot.churn?.born = 8
            world.snapshot.churn?.passedTo = [PeerCount(peer: SnapshotBuilder.server, count: 8)]
        },
    ]

    static let others = [
        Pattern(rule: .selectorLeak, count: 200, confidence: .likely) { world in
            world.count(.eventpoll, 100)
            world.count(.eventfd, 100)
        },
        Pattern(rule: .descriptorLeak, count: 500, confidence: .likely) { world in
            world.count(.pipe, 500)
        },
        Pattern(rule: .listenOverflow, count: 1, confidence: .certain) { world in
            world.add(.listening, to: nil, direction: .listening) {
                $0.receiveQueue = 129
                $0.sendQueue = 128
            }
            world.snapshot.namespace.listenOverflows = 4_711
        },
        Pattern(rule: .nearLimit, count: 950, confidence: .certain) { world in
            world.snapshot.descriptors.softLimit = 1_000
            world.count(.file, 950)
        },
    ]

    static let all = ghosts + connections + others

    @Test func `Every rule of the closed list has a pattern`() {
        #expect(Set(Self.all.map(\.rule)) == Set(Rule.allCases))
        #expect(Self.all.count == Rule.allCases.count)
    }

    @Test(arguments: all)
    func `A rule finds its pattern and stays alone`(pattern: Pattern) throws {
        for seed in 0..<20 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            pattern.build(&world)
            let findings = world.findings
            let comment: Comment = "seed \(seed)"
            #expect(findings.map(\.rule) == [pattern.rule], comment)
            let finding = try #require(findings.first)
            #expect(finding.count == pattern.count, comment)
            #expect(finding.confidence == pattern.confidence, comment)
            #expect(!finding.title.isEmpty && !finding.title.hasSuffix("."), comment)
            #expect(!finding.evidence.isEmpty && !finding.advice.isEmpty, comment)
            guard let rate = pattern.rate else { continue }
            let found = try #require(finding.ratePerSecond, comment)
            #expect((found / rate - 1).magnitude <= 0.1, "\(found) for \(rate), seed \(seed)")
            let seconds = try #require(finding.secondsToLimit, comment)
            let room = try #require(world.snapshot.room)
            #expect((seconds * found / Double(room) - 1).magnitude < 1e-6, comment)
        }
    }

    @Test(arguments: all)
    func `A pattern beside a healthy pool is found as well`(pattern: Pattern) {
        for seed in 100..<110 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            Healthy.pool(at: IPEndpoint(bytes: [192, 0, 2, 200], port: 443)).build(&world)
            pattern.build(&world)
            #expect(world.findings.contains { $0.rule == pattern.rule }, "seed \(seed)")
        }
    }

    /// The rules leave out what is too young to judge: that must not look like a leak that stopped.
    @Test(arguments: [Rule.unreadBody, .closeWait, .noResponseTimeout, .unusedDial])
    func `A fast leak is not said to stand still`(rule: Rule) {
        // It began with the process: in an older one, waits of 75 s may be long polls.
        var world = SnapshotBuilder(seed: 0, uptime: 80)
        for age in world.scheduledAges(rate: 20, count: 1_500) {
            world.add(rule == .closeWait ? .closeWait : .established) { socket in
                switch rule {
                case .unusedDial: socket.wasUsed(0, sent: age, received: age, bytes: 0)
                case .noResponseTimeout: socket.wasUsedOnce(age, received: 0)
                default: socket.wasUsedOnce(age)
                }
                if rule == .unreadBody { socket.receiveQueue = 5_000 }
            }
        }
        let finding = world.findings.first { $0.rule == rule }
        #expect(finding?.ratePerSecond != nil, "seed 0: \(finding?.evidence ?? [])")
    }

    /// A connection is idle until the server ends it: none of those is younger than that.
    @Test(arguments: [true, false])
    func `Connections that the server ends when idle for a while still come`(stillComes: Bool) {
        var world = SnapshotBuilder(seed: 3, uptime: 200)
        for age in world.scheduledAges(rate: 5, count: 150) {
            if age > 5 {
                world.add(.closeWait) { $0.wasUsedOnce(age) }
            } else if stillComes {
                world.add(.established) { $0.wasUsedOnce(age) }
            }
        }
        let finding = world.findings.first { $0.rule == .closeWait }
        let rate = finding?.ratePerSecond ?? 0
        #expect(stillComes ? (4...6).contains(rate) : rate == 0, "\(finding?.evidence ?? [])")
    }

    @Test(arguments: [(128, []), (450, [Rule.descriptorLeak])])
    func `Connections to one Unix socket pile up`(count: Int, rules: [Rule]) {
        var world = SnapshotBuilder(seed: 1)
        for number in 0..<Int32(count) {
            var socket = SocketRecord(descriptor: 1_000 + number, inode: 900_000 + UInt64(number))
            socket.family = .unix
            socket.transport = .unix
            socket.state = .established
            socket.peer = .path("/run/server.sock")
            world.snapshot.sockets.append(socket)
        }
        #expect(world.findings.map(\.rule) == rules)
    }

    @Test func `What was shut down and kept is not said to be churn too`() {
        var world = SnapshotBuilder(seed: 1)
        for age in world.scheduledAges(rate: 10, count: 200) {
            world.addGhost(.closed) {
                $0.wasUsedOnce(age)
                $0.hasTimeWaitTwin = true
            }
        }
        world.snapshot.namespace.timeWait = [
            TimeWaitGroup(peer: SnapshotBuilder.server, count: 200, youngest: 90, oldest: 20_000)
        ]
        #expect(world.findings.map(\.rule) == [.shutdownWithoutClose])
    }

    /// Without keep-alive an answered connection would be closed at once.
    @Test func `Churn beside kept connections is a pool that is too small`() {
        for (kept, rule) in [(0, Rule.keepaliveDisabled), (2, .poolTooSmall)] {
            var world = SnapshotBuilder(seed: 1)
            for _ in 0..<kept {
                world.add(.established) { $0.wasUsed(2, sent: 0.3, received: 0.3, bytes: 900) }
            }
            world.snapshot.churn?.passedTo = [PeerCount(peer: SnapshotBuilder.server, count: 9)]
            #expect(world.findings.map(\.rule) == [rule])
        }
    }

    @Test func `A process without a limit is not near it`() {
        var world = SnapshotBuilder(seed: 1)
        world.snapshot.descriptors.softLimit = .max
        world.snapshot.descriptors.open = 5_000
        #expect(world.findings.isEmpty)
    }

    @Test func `A file that is open many times is named`() throws {
        var world = SnapshotBuilder(seed: 1)
        world.count(.file, 80)
        world.snapshot.descriptors.repeated = [
            RepeatedTarget(target: "/var/log/app.log", kind: .file, count: 80)
        ]
        let findings = world.findings
        #expect(findings.map(\.rule) == [.descriptorLeak])
        #expect(findings.first?.confidence == .certain)
        #expect(findings.first?.evidence.first?.contains("/var/log/app.log") == true)
    }

    @Test func `A connection that was shut down and waits for the other end is one`() {
        var world = SnapshotBuilder(seed: 1)
        for _ in 0..<30 {
            let age = world.number(6...50.0)
            world.add(.finWait2) { $0.wasUsedOnce(age) }
        }
        #expect(world.findings.map(\.rule) == [.shutdownWithoutClose])
    }

    @Test func `Two descriptors of one socket are one`() {
        var world = SnapshotBuilder(seed: 1)
        for _ in 0..<4 { world.addGhost(.neverConnected, to: nil, direction: .none) }
        let copies = world.snapshot.sockets
        for copy in copies {
            var second = copy
            second.descriptor += 100
            world.snapshot.sockets.append(second)
        }
        // Four are too few to be worth a word, and eight would not be.
        #expect(world.findings.isEmpty)
    }
}
