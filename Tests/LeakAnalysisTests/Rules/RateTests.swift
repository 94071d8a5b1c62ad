import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// The rate of a leak, out of one look at the ages of what it left.
@Suite struct RateTests {
    static let rates = [0.5, 1, 2, 5, 10, 20, 50]

    @Test(arguments: rates)
    func `What comes by a schedule is told within a tenth`(rate: Double) throws {
        for seed in 0..<200 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            let count = world.number(100...600)
            let profile = AgeProfile(world.scheduledAges(rate: rate, count: count))
            let found = try #require(profile.rate, "seed \(seed), \(count)")
            #expect(
                (found / rate - 1).magnitude <= 0.1, "\(found) for \(rate), seed \(seed), \(count)")
        }
    }

    /// The middle of many runs is held to the truth, and each to what chance allows.
    ///
    /// The number of a hundred arrivals has a deviation of a tenth already.
    @Test(arguments: rates)
    func `What comes by chance is told within what chance allows`(rate: Double) {
        var ratios: [Double] = []
        var unknown = 0
        for seed in 0..<200 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            let count = world.number(100...600)
            let profile = AgeProfile(world.randomAges(rate: rate, count: count))
            // By chance none came for longer than six times the usual gap: e⁻⁶ of the looks.
            guard let found = profile.rate else {
                unknown += 1
                continue
            }
            let ratio = found / rate
            ratios.append(ratio)
            // Where the ages look uneven by chance, half of them are taken.
            let deviation = 1 / (Double(count) / 2).squareRoot()
            #expect(
                (ratio - 1).magnitude <= 5 * deviation,
                "\(found) for \(rate), seed \(seed), \(count)")
        }
        ratios.sort()
        #expect(unknown <= 3)
        #expect((ratios[ratios.count / 2] - 1).magnitude <= 0.02)
        let within = ratios.count { ($0 - 1).magnitude <= 0.1 }
        #expect(within >= 150, "\(within) of 200 are within a tenth")
    }

    @Test func `Ages in milliseconds, and dead before use, change nothing`() throws {
        for seed in 0..<200 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            let rate = Self.rates[world.number(0...6)]
            for age in world.scheduledAges(rate: rate, count: 150) {
                world.addGhost(.reset) { $0.wasUsedOnce(age) }
            }
            // Sockets that were used often, or never, have clocks that tell something else.
            for _ in 0..<150 {
                let age = world.number(0...3_000.0)
                world.addGhost(.reset) { $0.wasUsed(90, sent: age, received: age, bytes: 9) }
            }
            let finding = try #require(world.findings.first { $0.rule == .ghostReset })
            let found = try #require(finding.ratePerSecond, "seed \(seed)")
            #expect((found / rate - 1).magnitude <= 0.1, "\(found) for \(rate), seed \(seed)")
            #expect(finding.count == 300)
        }
    }

    // MARK: Where there is none

    @Test func `What came long ago and stopped has no rate`() {
        for seed in 0..<100 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            let ages = world.scheduledAges(rate: 5, count: 200).map { $0 + 30 }
            let profile = AgeProfile(ages)
            #expect(!profile.isOngoing && profile.rate == nil, "seed \(seed)")
        }
    }

    @Test func `A burst is not steady`() {
        for seed in 0..<100 as Range<UInt64> {
            var world = SnapshotBuilder(seed: seed)
            let ages =
                (0..<100).map { _ in 60 + world.number(0...1.0) }
                + (0..<20).map { _ in world.number(0...1.0) }
            #expect(!AgeProfile(ages).isSteady, "seed \(seed)")
        }
    }

    @Test(arguments: [0, 1, 4, 7])
    func `Too few tell nothing`(count: Int) {
        let profile = AgeProfile((0..<count).map { Double($0) })
        #expect(profile.rate == nil)
        #expect(profile.count == count)
        #expect(!profile.isSteady)
    }

    @Test func `Ages are sorted, and their ends and middle known`() {
        let profile = AgeProfile([3, 1, 2])
        #expect(profile.ages == [1, 2, 3])
        #expect(profile.youngest == 1 && profile.median == 2 && profile.oldest == 3)
        let none = AgeProfile([])
        #expect(none.youngest == 0 && none.median == 0 && none.oldest == 0)
    }

    @Test func `All of one age are no rate`() {
        #expect(AgeProfile([Double](repeating: 3, count: 100)).rate == nil)
        #expect(AgeProfile([Double](repeating: 0, count: 100)).rate == nil)
    }
}
