import Foundation
import TestWorlds
import Testing

/// What a user sees of `sockeye trace` with commands and with children.
@Suite(.serialized, .noLeakedDescriptors) struct TraceFamilyCommandTests {
    private static let server = """
        import socket
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        print("ready", listener.getsockname()[1], flush=True)
        held = []
        while True: held.append(listener.accept())
        """

    /// Counts by function: opened and surviving.
    private static func counts(_ items: Any?) -> [String: [Int]] {
        var counts: [String: [Int]] = [:]
        for item in items as? [[String: Any]] ?? [] {
            guard let name = item["function"] as? String, let opened = item["opened"] as? Int,
                let surviving = item["surviving"] as? Int
            else { continue }
            counts[name] = [opened, surviving]
        }
        return counts
    }

    private static func program(_ directory: TemporaryDirectory) throws -> String? {
        guard let compiler = Compilers.c(for: "tracing a command") else { return nil }
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let program = directory.file("forker")
        try ChildProcess.run(
            [
                compiler, "-O2", "-g", "-o", program,
                folder.appendingPathComponent("Programs/forker.c").path,
            ], outputPath: directory.file("build"))
        return program
    }

    private static func mayTrace() async throws -> Bool {
        let run = try await Sockeye.run(["trace", "\(getpid())", "--for", "1ms"])
        if run.status == 3 { print("not run: tracing, \(run.output)") }
        return run.status != 3
    }

    @Test(arguments: [false, true])
    func `A command is traced from its first instruction, with its children if that is asked`(
        children: Bool
    ) async throws {
        let directory = try TemporaryDirectory("trace")
        guard try await Self.mayTrace(), let program = try Self.program(directory) else { return }
        let (server, port) = try await PythonScript.start(
            Self.server, name: "server.py", in: directory)
        defer { server.stop(signal: SIGKILL, grace: .zero) }
        let files = ["result", "profile", "flames"].map(directory.file)
        // Its input ends at once: it kills its children and ends.
        let run = try await Sockeye.run(
            [
                "trace", "--json", "--output", files[0], "--pprof", files[1], "--flamegraph",
                files[2],
            ]
                + (children ? ["--children"] : []) + ["--", program, port])
        #expect(run.status == 7, "the command's own status: \(run.output)")
        #expect(run.output.contains("ready"))
        let text = try String(contentsOfFile: files[0], encoding: .utf8)
        let object = try #require(JSONText.object(text))
        #expect(object["command_status"] as? Int == 7 && object["lost"] as? Int == 0)
        let site = try #require((object["sites"] as? [[String: Any]])?.first)
        #expect(site["function"] as? String == "dial" && (site["line"] as? Int ?? 0) > 10)
        let callers = Self.counts(site["callers"])
        #expect(callers["leak"] == [3, 3], "\(callers)")
        #expect(callers["use"] == [3, 0], "\(callers)")
        // Children that were killed keep nothing open.
        #expect(callers["leak_in_child"] == (children ? [2, 0] : nil), "\(callers)")
        #expect(callers["leak_in_other_program"] == (children ? [4, 0] : nil), "\(callers)")
        let profile = try Data(contentsOf: URL(fileURLWithPath: files[1]))
        #expect(profile.starts(with: [0x1F, 0x8B]))
        let flames = try String(contentsOfFile: files[2], encoding: .utf8)
        #expect(flames.contains("<svg") && flames.contains("leak"))
    }

