import ArgumentParser

/// `sockeye config` tells whether a configuration is right, and what it means.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check a configuration, or show what it means after defaults.",
        subcommands: [ConfigCheckCommand.self, ConfigShowCommand.self])
}
