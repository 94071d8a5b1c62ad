import ArgumentParser
import Lab
import Measurements

/// `sockeye lab`: clients compared on this machine, measured.
struct LabCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lab",
        abstract: "Drive a client in a closed loop and measure what it costs.",
        discussion: """
            The load goes to loopback addresses only, unless --allow-remote is given: a closed \
            loop is as fast as the other side can answer.
            """)

    @OptionGroup var target: TargetOptions

    @Option(help: "Which client: shared.")
    var client = "shared"

    @Option(name: .shortAndLong, help: "Probes under way at once.")
    var concurrency = 64

    @Option(name: .shortAndLong, help: "How long the load runs.")
    var duration = "10s"

    @Option(help: "Event loops of the shared client.")
    var loops = 1

    @Flag(help: "Every probe with a new connection.")
    var fresh = false

    @Flag(help: "Let the load go to an address that is not loopback.")
    var allowRemote = false

    @Flag(help: "One JSON object a client.")
    var json = false

    func validate() throws {
        guard client == "shared" else {
            throw ValidationError("--client \(client): the lab knows the client shared")
        }
        guard loops >= 1, concurrency >= loops else {
            throw ValidationError("--concurrency must be at least --loops, and both at least 1")
        }
    }

    func run() async throws {
        let targets = try target.targets()
        guard targets.count == 1, let target = targets.first else {
            throw UsageMessage(message: "lab: give one target")
        }
        let isLoopback =
            target.address == "localhost" || target.address == "::1"
            || target.address.hasPrefix("127.")
        guard isLoopback || allowRemote else {
            throw UsageMessage(
                message: "lab: \(target.address) is not a loopback address; a closed loop is a "
                    + "load test. Give --allow-remote if the target is yours")
        }
        let client = SharedClient(
            target: target, concurrency: concurrency,
            duration: try DurationArgument.parse(duration, option: "--duration"), fresh: fresh,
            loops: loops)
        let result = try await client.run()
        if json {
            var writer = JSONWriter()
            result.write(to: &writer)
            writer.endLine()
            StandardStreams.output(writer.bytes)
        } else {
            StandardStreams.output(LabReport(result: result).text)
        }
        guard result.errors.isEmpty else { throw ExitStatus.found }
    }
}
