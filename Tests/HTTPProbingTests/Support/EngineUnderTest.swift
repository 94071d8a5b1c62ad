import ConnectionPooling
import HTTPProbing
import Measurements
import Synchronization

/// Keeps every outcome of scheduled probes.
final class OutcomeCollector: ProbeOutcomeSink {
    private let collected = Mutex<[ProbeOutcome]>([])

    func receive(_ outcomes: [ProbeOutcome]) {
        collected.withLock { $0 += outcomes }
    }

    var outcomes: [ProbeOutcome] { collected.withLock { $0 } }

    /// Those that ended by themselves; the end of a test cancels what is under way then.
    var completed: [ProbeOutcome] { outcomes.filter { $0.error != .cancelled } }
}

/// Runs `body` with an engine, and shuts the engine down whatever happens.
func withEngine<Result>(
    loops: Int = 1, descriptorBudget: Int = 4000, sink: OutcomeCollector = OutcomeCollector(),
    resolver: ResolverConfiguration = ResolverConfiguration(),
    adjust: (inout EngineConfiguration) -> Void = { _ in },
    _ body: (ProbeEngine) async throws -> Result
) async throws -> Result {
    var configuration = EngineConfiguration(limits: PoolLimits(descriptorBudget: descriptorBudget))
    configuration.loops = loops
    configuration.batchDelay = .milliseconds(10)
    adjust(&configuration)
    let engine = try await ProbeEngine(
        configuration: configuration, sink: sink, resolver: resolver)
    do {
        let result = try await body(engine)
        try await engine.shutdown(cancelling: true)
        return result
    } catch {
        try await engine.shutdown(cancelling: true)
        throw error
    }
}

/// A target on loopback.
func loopbackTarget(
    _ port: UInt16, _ path: String = "/", scheme: Scheme = .http,
    serverName: String = "monitor.test", address: String = "127.0.0.1"
) -> Target {
    Target(
        address: address, port: Int(port), serverName: serverName, scheme: scheme, path: path)
}
