import Measurements
import TestWorlds
import Testing

@testable import LeakAnalysis

/// Slopes, rates and lifetimes.
@Suite struct EstimateTests {
    @Test func `A slope is found in spite of outliers`() throws {
        let times = (0..<20).map { Double($0) }
        var values = times.map { 3 * $0 + 1 }
        values[4] = 900
        values[13] = -500
        let slope = try #require(TheilSen.slope(times: times, values: values))
        #expect(slope.perSecond == 3)
        #expect(slope.low <= 3 && slope.high >= 3 && slope.low > 2 && slope.high < 4)
        #expect(TheilSen.slope(times: [0, 1, 2, 3], values: [0, 1, 2, 3]) == nil)
        #expect(TheilSen.slope(times: [1, 1, 1, 1, 1], values: [0, 1, 2, 3, 4]) == nil)
    }

    /// Values that hang together as those of a pool do, on a line.
    @Test(arguments: [0.0, 0.4, 0.6])
    func `The interval of a slope holds the truth, also when neighbours hang together`(
        dependence: Double
    ) {
        var held = 0
        for seed in 1...400 as ClosedRange<UInt64> {
            var chance = SeededGenerator(seed: seed)
            var noise = 0.0
            let times = (0..<24).map { Double($0) }
            let values = times.map { time -> Double in
                noise = dependence * noise + Double.random(in: -1...1, using: &chance)
                return 0.1 * time + noise
            }
            guard let slope = TheilSen.slope(times: times, values: values) else { continue }
            if slope.low <= 0.1, slope.high >= 0.1 { held += 1 }
        }
        #expect(held >= 340, "\(held) of 400")
    }

    @Test(arguments: [12, 40, 400])
    func `The interval of a rate of events holds the truth`(expected: Int) {
        var held = 0
        for seed in 1...400 as ClosedRange<UInt64> {
            var chance = SeededGenerator(seed: seed)
            var times: [Double] = []
            var time = 0.0
            while true {
                time += Chance.exponential(100 / Double(expected), using: &chance)
                guard time < 100 else { break }
                times.append(time)
            }
            let rate = RateEstimate.ofEvents(times[...], in: 0..<100)
            if rate.low <= Double(expected) / 100, rate.high >= Double(expected) / 100 {
                held += 1
            }
        }
        #expect(held >= 370, "\(held) of 400")
    }

    @Test func `Rates of several leaks add up, and their intervals by squares`() throws {
        let one = RateEstimate(perSecond: 1, low: 0.7, high: 1.3)
        let other = RateEstimate(perSecond: 2, low: 1.6, high: 2.4)
        let sum = try #require(RateEstimate.sum([one, other]))
        #expect(sum.perSecond == 3)
        #expect((sum.low - 2.5).magnitude < 1e-9 && (sum.high - 3.5).magnitude < 1e-9)
        #expect(RateEstimate.sum([]) == nil)
    }

    @Test func `The scale of ages covers everything and rises`() {
        var last = -1
        for step in 0..<2_000 {
            let age = 0.01 * Chance.power(Double(step) / 100)
            let bucket = AgeScale.bucket(of: age)
            #expect(bucket >= last)
            last = bucket
            guard age >= 0.0625, age < 16_777_216 else { continue }
            #expect(AgeScale.start(of: bucket) <= age && age < AgeScale.start(of: bucket + 1))
        }
        #expect(AgeScale.bucket(of: -1) == 0)
        #expect(AgeScale.bucket(of: .infinity) == AgeScale.bucket(of: 1e30))
    }

    @Test func `A table of lives stays small and loses nobody`() throws {
        var table = LifeTable(width: 1)
        for second in 0..<100_000 {
            table.began(at: Double(second) + 0.5)
            if second >= 30 { table.ended(start: Double(second - 30) + 0.5, age: 30) }
        }
        #expect(table.began == 100_000)
        #expect(table.ended == 99_970)
        #expect(table.cohorts.count < 500)
        for (left, right) in zip(table.cohorts, table.cohorts.dropFirst()) {
            #expect(left.end <= right.start)
            #expect(left.end - left.start <= 2 + (100_000 - left.end) / 8)
        }
        let median = try #require(table.quantiles([0.5])?.first)
        #expect((25...36).contains(median))
        #expect(table.quantiles([0.5], since: 99_999, least: 5) == nil)
        let some = table.ended(began: 50_000..<60_000, ages: 20..<40)
        #expect((9_000...11_000).contains(some))
        #expect(table.ended(began: 50_000..<60_000, ages: 40..<Double.infinity) == 0)
    }

    @Test func `A history of counts keeps its sums and its lows`() throws {
        var history = CountHistory()
        for index in 0..<10_000 {
            history.count(Double(index % 10 == 0 ? 3 : 7), at: Double(index))
        }
        #expect(history.blocks.count <= 240)
        #expect(history.blocks.reduce(0) { $0 + $1.looks } == 10_000)
        let parts = try #require(history.parts(8, since: 2_000))
        #expect(parts.allSatisfy { $0.least == 3 && ($0.mean - 6.6).magnitude < 0.2 })
        #expect(history.parts(8, since: 20_000) == nil)
    }
}
