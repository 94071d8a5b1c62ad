import ArgumentParser
import LeakAnalysis
import Measurements

/// `sockeye diff`: whether a change helped.
struct DiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say whether a fix worked: two recordings or inspections side by side.",
        discussion: """
            Each side is a recording (sockeye watch PID --record FILE) or an inspection (sockeye \
            inspect PID --json > FILE). Exit status: 0 what was wrong is gone, or less, or nothing \
            was; 1 it is worse, or leaks still; 2 a file cannot be read; 3 the two cannot be \
            compared.
            """)

    @Argument(help: "A recording or a saved inspection of before the change.")
    var before: String

    @Argument(help: "One of after it.")
    var after: String

    @Flag(help: "One JSON object (sockeye.diff/1).")
    var json = false

    func run() throws {
        let (old, new) = (try ComparedFile(path: before), try ComparedFile(path: after))
        for note in old.notes + new.notes { StandardStreams.talk("sockeye: \(note)") }
        let report = DifferenceReport(before: old.summary, after: new.summary)
        if json {
            var writer = JSONWriter(reserving: 8_192)
            report.write(to: &writer)
            writer.endLine()
            StandardStreams.output(writer.bytes)
        } else {
            let style = TerminalStyle.standardOutput(environment: ProcessEnvironment.variables)
            StandardStreams.output(DiffReport(report: report, style: style).text)
        }
        switch report.verdict {
        case .notComparable: throw ExitStatus.blind
        case .worse: throw ExitStatus.found
        case .fixed, .better, .same:
            if case .leaking = report.after.verdict { throw ExitStatus.found }
        }
    }
}
