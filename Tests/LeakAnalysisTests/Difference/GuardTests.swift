import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// A command that is held to limits.
@Suite struct GuardTests {
    private static func judge(
        _ flows: [SimulatedProcess.Flow], limits: GuardLimits, for seconds: Double,
        change: (inout Snapshot) -> Void = { _ in }
    ) -> GuardJudgement {
        var process = SimulatedProcess(flows, seed: 3)
        var judgement = GuardJudgement(limits: limits)
        while process.time <= seconds {
            var snapshot = process.snapshot()
            change(&snapshot)
            judgement.observe([snapshot])
            process.pass(1)
        }
        return judgement
    }

    private static func flow(_ rate: Double, life: Double) -> SimulatedProcess.Flow {
        SimulatedProcess.Flow(
            rate: { _ in rate },
            life: { life.isFinite ? Chance.exponential(life, using: &$0) : life })
    }

    @Test func `Too many sockets at one time break the limit`() {
        let limits = GuardLimits(sockets: 20)
        let judgement = Self.judge([Self.flow(5, life: 20)], limits: limits, for: 60)
        #expect(judgement.broken.map(\.limit) == ["max-sockets"])
        #expect(judgement.broken.first?.seen == Double(judgement.mostSockets))
        let fine = Self.judge([Self.flow(0.2, life: 5)], limits: limits, for: 60)
        #expect(fine.broken.isEmpty && fine.unjudged.isEmpty)
    }

    @Test func `A ghost counts when two looks show it`() {
        var flow = Self.flow(1, life: .infinity)
        flow.ghost = 2
        let limits = GuardLimits(ghosts: 10)
        let judgement = Self.judge([flow], limits: limits, for: 60)
        #expect(judgement.broken.map(\.limit) == ["max-ghosts"])
        // Each look shows other ones: they come and go.
        var inode: UInt64 = 1
        let churn = Self.judge([flow], limits: limits, for: 60) { snapshot in
            for index in snapshot.sockets.indices {
                snapshot.sockets[index].inode = inode
                inode += 1
            }
        }
        #expect(churn.broken.isEmpty)
    }

    @Test func `Growth breaks the limit, a pool that fills once does not`() {
        let limits = GuardLimits(growthPerSecond: 0.2)
        let leak = Self.judge(
            [Self.flow(1, life: .infinity), Self.flow(3, life: 2)], limits: limits, for: 60)
        #expect(leak.broken.map(\.limit) == ["max-growth"])
        #expect((0.7...1.3).contains(leak.broken.first?.seen ?? 0))
        let pool = SimulatedProcess.Flow(rate: { $0 < 10 ? 3 : 0 })
        let healthy = Self.judge([pool, Self.flow(3, life: 2)], limits: limits, for: 60)
        #expect(healthy.broken.isEmpty)
    }

    /// However late some looks are: what is counted is split by looks, not by time.
    @Test(arguments: [
        [0, 400, 500, 750, 1_000, 1_250], [0, 250, 500, 2_750, 3_000, 3_250, 3_500, 3_750],
        Array(stride(from: 0, through: 6_000, by: 250)) + [9_000, 9_250, 9_500, 9_750],
    ])
    func `Growth is judged from looks at uneven times`(times: [Int]) {
        var judgement = GuardJudgement(limits: GuardLimits(growthPerSecond: 0.5))
        var world = SnapshotBuilder(seed: 1)
        let start = world.snapshot.bootTime
        var made = 0
        for time in times {
            while made * 100 <= time {
                world.add(.established)
                made += 1
            }
            world.snapshot.bootTime = start + .milliseconds(time)
            judgement.observe([world.snapshot])
        }
        #expect(judgement.unjudged.isEmpty)
        #expect(judgement.broken.map(\.limit) == ["max-growth"])
        #expect((7...13).contains(judgement.growthPerSecond ?? 0), "\(judgement.broken)")
    }

    @Test func `A number that was given out anew is another process`() {
        var judgement = GuardJudgement(limits: GuardLimits(growthPerSecond: 0.5))
        var world = SnapshotBuilder(seed: 1)
        let start = world.snapshot.bootTime
        for round in 0..<12 {
            world.snapshot.bootTime = start + .milliseconds(round * 250)
            world.snapshot.process.startTicks = round < 6 ? 1 : 2
            world.snapshot.descriptors.open = round < 6 ? 5 : 100
            judgement.observe([world.snapshot])
        }
        #expect(judgement.broken.isEmpty, "\(judgement.broken)")
    }

    @Test func `Growth of descriptors that are no sockets names the process`() {
        let limits = GuardLimits(growthPerSecond: 0.5)
        var second = 0
        let judgement = Self.judge([Self.flow(1, life: 3)], limits: limits, for: 60) { snapshot in
            second += 1
            snapshot.descriptors.open += 2 * second
        }
        #expect(judgement.broken.map(\.limit) == ["max-growth"])
        #expect(judgement.broken.first?.pid == 4_711)
        #expect((1.5...2.5).contains(judgement.broken.first?.seen ?? 0))
    }

    @Test func `Nothing counts before it has settled`() {
        let warmUp = SimulatedProcess.Flow(
            rate: { $0 < 20 ? 3 : 0 }, life: { _ in 15 })
        var limits = GuardLimits(sockets: 10, growthPerSecond: 0.1)
        #expect(!Self.judge([warmUp], limits: limits, for: 90).broken.isEmpty)
        limits.settle = .seconds(40)
        let settled = Self.judge([warmUp], limits: limits, for: 90)
        #expect(settled.broken.isEmpty && settled.unjudged.isEmpty)
    }

    @Test func `What was too short to judge is said`() {
        let limits = GuardLimits(growthPerSecond: 0.1, settle: .seconds(10))
        let short = Self.judge([Self.flow(1, life: .infinity)], limits: limits, for: 5)
        #expect(short.broken.isEmpty)
        #expect(short.unjudged.first?.hasPrefix("Nothing was judged") == true)
        let few = Self.judge([Self.flow(1, life: .infinity)], limits: limits, for: 13)
        #expect(few.unjudged.first?.hasPrefix("Growth was not judged") == true)
    }

    @Test func `A socket that several processes hold is counted once`() {
        var process = SimulatedProcess([Self.flow(2, life: .infinity)], seed: 4)
        var judgement = GuardJudgement(limits: GuardLimits(sockets: 1))
        process.pass(20)
        let parent = process.snapshot()
        var child = parent
        child.process.pid = 4_712
        judgement.observe([parent, child])
        #expect(judgement.mostSockets == parent.sockets.count)
    }
}
