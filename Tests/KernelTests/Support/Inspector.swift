import Foundation
import TestWorlds
import Testing

/// The product's `inspect`, run as a user runs it.
enum Inspector {
    /// One run: how it ended, what it printed for programs, and what it said to people.
    struct Run {
        var status: Int32
        var output: String
        var talk: String

        /// The result that was printed; fails with all that was said when there is none.
        func inspection(_ location: SourceLocation = #_sourceLocation) throws -> Inspection {
            do {
                return try JSONDecoder().decode(Inspection.self, from: Data(output.utf8))
            } catch {
                Issue.record(
                    "status \(status), no inspection in \(output.prefix(2000)); it said \(talk)",
                    sourceLocation: location)
                throw error
            }
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

    /// Starts it on a process; `prefix` is a command that starts another.
    static func start(
        _ process: pid_t, prefix: [String] = [], program: String = path,
        in directory: TemporaryDirectory
    ) throws -> ChildProcess {
        // Both outputs of a child go to one file, and the result must be alone in it.
        let script = "exec \"$@\" 2>\"$TALK\""
        return try ChildProcess(
            ["/bin/sh", "-c", script, "sh"] + prefix
                + [program, "inspect", "\(process)", "--json", "--verbose"],
            environment: ["TALK": directory.file("talk")],
            outputPath: directory.file("inspection"))
    }

    /// Runs it to its end; a run that takes half a minute is killed, and its status is negative.
    static func run(
        _ process: pid_t, prefix: [String] = [], program: String = path
    ) async throws -> Run {
        let directory = try TemporaryDirectory("inspect")
        let child = try start(process, prefix: prefix, program: program, in: directory)
        let status = try await child.end()
        return Run(status: status, output: child.output, talk: directory.read("talk"))
    }
}

extension ChildProcess {
    /// Waits for its end without holding a thread; kills it after half a minute.
    func end() async throws -> Int32 {
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(30)
        while isRunning, clock.now < limit { try await Task.sleep(for: .milliseconds(2)) }
        return isRunning ? stop(signal: SIGKILL, grace: .zero) : wait()
    }

    /// Waits until it has printed a line that satisfies `condition`, and gives all its lines.
    func lines(
        _ comment: Comment, _ location: SourceLocation = #_sourceLocation,
        until condition: (Substring) -> Bool
    ) async throws -> [Substring] {
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(30)
        while true {
            let text = output
            let lines = text.split(separator: "\n")
            if text.hasSuffix("\n"), lines.contains(where: condition) { return lines }
            try #require(
                isRunning && clock.now < limit, "\(comment); it printed: \(text)",
                sourceLocation: location)
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
