import Foundation
import TestWorlds
import Testing

/// What a user sees of `sockeye inspect`.
@Suite(.serialized, .noLeakedDescriptors) struct InspectCommandTests {
    /// Twenty sockets that were never connected, and a pair that is fine.
    private static let leaking = """
        import socket, sys
        held = [socket.socket() for _ in range(20)]
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        client = socket.create_connection(listener.getsockname())
        served, _ = listener.accept()
        print("ready", listener.getsockname()[1], flush=True)
        sys.stdin = None
        import time
        time.sleep(60)
        """
    private static let healthy = """
        import time
        print("ready", flush=True)
        time.sleep(60)
        """

    @Test func `A leak is told with its evidence, and the status says so`() async throws {
        let directory = try TemporaryDirectory("inspect")
        let (child, port) = try await PythonScript.start(
            Self.leaking, name: "leaky_one.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let run = try await Sockeye.run(["inspect", "\(child.id)"])
        #expect(run.status == 1, "\(run.output)")
        #expect(run.output.contains("20 sockets were made and never used"), "\(run.output)")
        #expect(run.output.contains("[ghost-never-connected, certain]"))
        #expect(run.output.contains("23 sockets, 20 of them ghosts"))
        #expect(run.output.contains("TCP LISTEN"))
        #expect(run.output.contains("Python"))
        // Each line is finished, and none is coloured where nobody sees it.
        #expect(!run.output.contains("\u{1B}["))
        #expect(run.output.contains("at 127.0.0.1:\(port)"))
    }

    @Test func `The table lists what was chosen, and nothing else`() async throws {
        let directory = try TemporaryDirectory("inspect")
        let (child, port) = try await PythonScript.start(
            Self.leaking, name: "leaky_two.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        func listed(_ arguments: [String]) async throws -> [[String: Any]] {
            let run = try await Sockeye.run(["inspect", "\(child.id)", "--json"] + arguments)
            return run.objects.first?["socket_list"] as? [[String: Any]] ?? []
        }
        #expect(try await listed(["--verbose"]).count == 23)
        #expect(try await listed(["--state", "ghost"]).count == 20)
        #expect(try await listed(["--state", "never_connected"]).count == 20)
        #expect(try await listed(["--state", "listen"]).count == 1)
        #expect(try await listed(["--state", "established"]).count == 2)
        #expect(try await listed(["--port", port]).count == 3)
        #expect(try await listed(["--peer", "127.0.0.1:\(port)"]).count == 1)
        #expect(try await listed(["--peer", "127.0.0.1"]).count == 2)
        let ends = try await listed(["--state", "established"]).map { $0["direction"] as? String }
        #expect(Set(ends) == ["inbound", "outbound"])
        let wrong = try await Sockeye.run(["inspect", "\(child.id)", "--state", "asleep"])
        #expect(wrong.status == 2)
        #expect(wrong.output.contains("CLOSE_WAIT"), "\(wrong.output)")
    }

    @Test func `A healthy process is called so, by its script's name too`() async throws {
        let directory = try TemporaryDirectory("inspect")
        let (child, _) = try await PythonScript.start(
            Self.healthy, name: "healthy_alone.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let run = try await Sockeye.run(["inspect", "healthy_alone.py"])
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("(\(child.id))"))
        #expect(run.output.contains("no sockets"))
        #expect(run.output.contains("Nothing is wrong"))
    }

    @Test func `A name that two processes fit lists both`() async throws {
        let directory = try TemporaryDirectory("inspect")
        let (first, _) = try await PythonScript.start(
            Self.healthy, name: "healthy_twin.py", in: directory)
        defer { first.stop(signal: SIGKILL, grace: .zero) }
        let second = try ChildProcess(
            ["python3", directory.file("healthy_twin.py")], outputPath: directory.file("second"))
        defer { second.stop(signal: SIGKILL, grace: .zero) }
        try await second.waitForOutput("the script did not start") { $0.contains("ready") }
        let run = try await Sockeye.run(["inspect", "healthy_twin.py"])
        #expect(run.status == 2)
        #expect(run.output.contains("\(first.id)") && run.output.contains("\(second.id)"))
    }

    @Test(arguments: ["2147483647", "no-such-process-here"])
    func `What is not there cannot be looked at`(process: String) async throws {
        let run = try await Sockeye.run(["inspect", process])
        #expect(run.status == 3)
        #expect(run.output.contains("no process"), "\(run.output)")
    }

    @Test(arguments: [
        ["inspect"], ["inspect", "1", "--all"], ["inspect", "0"], ["inspect", "-5"],
    ])
    func `Wrong words are usage`(arguments: [String]) async throws {
        #expect(try await Sockeye.run(arguments).status == 2)
    }

    @Test func `A survey ranks the leak above the healthy`() async throws {
        let directory = try TemporaryDirectory("inspect")
        let (child, _) = try await PythonScript.start(
            Self.leaking, name: "leaky_ranked.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let run = try await Sockeye.run(["inspect", "--all", "--json"], within: .seconds(120))
        #expect(run.status == 1)
        let numbers = run.objects.compactMap { $0["pid"] as? Int }
        let place = try #require(numbers.firstIndex(of: Int(child.id)))
        let clean = run.objects.firstIndex { ($0["findings"] as? [Any])?.isEmpty == true }
        #expect(place < clean ?? .max)
    }
}
