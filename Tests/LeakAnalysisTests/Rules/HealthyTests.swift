import LeakAnalysis
import Measurements
import Testing

/// The innocent are not accused.
@Suite struct HealthyTests {
    @Test(arguments: Healthy.all)
    func `A healthy process has no findings`(process: Healthy) {
        // Ten thousand sockets are looked at less often.
        let seeds: UInt64 = process.description.contains("10,000") ? 2 : 50
        for seed in 0..<seeds {
            var world = SnapshotBuilder(seed: seed, uptime: process.uptime)
            process.build(&world)
            let findings = world.findings
            #expect(
                findings.isEmpty,
                "seed \(seed): \(findings.map { "\($0.rule.rawValue): \($0.evidence)" })")
        }
    }

    @Test(arguments: Healthy.accused)
    func `A healthy process that is hard to tell has no findings`(process: Healthy) {
        var world = SnapshotBuilder(seed: 0, uptime: process.uptime)
        process.build(&world)
        let findings = world.findings
        withKnownIssue("accused: \(process)") {
            #expect(
                findings.isEmpty,
                "seed 0: \(findings.map { "\($0.rule) \($0.confidence) \($0.title)" })")
        }
    }

    @Test func `A process without a descriptor has no findings`() {
        #expect(SnapshotBuilder(seed: 0).findings.isEmpty)
        var unknown = SnapshotBuilder(seed: 0)
        unknown.snapshot.descriptors.softLimit = nil
        unknown.snapshot.churn = nil
        #expect(unknown.findings.isEmpty)
    }

    /// TIME_WAIT has no owner: what this process was not seen to do is not held against it.
    @Test func `TIME_WAIT of others to the same place makes nobody leak`() {
        for seed in 0..<50 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            Healthy.busyPool.build(&world)
            world.snapshot.namespace.timeWait = [
                TimeWaitGroup(
                    peer: SnapshotBuilder.server, count: 3_000, youngest: 5, oldest: 59_950)
            ]
            #expect(!Inspection(world.snapshot).isLeaking, "seed \(seed)")
        }
    }

    @Test func `A restart's TIME_WAIT is no churn of now`() {
        var world = SnapshotBuilder(seed: 0)
        Healthy.busyPool.build(&world)
        world.snapshot.namespace.timeWait = [
            TimeWaitGroup(
                peer: SnapshotBuilder.server, count: 3_000, youngest: 20_000, oldest: 22_000)
        ]
        #expect(world.findings.isEmpty)
    }
}
