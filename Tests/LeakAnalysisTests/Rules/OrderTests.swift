import Measurements
import Testing

@testable import LeakAnalysis

/// The most harmful comes first, and people read it as it was meant.
@Suite struct OrderTests {
    @Test func `The limit comes first, then what is certain, then what is soon`() {
        for seed in 0..<20 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            for pattern in PatternTests.all where pattern.rule != .nearLimit {
                pattern.build(&world)
            }
            world.snapshot.descriptors.softLimit = world.snapshot.descriptors.open + 10
            let findings = world.findings
            #expect(findings.first?.rule == .nearLimit, "seed \(seed)")
            let rest = findings.dropFirst()
            for (left, right) in zip(rest, rest.dropFirst()) {
                #expect(left.confidence >= right.confidence, "seed \(seed)")
                guard left.confidence == right.confidence else { continue }
                let soon = left.secondsToLimit ?? .infinity
                #expect(soon <= right.secondsToLimit ?? .infinity, "seed \(seed)")
            }
        }
    }

    @Test func `The same look is judged the same every time`() {
        for pattern in PatternTests.all {
            var world = SnapshotBuilder(seed: 5)
            pattern.build(&world)
            Healthy.few.build(&world)
            #expect(world.findings == world.findings)
            var shuffled = world
            shuffled.snapshot.sockets.shuffle(using: &shuffled.chance)
            #expect(shuffled.findings == world.findings, "\(pattern.rule.rawValue)")
        }
    }

    @Test func `Only what is at least likely counts as a leak`() {
        var world = SnapshotBuilder(seed: 1)
        world.snapshot.churn = nil
        for _ in 0..<6 { world.addGhost(.neverConnected, to: nil, direction: .none) }
        let undecided = Inspection(world.snapshot)
        #expect(undecided.findings.map(\.confidence) == [.undecided])
        #expect(!undecided.isLeaking)
        for _ in 0..<10 { world.addGhost(.neverConnected, to: nil, direction: .none) }
        let certain = Inspection(world.snapshot)
        #expect(certain.findings.map(\.confidence) == [.certain])
        #expect(certain.isLeaking)
    }

    @Test(
        arguments: [
            (0, "0 ms"), (0.04, "40 ms"), (9.94, "9.94 s"), (9.95, "9.95 s"), (119.4, "119 s"),
            (120, "2m"), (200, "3m 20s"), (7_199, "1h 59m"), (7_500, "2h 5m"),
            (172_799, "1d 23h"), (356_400, "4d 3h"), (1e13, "for ever"),
            (.infinity, "for ever"),
            (.nan, "for ever"),
        ] as [(Double, String)])
    func `Seconds are said as every other duration is`(seconds: Double, text: String) {
        #expect(Phrase.seconds(seconds) == text)
    }

    @Test(
        arguments: [
            (19.84, "19.8 a second"), (1, "1 a second"), (0.05, "3 a minute"),
            (0.001, "3.6 an hour"),
            (1_234.5, "1,234.5 a second"),
        ] as [(Double, String)])
    func `A rate has its unit`(rate: Double, text: String) {
        #expect(Phrase.rate(rate) == text)
    }

    @Test(arguments: [
        (0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"),
        (Int.max, "9,223,372,036,854,775,807"), (Int.min, "-9,223,372,036,854,775,808"),
    ])
    func `Thousands are set apart`(value: Int, text: String) {
        #expect(Phrase.grouped(value) == text)
    }

    @Test func `One is one and many are many`() {
        #expect(Phrase.count(1, "socket") == "1 socket")
        #expect(Phrase.count(2_000, "socket") == "2,000 sockets")
        #expect(Phrase.count(0, "socket was", "sockets were") == "0 sockets were")
        #expect(Phrase.places([]) == "")
        let places = (1...5).map { (name: "192.0.2.\($0):80", count: 1_000 * $0) }
        #expect(
            Phrase.places(places)
                == "192.0.2.1:80 (1,000), 192.0.2.2:80 (2,000), 192.0.2.3:80 (3,000) and 2 more")
    }
}
