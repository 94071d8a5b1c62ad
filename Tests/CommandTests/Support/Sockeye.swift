import Foundation
import TestWorlds
import Testing

/// The product itself, as a user starts it.
enum Sockeye {
    struct Result {
        var status: Int32
        var output: String

        /// Each line as JSON objects, lines of talk left out.
        var objects: [[String: Any]] {
            output.split(separator: "\n").compactMap { JSONText.object(String($0)) }
        }
    }

    /// The program beside the bundle of tests, where the package manager builds both.
    static let path: String = {
        let folders =
            CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
            .map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
            + [Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent()]
            .compactMap { $0 }
        let candidates = folders.map { $0.appendingPathComponent("sockeye").path }
        return candidates.first(where: FileManager.default.isExecutableFile)
            ?? candidates.first ?? "sockeye"
    }()

    /// Starts it in the background; both outputs go to `name` in the directory.
    static func start(
        _ arguments: [String], in directory: TemporaryDirectory, name: String = "output"
    ) throws -> ChildProcess {
        try ChildProcess([path] + arguments, outputPath: directory.file(name))
    }

    /// Runs it to its end; a run that does not end is killed, and its status is negative.
    static func run(
        _ arguments: [String], within limit: Duration = .seconds(30)
    ) async throws -> Result {
        try await run(command: [path] + arguments, within: limit)
    }

    /// The same in a shell that first lowers the limit on descriptors.
    static func run(
        descriptors: Int, _ arguments: [String], within limit: Duration = .seconds(30)
    ) async throws -> Result {
        let script = "ulimit -n \(descriptors); exec \"$0\" \"$@\""
        return try await run(
            command: ["/bin/sh", "-c", script, path] + arguments, within: limit)
    }

    private static func run(command: [String], within limit: Duration) async throws -> Result {
        let directory = try TemporaryDirectory("command")
        let child = try ChildProcess(command, outputPath: directory.file("output"))
        let status = try await child.end(within: limit)
        return Result(status: status, output: child.output)
    }
}

extension ChildProcess {
    /// Waits for its end without holding a thread; kills it after `limit`.
    func end(within limit: Duration) async throws -> Int32 {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while isRunning, clock.now < end { try await Task.sleep(for: .milliseconds(5)) }
        return isRunning ? stop(signal: SIGKILL, grace: .zero) : wait()
    }

    /// Waits until what it printed satisfies `condition`, for at most ten seconds.
    func waitForOutput(
        _ comment: Comment, _ location: SourceLocation = #_sourceLocation,
        until condition: (String) -> Bool
    ) async throws {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(10)
        while isRunning, clock.now < end, !condition(output) {
            try await Task.sleep(for: .milliseconds(5))
        }
        let text = output
        try #require(condition(text), "\(comment); it printed: \(text)", sourceLocation: location)
    }
}

/// JSON for the eyes of tests.
enum JSONText {
    static func object(_ text: String) -> [String: Any]? {
        try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    }
}
