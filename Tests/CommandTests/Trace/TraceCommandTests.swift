import Foundation
import TestWorlds
import Testing

/// What a user sees of `sockeye trace`: against the truth that each program tells of itself.
@Suite(.serialized, .noLeakedDescriptors) struct TraceCommandTests {
    /// Whether this user may trace; prints the reason when not.
    private static func mayTrace() async throws -> Bool {
        let run = try await Sockeye.run(["trace", "\(getpid())", "--for", "1ms"])
        if run.status == 3 { print("not run: tracing, \(run.output)") }
        return run.status != 3
    }

    private static let server = """
        import socket, threading
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        held = []
        def serve(one):
            try:
                while True:
                    data = one.recv(65536)
                    if not data: return
                    if b"/endless" in data:
                        one.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 4000000\\r\\n\\r\\n" + b"x" * 1000)
                    else:
                        one.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
            except OSError: pass
        print("ready", listener.getsockname()[1], flush=True)
        while True:
            one, _ = listener.accept()
            held.append(one)
            threading.Thread(target=serve, args=(one,), daemon=True).start()
        """

    /// What a trace said, and what the program says is true: local ports by function.
    private struct Result {
        var object: [String: Any]
        var truth: [Int: String]
        var sites: [[String: Any]] { object["sites"] as? [[String: Any]] ?? [] }

        func site(_ function: String) -> [String: Any]? {
            sites.first { $0["function"] as? String == function }
        }

        /// The functions that were named, by the local port of what they opened.
        var named: [Int: String] {
            var named: [Int: String] = [:]
            for site in sites {
                for socket in site["sockets"] as? [[String: Any]] ?? [] {
                    let port = (socket["local"] as? String)?.split(separator: ":").last
                    if let port, let number = Int(port) {
                        named[number] = site["function"] as? String
                    }
                }
            }
            return named
        }
    }

    /// Traces a program from before it opens anything until it says that it is done.
    private static func trace(
        _ program: String, in directory: TemporaryDirectory
    ) async throws -> Result {
        let (server, port) = try await PythonScript.start(
            server, name: "server.py", in: directory)
        defer { server.stop(signal: SIGKILL, grace: .zero) }
        let tracee = try ChildProcess(
            [program, program.hasSuffix("-c") ? port : "127.0.0.1:\(port)"],
            outputPath: directory.file("told"))
        defer { tracee.stop(signal: SIGKILL, grace: .zero) }
        try await tracee.waitForOutput("it starts") { $0.contains("ready") }
        let trace = try ChildProcess(
            ["/bin/sh", "-c", "exec \"$0\" \"$@\" 2>\"$TALK\"", Sockeye.path]
                + ["trace", "\(tracee.id)", "--for", "120s", "--json"],
            environment: ["TALK": directory.file("talk")], outputPath: directory.file("trace"))
        defer { trace.stop(signal: SIGKILL, grace: .zero) }
        try await waitForTalk(directory, "tracing", trace)
        tracee.send(SIGUSR1)
        try await tracee.waitForOutput("it is done") { $0.contains("done") }
        trace.send(SIGINT)
        #expect(try await trace.end(within: .seconds(60)) == 0, "\(trace.output)")
        #expect(tracee.isRunning)
        var truth: [Int: String] = [:]
        for line in tracee.output.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2, let port = Int(words[1]) { truth[port] = String(words[0]) }
        }
        return Result(object: try #require(JSONText.object(trace.output)), truth: truth)
    }

    private static func waitForTalk(
        _ directory: TemporaryDirectory, _ word: String, _ trace: ChildProcess
    ) async throws {
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(30)
        while true {
            let talk =
                (try? String(contentsOfFile: directory.file("talk"), encoding: .utf8)) ?? ""
            if talk.contains(word) { return }
            try #require(trace.isRunning && clock.now < limit, "\(talk)")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private static func file(_ name: String) throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        return try String(
            contentsOf: folder.appendingPathComponent("Programs/\(name)"), encoding: .utf8)
    }

