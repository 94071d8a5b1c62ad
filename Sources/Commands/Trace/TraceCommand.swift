import ArgumentParser
import CallSites
import LeakAnalysis
import LinuxKernel
import Measurements
import Profiles

/// `sockeye trace`: which function asked for the sockets that are still open.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Name the code that asked for the sockets that are still open.",
        usage: """
            sockeye trace [options] <process>
            sockeye trace [options] -- <command> …
            """,
        discussion: """
            For a running process, which is not stopped, signalled or changed, and loads no agent; \
            or for a command from its first instruction to its end. Sockets that were open before \
            are not told: let it run until new ones have leaked. It needs CAP_PERFMON and \
            CAP_SYS_PTRACE, as root has them. Exit status: the command's own when it is not 0, \
            else 0 it was traced, 2 wrong usage, 3 it could not be.
            """)

    @Argument(help: "A process, by number or by name.")
    var process: String?

    @Option(
        name: .customLong("for"),
        help: ArgumentHelp(
            "How long; a process 10 s unless told otherwise, a command until it ends.",
            valueName: "duration"))
    var length: String?

    @Flag(help: "Trace the processes that it starts, and those it has started, as well.")
    var children = false

    @Flag(help: "One JSON object (sockeye.trace/1).")
    var json = false

    @Option(help: ArgumentHelp("Write the result there, and not to stdout.", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("Write a profile for go tool pprof.", valueName: "file"))
    var pprof: String?

    @Option(
        help: ArgumentHelp("Draw who asked for what survives, as SVG.", valueName: "file"))
    var flamegraph: String?

    @Argument(parsing: .postTerminator, help: "The command and its words.")
    var command: [String] = []

    func validate() throws {
        guard command.isEmpty != (process == nil) else {
            throw ValidationError("give a process, or a command after --")
        }
    }

    func run() throws {
        let given = try length.map { try DurationArgument.parse($0, option: "--for") }
        let files = try TraceFiles(output: output, pprof: pprof, flamegraph: flamegraph)
        let target =
            if let process {
                TraceTarget(
                    process: try ProcessArgument.pid(process), followsChildren: children)
            } else {
                try TraceTarget(command: command, followsChildren: children)
            }
        let length = given ?? (process == nil ? nil : .seconds(10))
        var session = try TraceSession(target)
        let outcome = try session.run(for: length)
        let style = TerminalStyle.standardOutput(environment: ProcessEnvironment.variables)
        let isKept = files.write(
            outcome, json: json, text: TraceReport(outcome: outcome, style: style).text)
        if let status = outcome.commandStatus, status != 0 { throw ExitCode(status) }
        if !isKept { throw ExitStatus.usage }
    }
}
