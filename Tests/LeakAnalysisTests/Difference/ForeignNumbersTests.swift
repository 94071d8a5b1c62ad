import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// A recording is a file of somebody else's: no number in it may stop the program.
@Suite struct ForeignNumbersTests {
    private static let integers = [Int.min, -1, 0, 1, 5, 1_000_000, .max - 1, .max]
    private static let reals = [
        -Double.infinity, -1e300, -1, 0, 1, 1e12, 1e300, .infinity, .nan, .greatestFiniteMagnitude,
    ]

    private static func snapshot(
        _ world: inout SnapshotBuilder, at time: Duration
    ) -> Snapshot {
        var snapshot = world.snapshot
        func integer() -> Int { integers.randomElement(using: &world.chance) ?? 0 }
        func real() -> Double { reals.randomElement(using: &world.chance) ?? 0 }
        snapshot.bootTime = time
        snapshot.process.uptime = real()
        snapshot.process.threads = integer()
        snapshot.descriptors.open = integer()
        snapshot.descriptors.softLimit = integer()
        for kind in [DescriptorKind.file, .pipe, .eventfd] {
            snapshot.descriptors.byKind[kind] = integer()
        }
        snapshot.churn = Churn(seconds: real(), looks: integer())
        snapshot.churn?.born = integer()
        snapshot.churn?.died = integer()
        snapshot.churn?.passedTo = [PeerCount(peer: SnapshotBuilder.server, count: integer())]
        snapshot.namespace.timeWait = (0..<3).map { _ in
            TimeWaitGroup(
                peer: SnapshotBuilder.server, count: integer(), youngest: integer(),
                oldest: integer())
        }
        return snapshot
    }

    private static func summary(seed: UInt64) throws -> SeriesSummary {
        var world = SnapshotBuilder(seed: seed)
        for _ in 0..<6 { world.addGhost(.reset) }
        for _ in 0..<6 { world.add(.closeWait) { $0.activity?.sinceDataSent = .max } }
        var series = SnapshotSeries()
        var time = Duration.seconds(Int.random(in: -1_000_000_000_000...0, using: &world.chance))
        for _ in 0..<Int.random(in: 1...40, using: &world.chance) {
            series.observe(snapshot(&world, at: time))
            time += .seconds(
                [0, 1, 60, 1_000_000_000_000 / 50].randomElement(using: &world.chance) ?? 1)
        }
        _ = series.cohorts()
        return try #require(series.summary)
    }

    @Test func `Whatever the numbers are, a comparison comes of it`() throws {
        for seed in 1...400 as ClosedRange<UInt64> {
            let before = try Self.summary(seed: seed)
            let after = try Self.summary(seed: seed &+ 10_000)
            let report = DifferenceReport(before: before, after: after)
            var json = JSONWriter()
            report.write(to: &json)
            #expect(!report.reason.isEmpty && json.bytes.count > 100)
        }
    }

    @Test func `A program that was replaced on disk is the same one`() {
        func facts(_ path: String?) -> ProcessFacts {
            var facts = ProcessFacts(pid: 1)
            facts.executable = path
            return facts
        }
        let (old, gone) = (facts("/opt/svc"), facts("/opt/svc (deleted)"))
        #expect(!gone.runsAnotherProgram(than: old))
        #expect(!old.runsAnotherProgram(than: old))
        #expect(!facts(nil).runsAnotherProgram(than: old))
        #expect(!old.runsAnotherProgram(than: facts(nil)))
        // What is there again was started anew.
        #expect(old.runsAnotherProgram(than: gone))
        #expect(facts("/bin/sh").runsAnotherProgram(than: old))
    }
}