    @Test(arguments: [false, true])
    func `A program in Go is told which function asked, stripped or not`(stripped: Bool)
        async throws
    {
        guard try await Self.mayTrace(), let go = Compilers.go(for: "tracing a program in Go")
        else { return }
        let directory = try TemporaryDirectory("trace")
        let program = try Compilers.buildGo(
            try Self.file("tracee.go"), in: directory, name: "tracee", stripped: stripped,
            with: go)
        let result = try await Self.trace(program, in: directory)
        let named = result.named
        #expect(result.truth.count >= 180)
        for (port, function) in result.truth {
            #expect(named[port] == function, "port \(port)")
        }
        #expect(result.object["lost"] as? Int == 0)
        let churn = try #require(result.site("main.churn"))
        #expect(churn["opened"] as? Int == 200 && churn["closed"] as? Int == 200)
        #expect(churn["surviving"] as? Int == 0)
        let body = try #require(result.site("main.leakBody"))
        #expect(body["surviving"] as? Int == 60)
        #expect((body["file"] as? String)?.hasSuffix("main.go") == true)
        let stack = try #require(body["stack"] as? [[String: Any]])
        let own = stack.filter { $0["own"] as? Bool == true }.compactMap {
            $0["function"] as? String
        }
        #expect(own.starts(with: ["main.leakBody", "main.layer3", "main.layer2", "main.layer1"]))
        #expect(
            stack.contains {
                $0["function"] as? String == "net/http.(*Transport).queueForDial"
            })
    }

    @Test func `A program in C is told the caller that its chain lacks`() async throws {
        guard try await Self.mayTrace(), let compiler = Compilers.c(for: "tracing a program in C")
        else { return }
        let directory = try TemporaryDirectory("trace")
        let source = try directory.write(try Self.file("tracee.c"), to: "tracee.c")
        let program = directory.file("tracee-c")
        try ChildProcess.run(
            [compiler, "-O2", "-o", program, source, "-lpthread"],
            outputPath: directory.file("build"))
        let result = try await Self.trace(program, in: directory)
        let named = result.named
        #expect(result.truth.count == 130)
        for (port, function) in result.truth {
            #expect(named[port] == function, "port \(port)")
        }
        #expect(result.site("open_and_close")?["surviving"] as? Int == 0)
        #expect(result.site("leak_a_copy")?["surviving"] as? Int == 40)
    }

    /// A thousand times in the long form (`SOCKEYE_SOAK`), thirty times otherwise.
    @Test func `A tracer that is killed at any moment leaves nothing, and is not noticed`()
        async throws
    {
        guard try await Self.mayTrace(), let go = Compilers.go(for: "killing tracers") else {
            return
        }
        let directory = try TemporaryDirectory("trace")
        let program = try Compilers.buildGo(
            try Self.file("busy.go"), in: directory, name: "busy", stripped: true, with: go)
        let busy = try ChildProcess([program], outputPath: directory.file("told"))
        defer { busy.stop(signal: SIGKILL, grace: .zero) }
        try await busy.waitForOutput("it starts") { $0.contains("ready") }
        let mounts = try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)
        let times = ProcessInfo.processInfo.environment["SOCKEYE_SOAK"] == nil ? 30 : 1_000
        var chance = SeededGenerator(seed: 1)
        for round in 0..<times {
            let trace = try Sockeye.start(
                ["trace", "\(busy.id)", "--for", "60s"], in: directory, name: "trace")
            try await Task.sleep(for: .milliseconds(Int.random(in: 0...400, using: &chance)))
            trace.stop(signal: SIGKILL, grace: .zero)
            try #require(busy.isRunning, "round \(round): \(busy.output)")
        }
        busy.send(SIGUSR1)
        #expect(try await busy.end(within: .seconds(20)) == 0)
        #expect(busy.output.contains("failures 0"), "\(busy.output)")
        #expect(!busy.output.contains("failed"), "\(busy.output)")
        #expect(try String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) == mounts)
    }

    @Test func `What was open before is counted, and the words are for people`() async throws {
        guard try await Self.mayTrace() else { return }
        let directory = try TemporaryDirectory("trace")
        let (child, _) = try await PythonScript.start(
            PythonScript.leaking, name: "leaky.py", in: directory, "20")
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let run = try await Sockeye.run(["trace", "leaky.py", "--for", "1s"])
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("process \(child.id) was traced for 1"), "\(run.output)")
        #expect(run.output.contains("still open"))
        #expect(run.output.contains("open that were opened before"), "\(run.output)")
        #expect(child.isRunning)
    }

    @Test func `A process that ends ends the trace`() async throws {
        guard try await Self.mayTrace() else { return }
        let directory = try TemporaryDirectory("trace")
        let child = try ChildProcess(["sleep", "1"], outputPath: directory.file("sleep"))
        let run = try await Sockeye.run(["trace", "\(child.id)", "--for", "60s"])
        child.wait()
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("states and peers: the process has ended"), "\(run.output)")
    }

    @Test(arguments: [["trace"], ["trace", "1", "--for", "soon"], ["trace", "0"]])
    func `Wrong words are usage`(arguments: [String]) async throws {
        #expect(try await Sockeye.run(arguments).status == 2)
    }

    @Test func `What is not there cannot be traced`() async throws {
        #expect(try await Sockeye.run(["trace", "2147483647"]).status == 3)
    }
}
