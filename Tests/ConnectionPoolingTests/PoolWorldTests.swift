import ConnectionPooling
import Measurements
import Testing
import TestWorlds

/// A million random events, and proof that the world would see a pool that breaks its promises.
struct PoolWorldTests {
    static let limitSets: [(name: String, limits: PoolLimits)] = {
        var sets: [(String, PoolLimits)] = []
        for mode in PoolLimits.Mode.allCases {
            sets.append(("\(mode), roomy", PoolLimits(mode: mode, descriptorBudget: 1000)))
            sets.append(("\(mode), one descriptor", PoolLimits(mode: mode, descriptorBudget: 1)))
            var tiny = PoolLimits(
                mode: mode, descriptorBudget: 5,
                memoryBudgetBytes: 2 * PoolLimits.tlsConnectionBytes)
            tiny.maxWaitingPerOrigin = 3
            tiny.maxIdle = 2
            sets.append(("\(mode), tiny budgets", tiny))
            var narrow = PoolLimits(mode: mode, descriptorBudget: 12)
            narrow.maxPerOrigin = 2
            narrow.maxWaitingPerOrigin = 8
            narrow.maxIdlePerOrigin = 1
            narrow.maxLifetime = .seconds(20)
            sets.append(("\(mode), two an origin", narrow))
            var single = PoolLimits(
                mode: mode, descriptorBudget: 6, memoryBudgetBytes: 60 << 10)
            single.maxPerOrigin = 1
            single.maxIdle = 3
            single.idleTimeout = .seconds(2)
            sets.append(("\(mode), one an origin", single))
        }
        return sets
    }()

    static let eventsPerSeed = 4000
    static let seedsPerSet: UInt64 = 26

    /// 10 sets × 26 seeds × 4000 events are 1,040,000.
    @Test(arguments: limitSets.indices)
    func `No random order of events breaks a promise`(set: Int) throws {
        let (name, limits) = Self.limitSets[set]
        var total = PoolStatistics()
        for seed in 0..<Self.seedsPerSet {
            var driver = PoolDriver(limits: limits, seed: UInt64(set) << 32 | seed)
            do {
                total.merge(try driver.run(events: Self.eventsPerSeed))
            } catch {
                Issue.record("\(name): \(error)")
                return
            }
        }
        #expect(total.opened > 1000 && total.reused > 1000, "\(name): \(total)")
    }

    @Test func `The same seed does the same`() throws {
        let limits = PoolLimits(descriptorBudget: 5)
        var first = PoolDriver(limits: limits, seed: 7)
        var second = PoolDriver(limits: limits, seed: 7)
        #expect(try first.run(events: 3000) == second.run(events: 3000))
    }
}
