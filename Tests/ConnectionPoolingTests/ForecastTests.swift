import ConnectionPooling
import Measurements
import Testing

/// What a pool's limits mean for a schedule, in numbers and in words.
struct ForecastTests {
    func plans(_ count: Int, every gap: Duration = .seconds(10), isTLS: Bool = false)
        -> [OriginPlan]
    {
        Array(repeating: OriginPlan(targets: 1, gap: gap, isTLS: isTLS), count: count)
    }

    @Test func `Where everything fits, everything is kept`() {
        let limits = PoolLimits(descriptorBudget: 20_000)
        let forecast = PoolForecast(origins: plans(10_000), limits: limits)
        #expect(forecast.reuse == 1)
        #expect(forecast.held == 10_000)
        #expect(forecast.bindingLimit == nil)
        #expect(
            forecast.sentences == [
                "10,000 origins, 1,000 probes a second: 100 % reuse expected, "
                    + "10,000 connections held, 78 MiB"
            ])
    }

    @Test func `A hundred idle connections for ten thousand origins reuse nothing`() {
        var limits = PoolLimits(mode: .fixed, descriptorBudget: 20_000)
        limits.maxIdle = 100
        let forecast = PoolForecast(origins: plans(10_000), limits: limits)
        #expect(forecast.bindingLimit == .maxIdle(100))
        #expect(
            forecast.sentences.last
                == "100 idle connections for 10,000 origins: 0 % reuse; 10,000 would hold 78 MiB "
                + "and save 90 % of the CPU; mode auto sizes itself")
    }

    @Test func `The descriptor limit binds`() {
        let limits = PoolLimits(descriptorBudget: 500)
        let forecast = PoolForecast(origins: plans(1000), limits: limits)
        #expect(forecast.bindingLimit == .descriptors(500))
        #expect(forecast.held == 500)
        #expect(abs(forecast.reuse - 0.5) < 0.001)
        #expect(
            forecast.sentences.last
                == "the descriptor limit binds: 500 connections for 1,000 origins; 1,000 would "
                + "hold 7.8 MiB and save 82 % of the CPU; raise it with ulimit -n or LimitNOFILE=")
    }

    @Test func `The memory budget binds, and the shortest gaps come first`() {
        let limits = PoolLimits(
            descriptorBudget: 500, memoryBudgetBytes: 10 * PoolLimits.plainConnectionBytes)
        let all = plans(10, every: .seconds(100)) + plans(10, every: .seconds(1))
        let forecast = PoolForecast(origins: all, limits: limits)
        #expect(forecast.held == 10)
        #expect(abs(forecast.reuse - 10 / 10.1) < 0.001)
        #expect(
            forecast.sentences.last?.hasPrefix("the memory budget binds: 80 KiB for 20") == true)
    }

    @Test func `An idle timeout below the gap reuses nothing`() {
        let limits = PoolLimits(mode: .fixed, descriptorBudget: 500)
        let forecast = PoolForecast(origins: plans(10, every: .seconds(60)), limits: limits)
        #expect(forecast.reuse == 0)
        #expect(forecast.bindingLimit == .idleTimeout(.seconds(30)))
        #expect(forecast.sentences.last?.contains("the idle timeout of 30 s ends") == true)
    }

    @Test func `One of a thing has no plural, and nothing is said of nothing`() {
        let limits = PoolLimits(descriptorBudget: 500)
        let one = PoolForecast(origins: plans(1, isTLS: true), limits: limits)
        #expect(
            one.sentences == [
                "1 origin, 0.1 probes a second: 100 % reuse expected, 1 connection held, 48 KiB"
            ])
        let none = PoolForecast(
            origins: [OriginPlan(targets: 0, gap: nil, isTLS: false)], limits: limits)
        #expect(none.sentences == ["no target is scheduled"])
    }
}
