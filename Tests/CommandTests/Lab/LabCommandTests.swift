import Foundation
import FoundationXML
import TestWorlds
import Testing

/// The whole story, and every client, as a user runs them.
@Suite(.serialized) struct `sockeye lab` {
    @Test func `tells the whole story with numbers that follow it`() async throws {
        let directory = try TemporaryDirectory("lab")
        let picture = directory.file("sockets.svg")
        let result = try await Sockeye.run(
            ["lab", "--duration", "1s", "--concurrency", "8", "--json", "--plot", picture],
            within: .seconds(60))
        #expect(result.status == 0, "\(result.output)")
        let objects = result.objects
        try #require(
            objects.map { $0["client"] as? String } == [
                "per-request", "no-keepalive", "per-request-idle", "unread-body", "shared",
            ], "\(result.output)")
        for object in objects { expectKeys(of: object) }
        for object in objects.prefix(2) {
            #expect(object.number("connects") >= object.number("probes"), "\(object)")
            #expect(object.number("connects") <= object.number("probes") + 8, "\(object)")
            #expect(object.number("peak_sockets") <= 8 + 8, "\(object)")
            #expect(object.number("time_wait") > 0, "\(object)")
        }
        for object in objects[2...3] {
            #expect(object.number("probes") > 50, "\(object)")
            #expect(object.number("connects") >= object.number("probes"), "\(object)")
            #expect(object.number("peak_sockets") >= object.number("probes"), "\(object)")
            let connects = object.number("connects")
            #expect(object.number("peak_sockets") <= connects * 1.1 + 16, "\(object)")
        }
        #expect(objects[4].number("connects") <= 8, "\(objects[4])")
        #expect(objects[4].number("peak_sockets") <= 8, "\(objects[4])")
        #expect(objects[4].number("probes") > objects[0].number("probes"))
        let xml = XMLParser(data: Data(directory.read("sockets.svg").utf8))
        #expect(xml.parse(), "\(String(describing: xml.parserError))")
        #expect(try LabChildren.running().isEmpty)
    }

    @Test func `says it in words`() async throws {
        let result = try await Sockeye.run(
            ["lab", "--duration", "300ms", "--concurrency", "4"], within: .seconds(60))
        #expect(result.status == 0, "\(result.output)")
        // Sentences are broken where lines end.
        let text = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for words in [
            "Socket leaks and their fix, side by side", "TIME_WAIT", "It leaks a socket with every",
            "× the CPU of shared", "connections carried", "inspect: ",
        ] {
            #expect(text.contains(words), "\(words) is not in: \(result.output)")
        }
    }

    @Test(arguments: [
        ("per-request", "2s", "keepalive-disabled"), ("no-keepalive", "2s", "keepalive-disabled"),
        ("per-request-idle", "8s", "abandoned-connections"), ("unread-body", "8s", "unread-body"),
        ("shared", "8s", nil),
    ])
    func `asks what inspect says of a client`(client: String, duration: String, rule: String?)
        async throws
    {
        let result = try await Sockeye.run([
            "lab", "--client", client, "--duration", duration, "--json",
        ])
        let object = try #require(result.objects.first, "\(result.output)")
        #expect(object.number("ghosts") == 0, "\(object)")
        let findings = try #require(object["findings"] as? [String])
        #expect(rule.map(findings.contains) ?? findings.isEmpty, "\(object)")
    }

    @Test func `runs one client against a server of its own`() async throws {
        let result = try await Sockeye.run([
            "lab", "--client", "unread-body", "--duration", "300ms", "--json",
        ])
        #expect(result.status == 0, "\(result.output)")
        #expect(result.objects.map { $0["client"] as? String } == ["unread-body"])
    }

    @Test func `stops a leak before the limit on descriptors`() async throws {
        let result = try await Sockeye.run(
            descriptors: 256,
            ["lab", "--client", "per-request-idle", "--duration", "1s", "--json"])
        #expect(result.status == 0, "\(result.output)")
        let object = try #require(result.objects.first, "\(result.output)")
        #expect((80...128).contains(object.number("peak_sockets")), "\(object)")
        #expect((object["errors"] as? [String: Any])?.isEmpty == true)
    }

    @Test(arguments: ["shared", "per-request", "no-keepalive", "per-request-idle"])
    func `probes a server that the user names`(client: String) async throws {
        try await withRealServer(.nginx()) { server in
            let result = try await Sockeye.run([
                "lab", server.url(), "--client", client, "--concurrency", "4", "--duration",
                "300ms", "--json",
            ])
            #expect(result.status == 0, "\(result.output)")
            let object = try #require(result.objects.first, "\(result.output)")
            #expect(object["client"] as? String == client)
            #expect(object.number("probes") > 10)
        }
    }

    @Test(arguments: [
        (["http://192.0.2.1/"], "not a loopback address"),
        (["http://127.0.0.1.example/"], "not a loopback address"),
        (
            ["http://192.0.2.1/", "--client", "unread-body", "--allow-remote"],
            "never leave loopback"
        ),
        (["https://127.0.0.1/", "--client", "per-request"], "knows plain HTTP"),
        (["--client", "polite"], "polite"), (["--path", "/x"], "need a target"),
        (["--concurrency", "100000000"], "ulimit -n"), (["--loops", "2"], "--client shared"),
        (["--plot", "/nowhere/a.svg"], "/nowhere/a.svg"), (["--duration", "soon"], "soon"),
    ])
    func `refuses what it must not or cannot do`(arguments: [String], words: String)
        async throws
    {
        let result = try await Sockeye.run(["lab"] + arguments)
        #expect(result.status == 2, "\(result.output)")
        #expect(result.output.contains(words), "\(result.output)")
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
    func `leaves no client behind, whatever ends it`(signal: Int32) async throws {
        let directory = try TemporaryDirectory("lab")
        let child = try Sockeye.start(["lab", "--duration", "30s"], in: directory)
        defer { child.stop() }
        try await LabChildren.wait { !$0.isEmpty }
        // To the parent alone: a terminal would send it to its clients as well.
        child.send(signal)
        #expect(try await child.end(within: .seconds(10)) == -signal)
        try await LabChildren.wait { $0.isEmpty }
    }

    private func expectKeys(of object: [String: Any]) {
        let keys: Set = [
            "client", "probes", "probes_per_s", "cpu_us_per_probe", "peak_sockets", "connects",
            "connects_per_s", "time_wait", "ghosts", "p50_ms", "p99_ms", "max_rss_bytes",
            "errors", "findings",
        ]
        #expect(Set(object.keys) == keys)
        #expect(object.number("cpu_us_per_probe") > 0, "\(object)")
        #expect(object.number("max_rss_bytes") > 1_000_000, "\(object)")
        #expect(object["p50_ms"] is NSNumber && object["p99_ms"] is NSNumber, "\(object)")
        #expect((object["errors"] as? [String: Any])?.isEmpty == true, "\(object)")
        #expect(object["findings"] is [String], "\(object)")
    }
}

extension [String: Any] {
    fileprivate func number(_ key: String) -> Double { (self[key] as? NSNumber)?.doubleValue ?? -1 }
}

/// The processes of lab clients on this machine.
private enum LabChildren {
    static func running() throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }
            .filter { id in
                let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
                let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                // A zombie has no command line: it holds nothing any more.
                return words.first == Sockeye.path && words.contains("--as-child")
            }
    }

    static func wait(until condition: ([Int32]) -> Bool) async throws {
        for _ in 0..<1000 {
            if condition(try running()) { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        Issue.record("the clients of the lab: \(try running())")
    }
}
