import ArgumentParser

/// `sockeye config`: is a configuration right, and what does it mean?
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check a configuration, or show what it means after defaults.",
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self])
}
