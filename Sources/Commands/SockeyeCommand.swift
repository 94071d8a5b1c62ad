public import ArgumentParser

/// `sockeye`: the root of all commands.
public struct SockeyeCommand: AsyncParsableCommand {
    /// What `--help` says.
    public static let configuration = CommandConfiguration(
        commandName: "sockeye",
        abstract: "An eye on every socket: monitors endpoints on one pool that leaks nothing.",
        version: SockeyeVersion.text,
        subcommands: [
            CheckCommand.self, RunCommand.self, InspectCommand.self, WatchCommand.self,
            DiffCommand.self, GuardCommand.self, TraceCommand.self, LabCommand.self,
            ConfigCommand.self,
        ])

    /// Makes the command.
    public init() {}

    /// Runs what the command line says and exits with the documented status.
    public static func run() async {
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as any UsageFault {
            StandardStreams.talk(error.message)
            exit(withError: ExitStatus.usage)
        } catch let error as BlindFault {
            StandardStreams.talk(error.message)
            exit(withError: ExitStatus.blind)
        } catch {
            // The library's own status for wrong usage is 64; the contract here is 2.
            if exitCode(for: error) == .validationFailure {
                StandardStreams.talk(fullMessage(for: error))
                exit(withError: ExitStatus.usage)
            }
            exit(withError: error)
        }
    }
}

/// The words of a command, or a configuration, are wrong; the message says where and what to do.
protocol UsageFault: Error {
    var message: String { get }
}

/// A usage fault that is only a sentence.
struct UsageMessage: UsageFault {
    var message: String
}

/// The version of this build.
enum SockeyeVersion {
    static let text = "0.1.0"
}
