import ConnectionPooling
import HTTPProbing
public import Measurements
import ProbeScheduling

/// The right way in the lab: the engine itself, one shared pool, driven in a closed loop.
public struct SharedClient: Sendable {
    /// What is probed, over and over.
    public var target: Target
    /// Probes under way at once, 1 or more.
    public var concurrency: Int
    /// How long the load runs.
    public var duration: Duration
    /// Whether each probe makes a new connection.
    public var fresh: Bool
    /// Event loops.
    ///
    /// Default 1.
    public var loops: Int

    /// Makes a client.
    public init(
        target: Target, concurrency: Int, duration: Duration, fresh: Bool = false, loops: Int = 1
    ) {
        self.target = target
        self.concurrency = concurrency
        self.duration = duration
        self.fresh = fresh
        self.loops = loops
    }

    /// Runs the load and measures the process around it.
    public func run() async throws -> LabResult {
        let limits = PoolLimits(descriptorBudget: concurrency * 2 + 64)
        var configuration = EngineConfiguration(limits: limits)
        configuration.loops = loops
        configuration.maxInFlight = concurrency
        let engine = try await ProbeEngine(configuration: configuration, sink: DiscardingSink())
        let peak = PeakSockets()
        let sampling = Task { await peak.sample() }
        let processorStart = ProcessUsage.processorTime
        let clock = ContinuousClock()
        let start = clock.now
        try await engine.drive([target], concurrency: concurrency, for: duration, fresh: fresh)
        var result = LabResult(client: fresh ? "shared-fresh" : "shared")
        result.duration = clock.now - start
        result.processorTime = ProcessUsage.processorTime - processorStart
        sampling.cancel()
        result.peakSockets = await sampling.value
        let statistics = try await engine.statistics()
        try await engine.shutdown()
        result.probes = statistics.ended
        result.connects = statistics.pool.opened
        result.p50 = statistics.latency.quantile(0.5)
        result.p99 = statistics.latency.quantile(0.99)
        result.maximumResidentBytes = ProcessUsage.maximumResidentBytes
        result.errors = zip(ProbeErrorClass.allCases, statistics.outcomesByClass)
            .filter { $0 != .noError && $1 > 0 }.map { (class: $0, count: $1) }
        return result
    }
}

/// Drops outcomes; the engine's own statistics are enough here.
struct DiscardingSink: ProbeOutcomeSink {
    func receive(_ outcomes: [ProbeOutcome]) {}
}

/// Looks at the descriptor table a few times a second.
private struct PeakSockets {
    func sample() async -> Int {
        var peak = 0
        while !Task.isCancelled {
            peak = max(peak, ProcessUsage.sockets)
            try? await Task.sleep(for: .milliseconds(250))
        }
        return max(peak, ProcessUsage.sockets)
    }
}
