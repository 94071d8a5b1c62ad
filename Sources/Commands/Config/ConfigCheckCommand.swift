import ArgumentParser
import HTTPProbing
import Measurements
import Monitor

/// `sockeye config check`: whether a configuration is right.
struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Say whether a configuration is right, and what the pool will do with it.",
        discussion: """
            Every fault is one line, file:line:column: what is wrong and what is expected.

            Exit status: 0 it is right; 2 it is wrong, or cannot fit into this process's limits.
            """)

    @Argument(help: "The configuration file (YAML).")
    var file: String

    @Flag(help: "One JSON object.")
    var json = false

    func run() async throws {
        let configuration: MonitorConfiguration
        do throws(ConfigurationRefusal) {
            configuration = try ConfigurationSource.load(file)
        } catch {
            guard json else { throw error }
            StandardStreams.output(Self.json(faults: error.faults))
            throw ExitStatus.usage
        }
        let sizing = try WorkerSizing(configuration)
        if json {
            StandardStreams.output(self.json(configuration, sizing))
            return
        }
        for warning in configuration.warnings {
            StandardStreams.talk("warning: \(warning.escapedForTerminal)")
        }
        StandardStreams.output(text(configuration, sizing))
    }

    private func text(_ configuration: MonitorConfiguration, _ sizing: WorkerSizing) -> String {
        let targets = configuration.targets.count
        let origins = Set(configuration.targets.map(\.origin)).count
        let warnings = configuration.warnings.count
        var lines = [
            "\(file.escapedForTerminal): right: \(counted(targets, "target")) on "
                + counted(origins, "origin")
                + (warnings > 0 ? ", \(counted(warnings, "warning"))" : ""),
            sizing.budget.arithmetic,
            "at most \(counted(sizing.engine.maxInFlight, "probe")) at once on "
                + counted(sizing.engine.loops, "event loop"),
        ]
        lines += sizing.forecast.map { "pool: \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(Decimals.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    private func json(_ configuration: MonitorConfiguration, _ sizing: WorkerSizing) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("valid")
            json.bool(true)
            json.key("targets")
            json.integer(configuration.targets.count)
            json.key("origins")
            json.integer(Set(configuration.targets.map(\.origin)).count)
            json.key("descriptors")
            json.integer(sizing.budget.limit)
            json.key("descriptors_for_connections")
            json.integer(sizing.budget.connections)
            json.key("max_in_flight")
            json.integer(sizing.engine.maxInFlight)
            json.key("loops")
            json.integer(sizing.engine.loops)
            json.key("forecast")
            json.array { json in sizing.forecast.forEach { json.string($0) } }
            json.key("warnings")
            json.array { json in configuration.warnings.forEach { json.string($0) } }
            json.key("faults")
            json.array { _ in }
        }
        json.endLine()
        return json.bytes
    }

    private static func json(faults: ConfigurationFaults) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("valid")
            json.bool(false)
            json.key("faults")
            json.array { json in
                for fault in faults.faults {
                    json.object { json in
                        json.key("file")
                        json.string(fault.file)
                        json.key("line")
                        json.integer(fault.line)
                        json.key("column")
                        json.integer(fault.column)
                        json.key("message")
                        json.string(fault.message)
                    }
                }
            }
            json.key("omitted_faults")
            json.integer(faults.omitted)
        }
        json.endLine()
        return json.bytes
    }
}
