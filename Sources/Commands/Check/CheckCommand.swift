import ArgumentParser
import ConnectionPooling
import HTTPProbing
import Measurements
import Monitor

/// `sockeye check`: one-shot probes.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Probe targets now: is it up, how fast, where did the time go?",
        discussion: """
            A TARGET is a URL, or the tuple of --address, --server-name, --scheme, --path. The \
            connection goes to the address; the server name is the Host header, the SNI and \
            the name the certificate must match.

            Exit status: 0 every target is up; 1 one is down; 2 wrong usage. With --nagios: \
            0 OK, 2 CRITICAL, 3 UNKNOWN.
            """)

    @OptionGroup var target: TargetOptions

    @Option(name: .shortAndLong, help: "Probes of each target; warm after the first.")
    var count = 1

    @Option(name: .shortAndLong, help: "From one probe to the next: 1s, 250ms.")
    var interval = "1s"

    @Flag(help: "Every probe with fresh DNS, TCP and TLS.")
    var fresh = false

    @Flag(help: "One JSON object a line.")
    var json = false

    @Flag(help: "One line and a status for Nagios and its kin.")
    var nagios = false

    func validate() throws {
        guard count >= 1 else { throw ValidationError("--count must be 1 or more") }
        guard !(json && nagios) else {
            throw ValidationError("--json and --nagios exclude each other")
        }
    }

    func run() async throws {
        let targets = try target.targets()
        let pause = try DurationArgument.parse(interval, option: "--interval")
        let budget = DescriptorBudget.raisingLimit()
        let engine = try await ProbeEngine(
            configuration: EngineConfiguration(
                limits: PoolLimits(descriptorBudget: budget.connections)),
            sink: NoSink())
        var session = CheckSession(
            output: json ? .json : nagios ? .nagios : .text,
            style: .standardOutput(environment: ProcessEnvironment.variables),
            isRepeated: count > 1)
        for round in 0..<count {
            if round > 0 { try await Task.sleep(for: pause) }
            for outcome in try await probe(targets, on: engine) { session.add(outcome) }
        }
        session.end()
        try await engine.shutdown()
        guard session.status == 0 else { throw ExitCode(session.status) }
    }

    private func probe(_ targets: [Target], on engine: ProbeEngine) async throws -> [ProbeOutcome] {
        try await withThrowingTaskGroup(of: (Int, ProbeOutcome).self) { group in
            for (index, target) in targets.enumerated() {
                group.addTask { (index, try await engine.probe(target, fresh: fresh)) }
            }
            var outcomes: [(Int, ProbeOutcome)] = []
            for try await outcome in group { outcomes.append(outcome) }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}

/// Nothing is scheduled, so nothing comes here.
private struct NoSink: ProbeOutcomeSink {
    func receive(_ outcomes: [ProbeOutcome]) {}
}
