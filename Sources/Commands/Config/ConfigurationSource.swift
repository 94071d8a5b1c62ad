import HTTPProbing
import Measurements
import Monitor

/// Where `run` and `config` take their configuration from: a file, the command line, or both.
struct ConfigurationSource {
    /// The file; nil when there is none.
    var path: String?
    /// Targets on the command line; they are added to the file's.
    var options: TargetOptions
    /// `--interval` for the targets on the command line.
    var interval: String?

    /// Reads everything; nothing is kept from one time to the next.
    func load() throws -> MonitorConfiguration {
        var configuration = MonitorConfiguration()
        if let path { configuration = try Self.load(path) }
        if path == nil || options.namesTargets {
            var targets = try options.targets()
            if let interval {
                let period = try DurationArgument.parse(interval, option: "--interval")
                guard period >= .milliseconds(10) else {
                    throw UsageMessage(message: "--interval \(interval): must be 10ms or more")
                }
                for index in targets.indices { targets[index].interval = period }
            }
            try add(targets, to: &configuration)
        } else if interval != nil {
            throw UsageMessage(
                message: "--interval is for targets on the command line; in a configuration "
                    + "write interval: there")
        }
        return configuration
    }

    /// Reads a file as `config` and `run` do.
    static func load(_ path: String) throws(ConfigurationRefusal) -> MonitorConfiguration {
        let reader = ConfigurationReader(
            environment: ProcessEnvironment.variables,
            patternComplaint: { PatternSyntax.complaint(about: $0) })
        do throws(ConfigurationFaults) {
            return try reader.load(path: path)
        } catch {
            throw ConfigurationRefusal(faults: error)
        }
    }

    private func add(_ targets: [Target], to configuration: inout MonitorConfiguration) throws {
        let ids = Set(configuration.targets.map(\.id))
        for target in targets where ids.contains(target.id) {
            throw UsageMessage(
                message: "\(target.name.escapedForTerminal) is in the configuration too; leave it "
                    + "out of the command line or give it another --name")
        }
        configuration.targets += targets
        configuration.warnings += MonitorConfiguration(targets: targets).warnings
        if !targets.isEmpty, let path {
            configuration.warnings.removeAll { $0 == "\(path): no targets" }
        }
    }
}

/// A configuration that is wrong: every fault at its place.
struct ConfigurationRefusal: UsageFault, CustomStringConvertible {
    var faults: ConfigurationFaults

    var message: String { description }
    var description: String {
        faults.description.split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).escapedForTerminal }.joined(separator: "\n")
    }
}
