import ConnectionPooling
import HTTPProbing
import Measurements
import Monitor
import ServiceLifecycle

/// The parts of `run`, put together: engine, board, and what is printed.
struct Worker {
    let engine: ProbeEngine
    let board: StatusBoard
    let isLive: Bool
    let forecast: [String]
    private let output: OutputQueue
    private let isJSON: Bool

    init(configuration: MonitorConfiguration, json: Bool, plain: Bool) async throws {
        let output = OutputQueue()
        let isLive = Terminal.isStandardOutput && !json && !plain
        self.output = output
        self.isLive = isLive
        isJSON = json
        board = StatusBoard { outcomes, notices in
            if json {
                Worker.write(outcomes, to: output)
            } else if !isLive {
                Worker.write(notices, to: output)
            }
        }
        let sizing = try WorkerSizing(configuration)
        forecast = sizing.forecast
        engine = try await ProbeEngine(
            configuration: sizing.engine, sink: board, resolver: sizing.resolver)
        if !isLive {
            for line in sizing.forecast { StandardStreams.talk(line) }
        }
    }

    /// The live view, as a service that runs beside the monitor.
    func liveService(forecast: [String]) -> LiveService {
        LiveService(engine: engine, board: board, forecast: forecast)
    }

    /// Prints what is left, and the last word.
    func finish() async {
        await output.finish()
        let counts = board.counts()
        StandardStreams.talk(
            "sockeye: stopped; \(counts.up) up, \(counts.down) down, \(counts.unknown) not known; "
                + "every connection is closed")
    }

    private static func write(_ outcomes: [ProbeOutcome], to output: OutputQueue) {
        var json = JSONWriter(reserving: outcomes.count * 512)
        for outcome in outcomes {
            outcome.write(to: &json)
            json.endLine()
        }
        output.append(json.bytes, lines: outcomes.count)
    }

    private static func write(_ notices: [StatusBoard.Notice], to output: OutputQueue) {
        guard !notices.isEmpty else { return }
        let text = notices.map { StateLine(notice: $0).text + "\n" }.joined()
        output.append(Array(text.utf8), lines: notices.count)
    }
}
