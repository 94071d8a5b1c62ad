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
    ///
    /// - Parameters:
    ///   - started: Called when the load starts.
    ///   - holding: Called when it was measured; until it returns the load goes on.
    public func run(
        started: () -> Void = {}, holding: ClientLoad.Holding? = nil
    ) async throws -> LabResult {
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
        started()
        try await engine.drive([target], concurrency: concurrency, for: duration, fresh: fresh)
        var result = LabResult(client: fresh ? "shared-fresh" : "shared")
        result.duration = clock.now - start
        result.processorTime = ProcessUsage.processorTime - processorStart
        sampling.cancel()
        result.peakSockets = await sampling.value
        let statistics = try await engine.statistics()
        result.timeWait = TimeWaitTable.count(port: target.port)
        result.probes = statistics.ended
        result.connects = statistics.pool.opened
        result.p50 = statistics.latency.quantile(0.5)
        result.p99 = statistics.latency.quantile(0.99)
        result.maximumResidentBytes = ProcessUsage.maximumResidentBytes
        result.errors = zip(ProbeErrorClass.allCases, statistics.outcomesByClass)
            .filter { $0 != .noError && $1 > 0 }.map { (class: $0, count: $1) }
        if let holding { try await hold(engine, &result, holding) }
        try await engine.shutdown()
        return result
    }

    /// Goes on in short pieces, so that the end is near at any time.
    private func hold(
        _ engine: ProbeEngine, _ result: inout LabResult, _ holding: ClientLoad.Holding
    ) async throws {
        let (target, concurrency, fresh) = (target, concurrency, fresh)
        let goingOn = Task {
            while !Task.isCancelled {
                try await engine.drive(
                    [target], concurrency: concurrency, for: .milliseconds(200), fresh: fresh)
            }
        }
        do {
            try await holding(&result)
        } catch {
            goingOn.cancel()
            _ = await goingOn.result
            throw error
        }
        goingOn.cancel()
        try await goingOn.value
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
            peak = max(peak, ProcessUsage.sockets())
            try? await Task.sleep(for: .milliseconds(250))
        }
        return max(peak, ProcessUsage.sockets())
    }
}
