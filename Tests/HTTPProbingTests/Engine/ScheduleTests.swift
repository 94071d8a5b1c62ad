import ConnectionPooling
import HTTPProbing
import Measurements
import TestWorlds
import Testing

/// The engine on its schedule: many targets, changes while it runs, limits.
@Suite(.serialized, .noLeakedDescriptors)
struct ScheduleTests {
    private func targets(_ count: Int, port: UInt16, interval: Duration) -> [TargetReference] {
        (0..<count).map { index in
            var target = loopbackTarget(
                port, address: "127.0.\(1 + index / 200).\(1 + index % 200)")
            target.interval = interval
            target.freshEvery = .never
            target.id = TargetID(rawValue: "target \(index)")
            return TargetReference(target)
        }
    }

    private static var everywhere: NginxConfiguration {
        var configuration = NginxConfiguration()
        configuration.address = "0.0.0.0"
        configuration.connections = 2048
        return configuration
    }

    @Test(arguments: [1, 2])
    func `every target is probed in each interval, on a connection of its own that is kept`(
        loops: Int
    ) async throws {
        try await withRealServer(.nginx(Self.everywhere)) { server in
            let sink = OutcomeCollector()
            try await withEngine(loops: loops, sink: sink) { engine in
                try await engine.setTargets(
                    targets(500, port: server.port, interval: .milliseconds(500)))
                try await Task.sleep(for: .milliseconds(2600))
                let statistics = try await engine.statistics()
                #expect(statistics.pool.opened == 500)
                #expect(statistics.failures == 0)
                #expect(statistics.pool.idle + statistics.pool.leased == 500)
            }
            let outcomes = sink.outcomes
            let counts = outcomes.reduce(into: [:]) { $0[$1.target.value.id, default: 0] += 1 }
            #expect(counts.count == 500)
            #expect(counts.values.allSatisfy { $0 >= 3 })
            #expect(outcomes.filter { $0.kind == .cold }.count == 500)
            #expect(outcomes.allSatisfy { $0.lateness >= .zero })
        }
    }

    @Test func `a reload keeps the connections of what did not change`() async throws {
        try await withRealServer(.nginx(Self.everywhere)) { server in
            let sink = OutcomeCollector()
            try await withEngine(sink: sink) { engine in
                let all = targets(100, port: server.port, interval: .milliseconds(300))
                try await engine.setTargets(all)
                try await Task.sleep(for: .milliseconds(700))
                try await engine.setTargets(
                    Array(all.prefix(50))
                        + targets(120, port: server.port, interval: .milliseconds(300)).suffix(20))
                try await Task.sleep(for: .milliseconds(700))
                let pool = try await engine.statistics().pool
                #expect(pool.opened == 120)
                #expect(pool.idle + pool.leased == 70)
                #expect(pool.closedByCause[.originRemoved] == 50)
                try await engine.setTargets([])
                let emptied = try await engine.statistics().pool
                #expect(emptied.idle + emptied.leased == 0)
            }
            #expect(sink.completed.allSatisfy { $0.error == .noError })
        }
    }

    @Test func `a descriptor budget smaller than the schedule costs reuse and nothing else`()
        async throws
    {
        try await withRealServer(.nginx(Self.everywhere)) { server in
            let sink = OutcomeCollector()
            try await withEngine(descriptorBudget: 40, sink: sink) { engine in
                try await engine.setTargets(
                    targets(100, port: server.port, interval: .milliseconds(500)))
                for _ in 0..<25 {
                    try await Task.sleep(for: .milliseconds(80))
                    let pool = try await engine.statistics().pool
                    #expect(pool.idle + pool.leased + pool.connecting <= 40)
                }
                let pool = try await engine.statistics().pool
                #expect(pool.reused > 0, "the soonest needed are kept")
                #expect(pool.closedByCause[.evicted] ?? 0 > 0)
            }
            #expect(sink.completed.allSatisfy { $0.error == .noError })
        }
    }

    @Test func `more probes due than may be under way are skipped and counted`() async throws {
        let silent = try SilentListener()
        defer { silent.close() }
        try await withEngine(adjust: { $0.maxInFlight = 10 }) { engine in
            var references = targets(50, port: silent.port, interval: .milliseconds(200))
            references = references.map { reference in
                var target = reference.value
                target.address = "127.0.0.1"
                target.timeout = .milliseconds(1500)
                return TargetReference(target)
            }
            try await engine.setTargets(references)
            try await Task.sleep(for: .milliseconds(900))
            let statistics = try await engine.statistics()
            #expect(statistics.inFlight <= 10)
            #expect(statistics.skippedOverload > 0)
        }
    }

    @Test func `a probe that waits for a connection until its deadline says that, and not timeout`()
        async throws
    {
        let silent = try SilentListener()
        defer { silent.close() }
        try await withEngine(adjust: { $0.limits.maxPerOrigin = 1 }) { engine in
            var first = loopbackTarget(silent.port)
            first.timeout = .milliseconds(800)
            var second = first
            second.timeout = .milliseconds(200)
            async let holding = engine.probe(first)
            while try await engine.statistics().pool.opened == 0 { await Task.yield() }
            let waiting = try await engine.probe(second)
            #expect(waiting.error == .poolExhausted && waiting.failure?.fault == .us)
            #expect(try await engine.statistics().pool.waiting == 0)
            #expect(try await holding.error == .timeout)
        }
    }

    @Test func `a deadline strikes in the phase the probe is in`() async throws {
        let silent = try SilentListener()
        defer { silent.close() }
        var target = loopbackTarget(silent.port)
        target.timeout = .milliseconds(150)
        let outcome = try await withEngine { try await $0.probe(target) }
        #expect(outcome.error == .timeout && outcome.failure?.phase == .wait)
        #expect(outcome.elapsed >= .milliseconds(150))
    }
}
