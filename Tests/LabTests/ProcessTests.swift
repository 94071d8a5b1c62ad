import Glibc
import Measurements
import TestWorlds
import Testing

@testable import Lab

/// Clients in processes of their own: here shell scripts that speak the same lines.
@Suite(.serialized, .noLeakedDescriptors) struct ProcessTests {
    @Test func `A story tells what its client measured and what the inspector saw`()
        async throws
    {
        let runs = try await story(Self.good, inspector: Eyes()).run(
            beginning: { _ in }, done: { _ in })
        let run = try #require(runs.first)
        #expect(run.client == .shared)
        #expect(run.result.probes == 7)
        #expect(run.result.errors.map(\.count) == [2])
        #expect(run.result.inspection == Eyes.seen)
        #expect(run.result.inspectionFault == nil)
        #expect(!run.samples.isEmpty)
        #expect(json(run.result).contains(#""ghosts":3"#))
        #expect(json(run.result).contains(#""findings":["unread-body"]"#))
    }

    @Test func `Without an inspector nothing is said to be found`() async throws {
        let runs = try await story(Self.good, inspector: nil).run(
            beginning: { _ in }, done: { _ in })
        let result = try #require(runs.first).result
        #expect(result.inspectionFault == "It was not inspected.")
        #expect(json(result).contains(#""ghosts":null"#))
        #expect(json(result).contains(#""findings":[]"#))
    }

    @Test func `An inspector that fails leaves the measurement`() async throws {
        let runs = try await story(Self.good, inspector: Blind()).run(
            beginning: { _ in }, done: { _ in })
        let result = try #require(runs.first).result
        #expect(result.probes == 7)
        #expect(result.inspectionFault == "It could not be inspected: nothing to see")
    }

    @Test func `A client that ends early is a fault with its status`() async throws {
        await #expect(throws: ClientProcessFault.ended(client: "shared", status: 3)) {
            _ = try await story("exit 3", inspector: nil).run(beginning: { _ in }, done: { _ in })
        }
        await #expect(throws: ClientProcessFault.ended(client: "shared", status: -9)) {
            _ = try await story("kill -9 $$", inspector: nil).run(
                beginning: { _ in }, done: { _ in })
        }
        await #expect(throws: ClientProcessFault.notStarted(errno: ENOENT)) {
            var story = story("", inspector: nil)
            story.launch.program = "/nowhere/sockeye"
            _ = try await story.run(beginning: { _ in }, done: { _ in })
        }
    }

    @Test func `A client that does not go is killed`() async throws {
        let client = try ClientProcess(
            client: "shared", program: "/bin/sh",
            arguments: ["sh", "-c", "echo sockeye-lab started; trap '' TERM; exec sleep 60"])
        while try client.nextMessage() == nil { try await Task.sleep(for: .milliseconds(2)) }
        await client.end()
        #expect(kill(client.id, 0) == -1 && errno == ESRCH)
    }

    @Test func `A client inherits nothing but two pipes and standard error`() async throws {
        // Without close-on-exec, as a careless library would leave it.
        let careless = open("/dev/null", O_RDONLY)
        defer { close(careless) }
        let client = try ClientProcess(
            client: "shared", program: "/bin/sh",
            arguments: [
                "sh", "-c",
                // Nothing in this loop opens a descriptor, as listing the directory would.
                "n=0; i=3; while [ $i -lt 256 ]; do"
                    + " [ -e /proc/$$/fd/$i ] && n=$((n+1)); i=$((i+1)); done;"
                    + "echo sockeye-lab measured client=a probes=$n; read -r _",
            ])
        var message: ClientMessage?
        for _ in 0..<2500 where message == nil {
            message = try client.nextMessage()
            try await Task.sleep(for: .milliseconds(2))
        }
        guard case .measured(let result) = message else {
            Issue.record("\(String(describing: message))")
            return
        }
        #expect(careless < 256)
        #expect(result.probes == 0)
        await client.end()
    }

    @Test func `A message survives its line`() throws {
        var result = LabResult(client: "per-request")
        result.probes = 12
        result.duration = .milliseconds(1500)
        result.processorTime = .nanoseconds(77)
        result.peakSockets = 5
        result.connects = 6
        result.timeWait = 9
        result.maximumResidentBytes = 1 << 40
        result.p99 = .microseconds(3)
        result.errors = [(class: .timeout, count: 4), (class: .reset, count: 1)]
        let line = ClientMessage.measured(result).line
        #expect(line.hasSuffix("\n"))
        guard case .measured(let copy) = ClientMessage(line: String(line.dropLast())) else {
            Issue.record("no message: \(line)")
            return
        }
        #expect(json(copy) == json(result))
        #expect(copy.p50 == nil)
        #expect(copy.duration == result.duration)
    }

    @Test(arguments: [
        "", "hello", "sockeye-lab", "sockeye-lab ended", "sockeye-lab measured",
        "sockeye-lab measured probes=1", "sockeye-lab measured client=a probes=x",
        "sockeye-lab measured client=a probes", "x sockeye-lab started",
    ])
    func `What is no message is none`(line: String) {
        #expect(ClientMessage(line: line) == nil)
    }

    // MARK: Parts

    private static let good = """
        echo noise; echo sockeye-lab started; sleep 0.25
        echo sockeye-lab measured client=shared probes=7 duration=1000000000 error.timeout=2
        read -r _
        """

    private func story(_ script: String, inspector: (any ProcessInspecting)?) -> LabStory {
        LabStory(
            clients: [.shared], target: Target(address: "127.0.0.1"),
            launch: ClientLaunch(program: "/bin/sh") { _, _ in ["sh", "-c", script] },
            duration: .seconds(1), inspector: inspector)
    }

    private func json(_ result: LabResult) -> String {
        var writer = JSONWriter()
        result.write(to: &writer)
        return writer.text
    }

    private struct Eyes: ProcessInspecting {
        static let seen = LabInspection(
            sockets: 8, ghosts: 3,
            findings: [LabInspection.Finding(rule: "unread-body", title: "Bodies wait")])

        func inspect(pid: Int32) throws -> LabInspection {
            try #require(kill(pid, 0) == 0, "the client is alive while it is looked at")
            return Self.seen
        }
    }

    private struct Blind: ProcessInspecting {
        struct Fault: Error, CustomStringConvertible { var description = "nothing to see" }

        func inspect(pid: Int32) throws -> LabInspection { throw Fault() }
    }
}