    @Test func `What a command and its children have open when its time is over is told once`()
        async throws
    {
        let directory = try TemporaryDirectory("trace")
        guard try await Self.mayTrace(), let program = try Self.program(directory) else { return }
        let (server, port) = try await PythonScript.start(
            Self.server, name: "server.py", in: directory)
        defer { server.stop(signal: SIGKILL, grace: .zero) }
        let files = ["result"].map(directory.file)
        let run = try await Sockeye.run([
            "trace", "--children", "--for", "2s", "--json", "--output", files[0], "--", "/bin/sh",
            "-c", "(echo w; tail -f /dev/null) | \"$0\" \"$1\"", program, port,
        ])
        #expect(run.status == 143, "ended when its time was over: \(run.output)")
        let object = try #require(
            JSONText.object(try String(contentsOfFile: files[0], encoding: .utf8)))
        let site = try #require((object["sites"] as? [[String: Any]])?.first)
        let callers = Self.counts(site["callers"])
        #expect(callers["leak"] == [3, 3] && callers["use"] == [3, 0], "\(callers)")
        #expect(callers["leak_in_child"] == [2, 2], "\(callers)")
        #expect(callers["leak_in_other_program"] == [4, 4], "\(callers)")
        let states = site["states"] as? [String: Int]
        #expect(states?["ESTABLISHED"] == 9, "one that several processes hold counts once")
        try ChildProcess.run(
            ["pkill", "-9", "-f", program], outputPath: directory.file("pkill"))
    }

    @Test func `What is no program, and what cannot be written, is usage`() async throws {
        let directory = try TemporaryDirectory("trace")
        #expect(try await Sockeye.run(["trace", "--", "/nonexistent/program"]).status == 2)
        let plain = try directory.write("text\n", to: "plain")
        #expect(try await Sockeye.run(["trace", "--", plain]).status == 2)
        #expect(try await Sockeye.run(["trace", "1", "--", "true"]).status == 2)
        let run = try await Sockeye.run(
            ["trace", "--output", directory.file("no/such/folder"), "--", "true"])
        #expect(run.status == 2 && run.output.contains("--output"), "\(run.output)")
    }

    private static func goProgram(_ directory: TemporaryDirectory) throws -> String? {
        guard let go = Compilers.go(for: "tracing HTTP/2") else { return nil }
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let source = try String(
            contentsOf: folder.appendingPathComponent("Programs/http2.go"), encoding: .utf8)
        return try Compilers.buildGo(
            source, in: directory, name: "http2", stripped: true, with: go)
    }

    /// With a table of hosts of its own, in a mount namespace.
    @Test func `Connections that are tried by both IP versions are put down to who asked`()
        async throws
    {
        let directory = try TemporaryDirectory("trace")
        guard try await Self.mayTrace(), let program = try Self.goProgram(directory) else { return }
        let hosts = try directory.write("127.0.0.1 both.test\n::1 both.test\n", to: "hosts")
        let inside = [
            "unshare", "-m", "sh", "-c", "mount --bind \"$0\" /etc/hosts && \"$@\"", hosts,
        ]
        guard geteuid() == 0, ChildProcess.isInstalled("unshare"),
            try await Self.output(inside + ["test", "-e", "/proc/net/if_inet6"], directory).status
                == 0
        else {
            return print("not run: tracing both IP versions, this needs root, unshare and IPv6")
        }
        let result = directory.file("result")
        let run = try await Self.output(
            inside + [
                Sockeye.path, "trace", "--json", "--output", result, "--", program, "both.test",
            ], directory)
        #expect(run.status == 9, "\(run.output)")
        let object = try #require(
            JSONText.object(try String(contentsOfFile: result, encoding: .utf8)))
        let sites = Self.counts(object["sites"])
        #expect(sites["main.leakClient"] == [20, 20], "\(sites)")
        #expect(sites["main.leakDial"] == [20, 20], "\(sites)")
    }

    @Test func `Connections over HTTP2 are put down to who asked for them`() async throws {
        let directory = try TemporaryDirectory("trace")
        guard try await Self.mayTrace(), let program = try Self.goProgram(directory) else { return }
        let result = directory.file("result")
        let run = try await Sockeye.run(["trace", "--json", "--output", result, "--", program])
        #expect(run.status == 9, "\(run.output)")
        let object = try #require(
            JSONText.object(try String(contentsOfFile: result, encoding: .utf8)))
        let sites = Self.counts(object["sites"])
        #expect(sites["main.leakTransport"] == [20, 20], "\(sites)")
        // What its server accepts is nobody's of the user's, and named by what accepts.
        #expect(sites["crypto/tls.(*listener).Accept"] == [20, 20], "\(sites)")
    }

    @Test func `Without permission it says which is needed`() async throws {
        let directory = try TemporaryDirectory("trace")
        let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Sockeye.path]
        guard geteuid() == 0, ChildProcess.isInstalled("setpriv"),
            try await Self.output(nobody + ["--version"], directory).status == 0
        else { return print("not run: tracing without permission, this needs root and setpriv") }
        let sleeper = try ChildProcess(["sleep", "60"], outputPath: directory.file("sleeper"))
        defer { sleeper.stop(signal: SIGKILL, grace: .zero) }
        let run = try await Self.output(nobody + ["trace", "\(sleeper.id)"], directory)
        #expect(run.status == 3 && run.output.contains("CAP_"), "\(run.output)")
        #expect(sleeper.isRunning)
        let command = try await Self.output(nobody + ["trace", "--", "true"], directory)
        #expect(command.status == 3 && command.output.contains("CAP_PERFMON"), "\(command.output)")
    }

    private static func output(
        _ words: [String], _ directory: TemporaryDirectory
    ) async throws -> (status: Int32, output: String) {
        let child = try ChildProcess(words, outputPath: directory.file("output"))
        let status = try await child.end(within: .seconds(60))
        return (status, child.output)
    }

    @Test func `Watching tells who asked for what is open`() async throws {
        let directory = try TemporaryDirectory("trace")
        guard try await Self.mayTrace() else { return }
        let (child, _) = try await PythonScript.start(
            """
            import socket, time
            print("ready", 1, flush=True)
            kept = []
            while True: kept.append(socket.socket()); socket.socket().close(); time.sleep(0.05)
            """, name: "opening.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let run = try await Sockeye.run([
            "watch", "\(child.id)", "--trace", "--json", "--every", "500ms", "--for", "2s",
        ])
        let last = try #require(run.output.split(separator: "\n").last { $0.contains("ended") })
        let authors = JSONText.object(String(last))?["authors"] as? [[String: Any]] ?? []
        let surviving = authors.reduce(0) { $0 + ($1["surviving"] as? Int ?? 0) }
        let opened = authors.reduce(0) { $0 + ($1["opened"] as? Int ?? 0) }
        #expect(surviving > 5 && opened >= surviving, "\(run.output)")
        #expect(authors.allSatisfy { $0["function"] as? String != nil })
    }

    @Test func `A socket that listens is no leak`() async throws {
        guard try await Self.mayTrace() else { return }
        let script =
            "import socket, time; one = socket.create_server((\"127.0.0.1\", 0)); time.sleep(60)"
        let run = try await Sockeye.run(["trace", "--for", "2s", "--", "python3", "-c", script])
        #expect(run.status == 143, "\(run.output)")
        #expect(run.output.contains("1 LISTEN") && run.output.contains("✓"), "\(run.output)")
        #expect(!run.output.contains("•") && !run.output.contains("a second more"), "\(run.output)")
    }

    @Test func `A script that says no interpreter is run by the shell`() async throws {
        let directory = try TemporaryDirectory("trace")
        guard try await Self.mayTrace() else { return }
        let script = try directory.write("exit $1\n", to: "script")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script)
        #expect(try await Sockeye.run(["trace", "--", script, "9"]).status == 9)
    }
}
