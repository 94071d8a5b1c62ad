import HTTPProbing
import Measurements
import Monitor
import ServiceLifecycle

/// Redraws the live view a few times a second until the worker stops.
struct LiveService: Service, CustomDebugStringConvertible {
    let engine: ProbeEngine
    let board: StatusBoard
    let forecast: [String]

    /// How often the view is drawn.
    static let period = Duration.milliseconds(500)

    /// What logs call it; a reflection would walk through everything it holds.
    var debugDescription: String { "LiveService" }

    func run() async throws {
        let clock = ContinuousClock()
        let start = clock.now
        let style = TerminalStyle.standardOutput(environment: ProcessEnvironment.variables)
        // The alternate screen, with the cursor hidden (xterm control sequences).
        StandardStreams.output("\u{1B}[?1049h\u{1B}[?25l")
        defer { StandardStreams.output("\u{1B}[?25h\u{1B}[?1049l") }
        try await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let view = LiveView(
                    statuses: board.snapshot(), statistics: try await engine.statistics(),
                    forecast: forecast, style: style, size: Terminal.size,
                    uptime: clock.now - start)
                let screen = view.lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n")
                StandardStreams.output("\u{1B}[H" + screen + "\u{1B}[J")
                try? await Task.sleep(for: Self.period)
            }
        }
    }
}
