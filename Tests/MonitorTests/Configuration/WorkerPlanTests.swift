import ConnectionPooling
import Measurements
import Testing

@testable import Monitor

@Suite struct WorkerPlanTests {
    private static func configuration(_ text: String) throws -> MonitorConfiguration {
        try ConfigurationFixtures.read(text + "\ntargets: [http://a.test/, https://b.test/]\n")
    }

    @Test(arguments: [
        (
            "pool: {descriptor_budget: 900}", 1000,
            "pool.descriptor_budget asks for 900 connections: 1000 descriptors (RLIMIT_NOFILE) − "
                + "128 kept in reserve = 872 for connections; raise the limit with ulimit -n or "
                + "LimitNOFILE=, or lower the budget"
        ),
        (
            "worker: {max_in_flight: 900}", 1000,
            "worker.max_in_flight asks for 900 probes at once, each with a connection: 1000 "
                + "descriptors (RLIMIT_NOFILE) − 128 kept in reserve = 872 for connections; raise "
                + "the limit with ulimit -n or LimitNOFILE=, or lower max_in_flight"
        ),
        (
            "{pool: {mode: fixed, max_idle: 800}, worker: {max_in_flight: 100}}", 1000,
            "pool.max_idle 800 + 100 in use = 900 connections: 1000 descriptors (RLIMIT_NOFILE) − "
                + "128 kept in reserve = 872 for connections; raise the limit with ulimit -n or "
                + "LimitNOFILE=, lower max_idle, or let mode: auto size the pool"
        ),
        (
            "worker: {loops: 4}", 130,
            "130 descriptors (RLIMIT_NOFILE) − 128 kept in reserve = 2 for connections, and the "
                + "worker needs at least one for each of its 4 loops; raise the limit with "
                + "ulimit -n or LimitNOFILE=, or lower worker.descriptor_reserve"
        ),
    ])
    func `What cannot fit is refused with the arithmetic`(
        text: String, limit: Int, message: String
    ) throws {
        let configuration = try ConfigurationFixtures.read(text)
        let misfit = #expect(throws: WorkerPlan.Misfit.self) {
            _ = try WorkerPlan(configuration, budget: DescriptorBudget(limit: limit))
        }
        #expect(misfit?.description == message)
    }

    @Test func `What is not written is sized to fit`() throws {
        let plan = try WorkerPlan(
            Self.configuration(""), budget: DescriptorBudget(limit: 1024))
        #expect(plan.connections == 896)
        #expect(plan.maxInFlight == 896)
        #expect(plan.limits.descriptorBudget == 896)
        let large = try WorkerPlan(
            Self.configuration(""), budget: DescriptorBudget(limit: 1 << 20))
        #expect(large.maxInFlight == 4096)
    }

    @Test func `The forecast counts origins, and none that are always cold`() throws {
        let configuration = try ConfigurationFixtures.read(
            """
            defaults: {interval: 10s}
            targets:
              - http://a.test/one
              - http://a.test/two
              - https://b.test/
              - {url: "http://c.test/", fresh_every: always}
            """)
        let origins = WorkerPlan.origins(of: configuration.targets)
        #expect(
            Set(origins) == [
                OriginPlan(targets: 2, gap: .seconds(5), isTLS: false),
                OriginPlan(targets: 1, gap: .seconds(10), isTLS: true),
            ])
        let plan = try WorkerPlan(configuration, budget: DescriptorBudget(limit: 1024))
        #expect(plan.forecast.origins == 2)
    }
}
