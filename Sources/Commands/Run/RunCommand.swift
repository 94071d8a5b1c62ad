import ArgumentParser
import ConnectionPooling
import HTTPProbing
import Logging
import Measurements
import Monitor
import ServiceLifecycle
import UnixSignals

/// `sockeye run`: the monitor worker.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Monitor targets on a schedule until told to stop.",
        discussion: """
            With targets on the command line each is probed every 10 s; --config reads a file. \
            SIGHUP reads it again without a gap; SIGTERM and Ctrl-C let probes under way end \
            and close every connection. On a terminal a live view; otherwise one line for each \
            change of state, or with --json one object for each probe.
            """)

    @OptionGroup var target: TargetOptions

    @Option(help: "The configuration file (YAML).")
    var config: String?

    @Option(name: .shortAndLong, help: "From one probe of a target to the next, without --config.")
    var interval: String?

    @Option(name: .customLong("for"), help: "Stop after this long.")
    var length: String?

    @Flag(help: "Every probe as one JSON object a line.")
    var json = false

    @Flag(help: "No live view, even on a terminal.")
    var plain = false

    func run() async throws {
        let source = ConfigurationSource(path: config, options: target, interval: interval)
        let configuration = try source.load()
        let length = try length.map { try DurationArgument.parse($0, option: "--for") }
        for warning in configuration.warnings { StandardStreams.talk("\(warning)") }
        let worker = try await Worker(configuration: configuration, json: json, plain: plain)
        var logger = Logger(label: "sockeye") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        let reload: (@Sendable () throws -> MonitorConfiguration)? =
            config == nil ? nil : { @Sendable in try source.load() }
        let service = MonitorService(
            initial: configuration, engine: worker.engine, board: worker.board, load: reload,
            logger: logger)
        var services: [any Service] = [service]
        if worker.isLive { services.append(worker.liveService(forecast: worker.forecast)) }
        let group = ServiceGroup(
            configuration: .init(
                services: services, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: logger))
        if let length {
            // The timer asks for the same graceful shutdown that a signal asks for.
            let timer = Task {
                try await Task.sleep(for: length)
                await group.triggerGracefulShutdown()
            }
            defer { timer.cancel() }
            try await group.run()
        } else {
            try await group.run()
        }
        await worker.finish()
    }
}
