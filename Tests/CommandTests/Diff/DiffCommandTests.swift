import Foundation
import TestWorlds
import Testing

/// What a user sees of `sockeye diff`; on recordings it is tested with `sockeye watch`.
@Suite(.serialized, .noLeakedDescriptors) struct DiffCommandTests {
    /// Inspects a script after it said that it is ready, and saves what came of it.
    private static func save(
        _ script: String, in directory: TemporaryDirectory, as name: String
    ) async throws -> String {
        let (child, _) = try await PythonScript.start(script, name: "service.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let run = try await Sockeye.run(["inspect", "\(child.id)", "--json"])
        return try directory.write(run.output, to: name)
    }

    private static let leaking = """
        import socket, time
        held = [socket.socket() for _ in range(40)]
        time.sleep(1)
        print("ready", flush=True)
        time.sleep(60)
        """
    private static let fixed = """
        import socket, time
        held = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(2)]
        for one in held: one.connect(("127.0.0.1", 9))
        time.sleep(1)
        print("ready", flush=True)
        time.sleep(60)
        """

    @Test func `Two saved inspections are compared`() async throws {
        let directory = try TemporaryDirectory("diff")
        let before = try await Self.save(Self.leaking, in: directory, as: "before.json")
        let after = try await Self.save(Self.fixed, in: directory, as: "after.json")
        let run = try await Sockeye.run(["diff", before, after])
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.hasPrefix("fixed: 40 dead sockets after "), "\(run.output)")
        #expect(run.output.contains("BEFORE") && run.output.contains("AFTER"))
        let row = run.output.split(separator: "\n").first { $0.hasPrefix("ghosts ") }
        #expect(row?.split(separator: " ").map(String.init) == ["ghosts", "40", "0"])
        let back = try await Sockeye.run(["diff", after, before])
        #expect(back.status == 1, "\(back.output)")
        #expect(back.output.hasPrefix("worse: "))
        let json = try await Sockeye.run(["diff", before, after, "--json"])
        #expect(json.objects.first?["verdict"] as? String == "fixed")
    }

    @Test func `What cannot be compared has a status of its own`() async throws {
        let directory = try TemporaryDirectory("diff")
        let before = try await Self.save(Self.leaking, in: directory, as: "before.json")
        let text = try String(contentsOfFile: before, encoding: .utf8)
        // The interpreter's name is python3, python3.12 or the like.
        let renamed = text.replacing(try Regex(#""name":"[^"]*","executable":"[^"]*""#)) { _ in
            #""name":"other","executable":"/bin/other""#
        }
        let other = try directory.write(renamed, to: "other.json")
        let run = try await Sockeye.run(["diff", before, other])
        #expect(run.status == 3)
        #expect(run.output.contains("not comparable: these are different programs"))
    }

    @Test(arguments: [
        ("", "the file is empty"), ("hello", "this is no recording of sockeye"),
        ("{\"schema\":\"sockeye.lab/1\"}", "its schema is sockeye.lab/1"),
        ("{\"schema\"", "neither a recording nor JSON"),
        ("\tSOCKEYE\r\n", "copy the original again"),
    ])
    func `A file that is neither is named with what to do`(text: String, reason: String)
        async throws
    {
        let directory = try TemporaryDirectory("diff")
        let path = try directory.write(text, to: "some.file")
        let run = try await Sockeye.run(["diff", path, path])
        #expect(run.status == 2, "\(run.output)")
        #expect(run.output.contains("some.file: ") && run.output.contains(reason), "\(run.output)")
    }

    @Test func `A file that is not there is named`() async throws {
        let run = try await Sockeye.run(["diff", "/nowhere/before", "/nowhere/after"])
        #expect(run.status == 2)
        #expect(run.output.contains("/nowhere/before: No such file or directory"))
        #expect(try await Sockeye.run(["diff", "/", "/"]).status == 2)
        #expect(try await Sockeye.run(["diff", "one"]).status == 2)
    }
}
