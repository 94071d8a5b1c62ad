import Foundation
import TestWorlds
import Testing

/// The child that makes every situation, says the truth of each, and checks them again.
final class SituationChild {
    let process: ChildProcess
    private(set) var situations: [Situation] = []
    private(set) var refused: [RefusedSituation] = []
    private let directory: TemporaryDirectory
    private let commands: FileHandle

    /// Starts it and waits until all is made.
    ///
    /// `prefix` is a command that starts another, such as `unshare -n`.
    static func start(
        prefix: [String] = [], options: [String] = []
    ) async throws -> SituationChild {
        let child = try SituationChild(prefix: prefix, options: options)
        try await child.read()
        return child
    }

    private init(prefix: [String], options: [String]) throws {
        directory = try TemporaryDirectory("situations")
        let programs = try Programs.copied(to: directory)
        let place = directory.file("place")
        // The child may be another user, and binds and opens files there.
        for path in [directory.path, place] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o777], ofItemAtPath: path)
        }
        let fifo = directory.file("commands")
        try #require(mkfifo(fifo, 0o666) == 0, "mkfifo: \(String(cString: strerror(errno)))")
        chmod(fifo, 0o666)
        // Open for both, a named pipe waits for nobody and never ends.
        commands = FileHandle(
            fileDescriptor: open(fifo, O_RDWR | O_CLOEXEC), closeOnDealloc: true)
        let script = "exec \"$@\" <\"$COMMANDS\""
        process = try ChildProcess(
            ["/bin/sh", "-c", script, "sh"] + prefix
                + ["python3", "-B", programs + "/situations.py", place] + options,
            environment: ["COMMANDS": fifo], outputPath: directory.file("truth"))
    }

    private func read() async throws {
        let lines = try await process.lines("the situations were not made") {
            $0.hasPrefix("{\"ready\"")
        }
        for line in lines {
            let data = Data(line.utf8)
            if line.hasPrefix("{\"ready\"") {
                let ready = try JSONDecoder().decode(Ready.self, from: data)
                #expect(ready.others.isEmpty, "descriptors that belong to no situation")
            } else if line.contains("\"unavailable\"") {
                refused.append(try JSONDecoder().decode(RefusedSituation.self, from: data))
            } else {
                situations.append(try JSONDecoder().decode(Situation.self, from: data))
            }
        }
        for situation in refused {
            print("unavailable: \(situation.name): \(situation.unavailable), \(situation.reason)")
        }
    }

    private struct Ready: Decodable {
        var others: [String: String]
    }

    /// Lets the child compare itself with what it was before it was looked at.
    func verify(_ location: SourceLocation = #_sourceLocation) async throws {
        try commands.write(contentsOf: Data("verify\n".utf8))
        let lines = try await process.lines("the child did not verify") {
            $0.hasPrefix("{\"verified\"")
        }
        let verdict = try #require(lines.last)
        #expect(verdict == "{\"verified\": true}", sourceLocation: location)
        try commands.write(contentsOf: Data("quit\n".utf8))
        let status = try await process.end()
        #expect(status == 0, "\(process.output)", sourceLocation: location)
    }

    /// Compares what the product says with the truth, each situation by its name.
    func compare(_ inspection: Inspection, _ location: SourceLocation = #_sourceLocation) {
        #expect(inspection.schema == "sockeye.inspect/1", sourceLocation: location)
        #expect(inspection.pid == process.id, sourceLocation: location)
        let rows = Dictionary(
            inspection.rows.map { ($0.descriptor, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(
            rows.count == inspection.rows.count, "a descriptor is listed twice",
            sourceLocation: location)
        let sockets = situations.filter(\.isSocket)
        for situation in sockets {
            guard let row = rows[situation.descriptor] else {
                Issue.record(
                    "\(situation.name): descriptor \(situation.descriptor) is not listed",
                    sourceLocation: location)
                continue
            }
            let differences = situation.differences(from: row)
            #expect(
                differences.isEmpty, "\(situation.name), descriptor \(row.descriptor)",
                sourceLocation: location)
        }
        let known = Set(sockets.map(\.descriptor))
        #expect(Set(rows.keys).subtracting(known).isEmpty, sourceLocation: location)
        compareKinds(inspection, location)
        #expect(
            inspection.rows.count { $0.ghost != nil } == inspection.sockets.ghosts,
            sourceLocation: location)
    }

    private func compareKinds(_ inspection: Inspection, _ location: SourceLocation) {
        #expect(inspection.descriptors.open == situations.count, sourceLocation: location)
        let kinds = situations.map { $0.truths["kind"]?.values ?? ["socket"] }
        for kind in Set(kinds.joined()).compactMap({ $0 }).sorted() {
            let sure = kinds.count { $0 == [kind] }
            let possible = kinds.count { $0.contains(kind) }
            let said = inspection.descriptors.byKind[kind] ?? 0
            #expect((sure...possible).contains(said), "\(kind)", sourceLocation: location)
        }
    }
}

/// The programs in Python that the tests start.
enum Programs {
    private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Situations/Programs").path

    /// Copies them to where every user can read them, and gives that place.
    static func copied(to directory: TemporaryDirectory) throws -> String {
        let place = directory.file("programs")
        try FileManager.default.copyItem(atPath: source, toPath: place)
        let files = try FileManager.default.contentsOfDirectory(atPath: place)
        for path in [directory.path, place] + files.map({ place + "/" + $0 }) {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: path)
        }
        return place
    }
}
