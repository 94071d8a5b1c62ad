import ArgumentParser
import Lab
import Measurements

/// `sockeye lab`: clients that leak and waste beside the one that does not, measured.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "Reproduce socket leaks and their fix on this machine, side by side.",
        discussion: """
            Without a target: a server on loopback, then five clients, each in a process of its \
            own: per-request, no-keepalive, per-request-idle, unread-body and shared. With a \
            target one client, shared unless --client names another, in a closed loop against it.

            The load goes to loopback addresses only, unless --allow-remote is given: a closed \
            loop is as fast as the other side can answer. Clients that leak or waste never leave \
            loopback.
            """)

    @OptionGroup var target: TargetOptions

    @Option(
        help: ArgumentHelp(
            "One client: per-request, no-keepalive, per-request-idle, unread-body or shared.",
            valueName: "name"))
    var client: LabClient?

    @Option(name: .shortAndLong, help: "Probes under way at once.")
    var concurrency = 64

    @Option(
        name: .shortAndLong,
        help: "How long each load runs. Default 8s, with a target 10s.")
    var duration: String?

    @Option(help: "Event loops of the shared client.")
    var loops = 1

    @Flag(help: "Every probe of the shared client with a new connection.")
    var fresh = false

    @Flag(help: "Let the load of the shared client go to an address that is not loopback.")
    var allowRemote = false

    @Flag(help: "One JSON object a client.")
    var json = false

    @Option(help: ArgumentHelp("Sockets over time as a picture (SVG).", valueName: "file"))
    var plot: String?

    // What this command adds when it starts a client in a process of its own.
    @Flag(help: .hidden)
    var asChild = false

    func validate() throws {
        guard loops >= 1, concurrency >= loops else {
            throw ValidationError("--concurrency must be at least --loops, and both at least 1")
        }
        guard client ?? .shared == .shared || (!fresh && loops == 1) else {
            throw ValidationError("--fresh and --loops are for the client shared")
        }
        guard target.namesTargets || client == .shared || (!fresh && loops == 1) else {
            throw ValidationError("--fresh and --loops need --client shared")
        }
    }

    func run() async throws {
        do {
            let target = try self.target.namesTargets ? oneTarget() : nil
            if asChild { try await runAsChild(target) }
            if let target, client ?? .shared == .shared, plot == nil {
                try await runHere(target)
            } else {
                try await runStory(target)
            }
        } catch let fault as ClientLoadFault {
            throw UsageMessage(message: "lab: \(fault)")
        } catch let fault as ClientProcessFault {
            StandardStreams.talk("lab: \(fault)")
            throw ExitStatus.blind
        }
    }

    /// The shared client in this process.
    private func runHere(_ target: Target) async throws {
        let inspector = LabInspector()
        let result = try await load(.shared, target, defaultDuration: "10s").run(
            holding: { await $0.inspect(with: inspector) })
        if json {
            write(result)
        } else {
            StandardStreams.output(LabReport(result: result).text)
        }
        guard result.errors.isEmpty else { throw ExitStatus.found }
    }

    /// One client, or all of them, each in a process of its own.
    private func runStory(_ target: Target?) async throws {
        let load = try storyLoad(target)
        let picture = try plot.map { try ResultFile(path: $0, option: "--plot") }
        let story = LabStory(
            clients: client.map { [$0] } ?? (target == nil ? LabClient.allCases : [.shared]),
            target: target, launch: launch(duration: load.duration, hasTarget: target != nil),
            duration: load.duration, inspector: LabInspector())
        let runs = try await story.run(
            beginning: { client in
                guard Terminal.isStandardError else { return }
                StandardStreams.talk(
                    "\(client.rawValue): \(DurationText.format(story.duration)) …")
            },
            done: { run in if json { write(run.result) } })
        let report = StoryReport(
            runs: runs, concurrency: concurrency, duration: story.duration,
            descriptorLimit: LabStory.descriptorLimit, target: target)
        if !json { StandardStreams.output(report.text) }
        if let picture {
            let plot = SocketPlot(title: report.title, subtitle: report.conditions, runs: runs)
            try picture.write(Array(plot.svg.utf8))
        }
        // Without a target the failures of a client that wastes are part of the story.
        guard runs.allSatisfy({ mayFail($0, target) || $0.result.errors.isEmpty }) else {
            throw ExitStatus.found
        }
    }

    private func mayFail(_ run: LabRun, _ target: Target?) -> Bool {
        target == nil && run.client != .shared
    }

    /// The load of every client of the story; the words of the command are looked at before
    /// anything starts.
    private func storyLoad(_ target: Target?) throws -> ClientLoad {
        let load = try load(
            client ?? .shared, target ?? Target(address: "127.0.0.1"),
            defaultDuration: target == nil ? "8s" : "10s")
        try load.refuseWhatIsUnknown()
        let endpoint = self.target.endpoint
        guard
            target != nil
                || (endpoint.path ?? endpoint.serverName ?? endpoint.name) == nil
                    && endpoint.port == nil && endpoint.scheme == nil
        else {
            throw UsageMessage(message: "lab: --path, --port and the like need a target")
        }
        guard concurrency <= LabStory.mostUnderWay else {
            throw UsageMessage(
                message: "lab: --concurrency \(concurrency): at most \(LabStory.mostUnderWay) "
                    + "with a limit of \(LabStory.descriptorLimit) descriptors (ulimit -n)")
        }
        return load
    }

    private func load(
        _ client: LabClient, _ target: Target, defaultDuration: String
    ) throws -> ClientLoad {
        let text = duration ?? defaultDuration
        guard
            let duration = try OptionText.duration(
                text, "--duration", atLeast: .milliseconds(100))
        else { preconditionFailure("a duration that is given is read") }
        return ClientLoad(
            client: client, target: target, concurrency: concurrency, duration: duration,
            fresh: fresh, loops: loops)
    }

    /// The same command line again, with the client named and the server of the lab as its target.
    private func launch(duration: Duration, hasTarget: Bool) -> ClientLaunch {
        let words = CommandLine.arguments
        let length = DurationText.exact(duration)
        return ClientLaunch(program: OwnProgram.path) { client, url in
            // What comes later wins, and what the user said is said again.
            Array(words.prefix(2)) + ["--as-child"] + (hasTarget ? [] : [url])
                + ["--client", client.rawValue, "--duration", length] + words.dropFirst(2)
        }
    }

    private func runAsChild(_ target: Target?) async throws -> Never {
        guard let target else { throw UsageMessage(message: "lab: a child needs a target") }
        try await ClientSide.run(load(client ?? .shared, target, defaultDuration: "10s"))
    }

    private func oneTarget() throws -> Target {
        let targets = try target.targets()
        guard targets.count == 1, let target = targets.first else {
            throw UsageMessage(message: "lab: give one target")
        }
        guard !LoopbackAddress.isLoopback(target.address) else { return target }
        guard client ?? .shared == .shared else {
            throw UsageMessage(
                message: "lab: \(target.address.escapedForTerminal) is not a loopback address, and "
                    + "clients that leak or waste never leave loopback")
        }
        guard allowRemote else {
            throw UsageMessage(
                message: "lab: \(target.address.escapedForTerminal) is not a loopback address; a "
                    + "closed loop is a load test. Give --allow-remote if the target is yours")
        }
        return target
    }

    private func write(_ result: LabResult) {
        var writer = JSONWriter()
        result.write(to: &writer)
        writer.endLine()
        StandardStreams.output(writer.bytes)
    }
}

/// Which addresses are this machine's own.
enum LoopbackAddress {
    /// `localhost` (RFC 6761, section 6.3), `::1`, and literals of 127.0.0.0/8; a name that only
    /// begins like one is none.
    static func isLoopback(_ address: String) -> Bool {
        if address == "localhost" || address == "::1" { return true }
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
