import ArgumentParser
import Measurements
import Monitor

/// `sockeye config show`: what a configuration means after defaults.
struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every setting of every target after defaults and groups.",
        discussion: """
            The output is a configuration itself. Passwords, tokens and the values of \
            Authorization and Cookie fields are never shown: they stand as <secret>.

            Exit status: 0 it is right; 2 it is wrong.
            """)

    @Argument(help: "The configuration file (YAML).")
    var file: String

    @Flag(help: "One JSON object instead of YAML.")
    var json = false

    func run() async throws {
        let configuration = try ConfigurationSource.load(file)
        for warning in configuration.warnings {
            StandardStreams.talk("warning: \(warning.escapedForTerminal)")
        }
        guard json else {
            StandardStreams.output(configuration.yaml)
            return
        }
        var writer = JSONWriter(reserving: 1024 * (configuration.targets.count + 1))
        configuration.write(to: &writer)
        writer.endLine()
        StandardStreams.output(writer.bytes)
    }
}
