import Foundation
import TestWorlds
import Testing

/// A child in Python that opens what a test wants, says what it knows, and waits to be ended.
final class PythonChild {
    let process: ChildProcess
    private let directory: TemporaryDirectory

    var id: Int32 { process.id }

    /// Functions that every script may use.
    private static let prelude = """
        import json, os, signal, socket, sys, time

        def inode(thing):
            number = thing if isinstance(thing, int) else thing.fileno()
            return os.fstat(number).st_ino

        def say(facts):
            print(json.dumps(facts), flush=True)

        def hold():
            while True:
                signal.pause()

        def listen(host="127.0.0.1", backlog=5):
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            server = socket.socket(family)
            server.bind((host, 0))
            server.listen(backlog)
            return server

        def connect(server):
            client = socket.create_connection(server.getsockname()[:2])
            accepted, _ = server.accept()
            return client, accepted

        """

    private init(_ script: String, prefix: [String], name: String) throws {
        directory = try TemporaryDirectory("child")
        let path = try directory.write(Self.prelude + script, to: name)
        process = try ChildProcess(
            prefix + ["python3", "-B", path], outputPath: directory.file("output"))
    }

    /// Starts it and waits for what it says first.
    ///
    /// `prefix` is a command that starts another, such as `unshare -n`.
    static func start<Facts: Decodable>(
        _ script: String, prefix: [String] = [], name: String = "child.py",
        says: Facts.Type = Facts.self
    ) async throws -> (PythonChild, Facts) {
        let child = try PythonChild(script, prefix: prefix, name: name)
        return (child, try await child.next())
    }

    /// What its first line says, once it is there.
    private func next<Facts: Decodable>() async throws -> Facts {
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(30)
        while true {
            let output = process.output
            if let end = output.firstIndex(of: "\n"), output.hasPrefix("{") {
                return try JSONDecoder().decode(Facts.self, from: Data(output[..<end].utf8))
            }
            try #require(process.isRunning && clock.now < limit, "it printed: \(output)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The table of its descriptors as the folder shows it.
    func descriptors() throws -> [String: String] {
        let folder = "/proc/\(id)/fd"
        var found: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            found[name] = try FileManager.default.destinationOfSymbolicLink(
                atPath: folder + "/" + name)
        }
        return found
    }

    /// Ends it at once; it is reaped when this returns.
    func end() { process.stop(signal: SIGKILL, grace: .zero) }

    deinit { end() }
}
