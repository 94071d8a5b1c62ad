import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// The time at which a leaking process is full.
@Suite struct ForecastTests {
    private static let runs = VerdictTests.runs

    /// A leak, and how far from its limit the process is.
    struct Course: Sendable, CustomTestStringConvertible {
        var name: String
        var rate: ClosedRange<Double>
        var room: ClosedRange<Int>
        var churn: Double
        var ghosts = false
        /// How many sockets are leaked at once.
        var bunch = 1.0

        var testDescription: String { name }
    }

    static let courses = [
        Course(name: "slow leak in heavy churn", rate: 0.05...0.05, room: 200...400, churn: 3),
        Course(name: "leak of one a second or so", rate: 0.3...1.5, room: 500...2_000, churn: 1),
        Course(name: "ghosts", rate: 0.2...2, room: 500...2_000, churn: 1, ghosts: true),
        Course(name: "leak in bunches", rate: 0.3...1, room: 500...2_000, churn: 1, bunch: 6),
    ]

    @Test(arguments: courses)
    func `The interval holds the truth nine times in ten`(course: Course) {
        var (held, made, silent) = (0, 0, 0)
        var widths: [Double] = []
        for seed in 1...UInt64(Self.runs) {
            let forecasts = Self.run(course, seed: seed)
            if forecasts.isEmpty { silent += 1 }
            for (forecast, truth) in forecasts {
                made += 1
                if forecast.low <= truth, truth <= forecast.high { held += 1 }
                widths.append((forecast.high - forecast.low) / truth)
            }
        }
        widths.sort()
        print(
            "forecast | \(course.name) | \(held) of \(made) held the truth, median width"
                + " \(Int((widths.isEmpty ? 0 : widths[widths.count / 2]) * 100)) % of it")
        #expect(silent == 0, "\(course.name): \(silent) runs without a forecast")
        #expect(Double(held) >= 0.9 * Double(made), "\(course.name): \(held) of \(made)")
    }

    /// The first forecast and one 300 s later, each with the truth, in seconds from then on.
    private static func run(_ course: Course, seed: UInt64) -> [(Forecast, Double)] {
        var chance = SeededGenerator(seed: seed &* 104_729)
        let rate = Double.random(in: course.rate, using: &chance)
        let bunch = course.bunch
        // Bunches: nothing for a while, then many within three seconds.
        var leak = SimulatedProcess.Flow(rate: { time in
            guard bunch > 1 else { return rate }
            let period = bunch / rate
            return time.truncatingRemainder(dividingBy: period) < 3 ? bunch / 3 : 0
        })
        if course.ghosts {
            leak.closeWait = 5
            leak.ghost = 60
        }
        let churn = course.churn
        let others = SimulatedProcess.Flow(
            rate: { _ in churn }, life: { Chance.exponential(20, using: &$0) })
        var process = SimulatedProcess([leak, others], seed: seed)
        let pause = bunch > 1 ? 5.0 : Double([5, 10, 15].randomElement(using: &chance) ?? 10)
        let room = Int.random(in: course.room, using: &chance)
        process.limit = 1 << 20
        var series = SnapshotSeries()
        var forecasts: [(forecast: Forecast, time: Double)] = []
        var next = 0.0
        while forecasts.count < 2, process.time < 4_000 {
            process.pass(pause)
            // The room is counted from where the process is when the first forecast can be made.
            if forecasts.isEmpty { process.limit = process.open + room }
            series.observe(process.snapshot())
            guard process.time >= next, process.open < process.limit else {
                if process.open >= process.limit { break }
                continue
            }
            guard series.looks % 3 == 0, let forecast = series.forecast else { continue }
            forecasts.append((forecast, process.time))
            next = process.time + 300
        }
        while process.open < process.limit, process.time < 100_000 { process.pass(1) }
        return forecasts.map { ($0.forecast, process.time - $0.time) }
    }

    @Test func `Without growth there is no forecast`() {
        let none = RateEstimate(perSecond: 0.1, low: -0.1, high: 0.3)
        #expect(Forecast(room: 100, rate: none) == nil)
        #expect(Forecast(room: 100, rate: RateEstimate(perSecond: 0, low: 0, high: 0)) == nil)
    }

    @Test func `A process without room is full now`() throws {
        let rate = RateEstimate(perSecond: 2, low: 1, high: 3)
        let forecast = try #require(Forecast(room: -4, rate: rate))
        #expect(forecast.expected == 0 && forecast.low == 0 && forecast.high == 0)
    }

    @Test func `The forecast is the room over the rate, wider than the rate's interval`() throws {
        let rate = RateEstimate(perSecond: 2, low: 1.8, high: 2.2)
        let forecast = try #require(Forecast(room: 10_000, rate: rate))
        #expect(forecast.expected == 5_000)
        #expect(forecast.low < 5_000 / 1.1 && forecast.low > 4_300)
        #expect(forecast.high > 5_000 / 0.9 && forecast.high < 5_800)
    }
}
