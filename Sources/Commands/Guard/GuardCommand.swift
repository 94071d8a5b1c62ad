import ArgumentParser
import LeakAnalysis
import LinuxKernel
import Measurements

/// `sockeye guard`: a gate that fails when a command leaks.
struct GuardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guard",
        abstract: "Run a command, and fail when it, or what it starts, leaks sockets.",
        usage: """
            sockeye guard [limits] [outputs] -- <command> …
            sockeye guard [limits] [outputs] --pid <process> [--for <duration>]
            """,
        discussion: """
            The command has the streams, the terminal and the exit status that it would have \
            alone. All its processes are looked at while it runs; what they hold at the last look \
            before their end is what survived. Without a limit, nothing may be found that \
            sockeye inspect calls at least likely.

            With --pid a running process is looked at until it ends, after --for, or until \
            SIGTERM or Ctrl-C. Exit status: the command's own when it is not 0, else 1 when a \
            limit is broken; 2 wrong usage; 3 nothing could be looked at.
            """)

    @Option(help: "Sockets at one time in all its processes together.")
    var maxSockets: Int?

    @Option(help: "Ghosts that two looks in a row show.")
    var maxGhosts: Int?

    @Option(help: "How much sockets, or descriptors of a process, may grow: 0.5/s, 30/m, 100/h.")
    var maxGrowth: String?

    @Option(help: "Findings that are at least likely. Default 0 when there is no other limit.")
    var maxFindings: Int?

    @Option(help: "How long after the start nothing counts towards sockets, ghosts and growth.")
    var settle = "0s"

    @Option(help: "From one look to the next.")
    var every = "250ms"

    @Option(help: "A running process, by number or name, and its descendants.")
    var pid: String?

    @Option(name: .customLong("for"), help: "With --pid: stop after this long.")
    var length: String?

    @Option(help: ArgumentHelp("Write the result as JSON (sockeye.guard/1).", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("Write the limits as test cases in XML.", valueName: "file"))
    var junit: String?

    @Flag(help: "Print broken limits as annotations of GitHub Actions too.")
    var githubAnnotations = false

    @Argument(parsing: .postTerminator, help: "The command and its words.")
    var command: [String] = []

    func validate() throws {
        guard command.isEmpty != (pid == nil) else {
            throw ValidationError("give a command after --, or a process by --pid")
        }
        guard length == nil || pid != nil else {
            throw ValidationError("--for is for --pid: a command is looked at until it ends")
        }
        for (name, value) in [
            ("--max-sockets", maxSockets), ("--max-ghosts", maxGhosts),
            ("--max-findings", maxFindings),
        ] where (value ?? 0) < 0 {
            throw ValidationError("\(name): 0 or more")
        }
    }

    func run() throws {
        let plan = try plan()
        let results = try (
            json.map { try ResultFile(path: $0, option: "--json") },
            junit.map { try ResultFile(path: $0, option: "--junit") }
        )
        var session = GuardSession(plan: plan)
        let outcome =
            if let pid {
                try session.watch(try ProcessArgument.pid(pid))
            } else {
                try session.run(command)
            }
        let report = GuardReport(outcome: outcome)
        let style = TerminalStyle.standardError(environment: ProcessEnvironment.variables)
        StandardStreams.talk(report.text(style))
        if githubAnnotations { StandardStreams.output(GitHubAnnotations.text(outcome)) }
        let isKept = [
            keep(report.json, in: results.0),
            keep(JUnitReport(outcome: outcome, time: WallClock.now).bytes, in: results.1),
        ].allSatisfy { $0 }
        throw isKept || outcome.exitCode != ExitStatus.fine ? outcome.exitCode : ExitStatus.usage
    }

    /// Writes a result; false, with the reason said, when it could not be kept.
    private func keep(_ bytes: [UInt8], in file: ResultFile?) -> Bool {
        do throws(UsageMessage) {
            try file?.write(bytes)
            return true
        } catch {
            StandardStreams.talk(error.message)
            return false
        }
    }

    private func plan() throws(UsageMessage) -> GuardPlan {
        let growth = try maxGrowth.map { text throws(UsageMessage) in try GuardPlan.growth(text) }
        let watch = try WatchPlan(every: every, length: length)
        let hasLimit = (maxSockets ?? maxGhosts ?? maxFindings) != nil || growth != nil
        return GuardPlan(
            limits: GuardLimits(
                sockets: maxSockets, ghosts: maxGhosts, growthPerSecond: growth,
                settle: try DurationArgument.parse(settle, option: "--settle")),
            findings: hasLimit ? maxFindings : GuardPlan.findingsByDefault, every: watch.every,
            length: watch.length)
    }
}
