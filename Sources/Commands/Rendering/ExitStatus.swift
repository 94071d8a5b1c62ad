import ArgumentParser

/// What the exit status of every command means.
enum ExitStatus {
    /// Everything is fine.
    static let fine = ExitCode(0)
    /// A target is down, a leak was found, a gate failed.
    static let found = ExitCode(1)
    /// The words of the command or the configuration are wrong.
    static let usage = ExitCode(2)
    /// It could not look: permission, no such process.
    static let blind = ExitCode(3)
}
