import ArgumentParser
import LeakAnalysis
import Measurements

/// `sockeye watch`: what the sockets of a process become, and whether they grow.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch the sockets of a process, and say whether they grow.",
        discussion: """
            Growth is judged by what survives, not by counts: warm-up, load and pools that come \
            and go are no leaks, and what cannot be told yet is said to be so. The process is \
            followed through exec, and is not stopped or signalled, and without --trace not traced. On a terminal a live \
            screen, otherwise a line for each look.

            It ends when the process does, after --for, or by Ctrl-C. Exit status: 0 no leak was \
            seen, 1 it leaks, 3 it could not be looked at.
            """)

    @Argument(help: "A process, by number or by name.")
    var process: String

    @Option(help: "From one look to the next.")
    var every = "1s"

    @Option(name: .customLong("for"), help: "Stop after this long.")
    var length: String?

    @Option(
        help: ArgumentHelp(
            "Append every look to this file, for sockeye diff; made when it is not there.",
            valueName: "file"))
    var record: String?

    @Flag(help: "Name the functions that asked for what is open, as sockeye trace does.")
    var trace = false

    @Flag(help: "One JSON object a look (sockeye.watch/1).")
    var json = false

    @Flag(help: "A line for each look, even on a terminal.")
    var plain = false

    func run() throws {
        let plan = try WatchPlan(every: every, length: length)
        let pid = try ProcessArgument.pid(process)
        let style = TerminalStyle.standardOutput(environment: ProcessEnvironment.variables)
        let view: any WatchView =
            if json {
                WatchJSON()
            } else if Terminal.isStandardOutput && !plain {
                WatchScreen(every: plan.every, style: style)
            } else {
                WatchLines(style: style)
            }
        let session = try WatchSession(
            pid: pid, plan: plan, record: record, isTraced: trace, view: view)
        if case .leaking = try session.run() { throw ExitStatus.found }
    }
}
