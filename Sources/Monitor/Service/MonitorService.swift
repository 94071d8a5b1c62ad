public import HTTPProbing
public import Logging
import Measurements
public import ServiceLifecycle
import ConnectionPooling
import UnixSignals

/// The worker: an engine that probes a configuration's targets until it is told to stop.
///
/// A graceful shutdown (SIGTERM, SIGINT) lets probes under way end within their own deadlines and
/// closes every connection. SIGHUP loads the configuration again: what did not change keeps its
/// schedule, state and connections; a configuration that is wrong changes nothing.
public struct MonitorService: Service, CustomDebugStringConvertible {
    private let engine: ProbeEngine
    private let board: StatusBoard
    private let initial: MonitorConfiguration
    private let load: (@Sendable () throws -> MonitorConfiguration)?
    private let logger: Logger

    /// Puts a worker together.
    ///
    /// Nothing is probed before ``run()``.
    ///
    /// - Parameters:
    ///   - initial: What to probe.
    ///   - engine: The engine; the service shuts it down.
    ///   - board: The engine's sink.
    ///   - load: Reads the configuration again; nil when there is no file to read.
    public init(
        initial: MonitorConfiguration, engine: ProbeEngine, board: StatusBoard,
        load: (@Sendable () throws -> MonitorConfiguration)?, logger: Logger
    ) {
        self.initial = initial
        self.engine = engine
        self.board = board
        self.load = load
        self.logger = logger
    }

    /// The service's name, and nothing of what it holds.
    ///
    /// Those who run services describe them for their logs: a reflection of fifty thousand targets
    /// would take seconds, and tell credentials.
    public var debugDescription: String { "MonitorService" }

    /// Probes until the graceful shutdown; returns when every connection is closed.
    public func run() async throws {
        try await apply(initial)
        await cancelWhenGracefulShutdown {
            var current = initial
            for await _ in await UnixSignalsSequence(trapping: .sighup) {
                if let loaded = await reload(from: current) { current = loaded }
            }
        }
        try await engine.shutdown()
    }

    private func apply(_ configuration: MonitorConfiguration) async throws {
        let targets = configuration.targets.map(TargetReference.init)
        board.setTargets(targets)
        try await engine.setTargets(targets)
    }

    /// Loads and applies; nil when the old configuration stays in force.
    private func reload(from current: MonitorConfiguration) async -> MonitorConfiguration? {
        guard let load else {
            logger.notice("SIGHUP: there is no configuration file to read again")
            return nil
        }
        do {
            let configuration = try load()
            engine.reloadCertificates()
            try await apply(configuration)
            let difference = ConfigurationDifference(from: current, to: configuration)
            logger.notice("configuration reloaded: \(difference)")
            return configuration
        } catch {
            // One record of a log is one line, however many faults there are.
            let faults = "\(error)".split(separator: "\n").joined(separator: "; ")
            logger.error("configuration not reloaded; the old one stays in force: \(faults)")
            return nil
        }
    }
}
