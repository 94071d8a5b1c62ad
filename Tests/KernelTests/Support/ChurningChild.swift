import TestWorlds
import Testing

/// The child that is never the same for two looks.
enum ChurningChild {
    /// Starts it, `arguments` as in its own description, and waits until it has begun.
    static func start(
        _ arguments: [String], in directory: TemporaryDirectory
    ) async throws -> ChildProcess {
        let programs = try Programs.copied(to: directory)
        let child = try ChildProcess(
            ["python3", "-B", programs + "/churn.py"] + arguments,
            outputPath: directory.file("churn"))
        _ = try await child.lines("the churn did not begin") { $0.hasPrefix("{\"ready\"") }
        return child
    }
}
