import ArgumentParser
import CallSites
import LeakAnalysis
import LinuxKernel
import Measurements

/// `sockeye trace`: which function asked for the sockets that are still open.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace",
        abstract: "Name the code that asked for the sockets that are still open.",
        discussion: """
            For a running process; it is not stopped, signalled or changed, and no agent is loaded. \
            Sockets that were open before are not told: let it run until new ones have leaked. It \
            needs CAP_PERFMON and CAP_SYS_PTRACE, as root has them. Exit status: 0 it was traced, \
            3 it could not be.
            """)

    @Argument(help: "A process, by number or by name.")
    var process: String

    @Option(name: .customLong("for"), help: "How long; Ctrl-C ends it too.")
    var length = "10s"

    @Flag(help: "One JSON object (sockeye.trace/1).")
    var json = false

    func run() throws {
        let length = try DurationArgument.parse(length, option: "--for")
        let pid = try ProcessArgument.pid(process)
        var session = try TraceSession(pid: pid)
        let outcome = try session.run(for: length)
        if json {
            StandardStreams.output(outcome.json)
        } else {
            let style = TerminalStyle.standardOutput(environment: ProcessEnvironment.variables)
            StandardStreams.output(TraceReport(outcome: outcome, style: style).text)
        }
    }
}
