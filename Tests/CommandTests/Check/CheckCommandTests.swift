import Foundation
import TestWorlds
import Testing

@Suite struct `sockeye check` {
    /// What one object of `--json` holds when nothing was redirected.
    static let keys: Set<String> = [
        "time", "target", "tags", "probe", "address", "server_name", "scheme", "path", "status",
        "error", "phase", "fault", "detail", "elapsed_ms", "phases_ms", "connection",
        "http_version", "body_bytes", "body_cut", "redirects", "dns", "tls", "checks",
        "attempts", "lateness_ms",
    ]

    @Test func `ends with 0 for a target that is up and with 1 for one that is down`()
        async throws
    {
        try await withRealServer(.nginx()) { server in
            let up = try await Sockeye.run(["check", server.url()])
            #expect(up.status == 0, "\(up.output)")
            #expect(up.output.contains("UP") && up.output.contains("status 200"))
            let down = try await Sockeye.run(["check", server.url("/error")])
            #expect(down.status == 1, "\(down.output)")
            #expect(down.output.contains("DOWN") && down.output.contains("check_failed"))
            let both = try await Sockeye.run(["check", server.url(), server.url("/error")])
            #expect(both.status == 1, "\(both.output)")
        }
    }

    @Test(arguments: [
        [], ["--no-such-option", "http://127.0.0.1/"], ["--count", "0", "http://127.0.0.1/"],
        ["--count", "few", "http://127.0.0.1/"], ["--json", "--nagios", "http://127.0.0.1/"],
        ["ftp://127.0.0.1/"], ["http://"], ["http://127.0.0.1:65536/"],
        ["http://127.0.0.1/", "--timeout", "soon"], ["http://127.0.0.1/", "--interval", "-1s"],
    ])
    func `ends with 2 for wrong usage, and says what is wrong`(arguments: [String])
        async throws
    {
        let result = try await Sockeye.run(["check"] + arguments)
        #expect(result.status == 2, "\(result.output)")
        #expect(!result.output.isEmpty)
    }

    @Test func `prints the documented members and no others`() async throws {
        try await withRealServer(.nginx()) { server in
            let plain = try await Sockeye.run(["check", "--json", server.url()])
            let object = try #require(plain.objects.first, "\(plain.output)")
            #expect(Set(object.keys) == Self.keys)
            #expect(object["error"] as? String == "noerror")
            #expect(object["phase"] is NSNull && object["fault"] is NSNull)
            #expect(object["detail"] is NSNull)
            let phases = try #require(object["phases_ms"] as? [String: Any])
            #expect(Set(phases.keys) == ["connect", "send", "wait", "receive"])
            let connection = try #require(object["connection"] as? [String: Any])
            #expect(
                Set(connection.keys) == ["reused", "age_ms", "requests", "local", "peer"])

            let moved = try await Sockeye.run(
                ["check", "--json", "--follow-redirects", server.url("/moved")])
            let hop = try #require(moved.objects.first, "\(moved.output)")
            #expect(Set(hop.keys) == Self.keys.union(["hops"]))
            #expect(hop["redirects"] as? Int == 1)
            let hops = try #require(hop["hops"] as? [[String: Any]])
            #expect(hops.map { Set($0.keys) } == [["url", "status", "phases_ms"]])
        }
    }

    @Test func `says -1, the class, its phase and its fault when nothing answers`()
        async throws
    {
        let server = try await RawServer.start(nil)
        server.stop()
        let result = try await Sockeye.run(["check", "--json", server.url])
        #expect(result.status == 1)
        let object = try #require(result.objects.first, "\(result.output)")
        #expect(Set(object.keys) == Self.keys)
        #expect(object["status"] as? Int == -1)
        #expect(object["error"] as? String == "connect_refused")
        #expect(object["phase"] as? String == "connect")
        #expect(object["fault"] as? String == "target")
    }

    @Test func `speaks the language of Nagios`() async throws {
        try await withRealServer(.nginx()) { server in
            let good = try await Sockeye.run(["check", "--nagios", server.url()])
            #expect(good.status == 0)
            #expect(
                try good.output.wholeMatch(
                    of: Regex(#"HTTP OK - [^|]* status 200 in [0-9.]+ ms \| time=[0-9.]+s;.*\n"#))
                    != nil, "\(good.output)")
            let bad = try await Sockeye.run(["check", "--nagios", server.url("/error")])
            #expect(bad.status == 2)
            #expect(
                try bad.output.wholeMatch(
                    of: Regex(#"HTTP CRITICAL - [^|]* check_failed[^|]* \| time=[0-9.]+s;.*\n"#))
                    != nil, "\(bad.output)")
        }
    }

    @Test func `keeps its connection from one probe to the next`() async throws {
        try await withRealServer(.nginx()) { server in
            let arguments = ["check", "--json", "--count", "3", "--interval", "1ms"]
            let kept = try await Sockeye.run(arguments + [server.url()])
            #expect(kept.objects.map { $0["probe"] as? String } == ["cold", "warm", "warm"])
            #expect(
                try await server.accessRecords(atLeast: 3).requestsByConnection.values.sorted()
                    == [3])
            let fresh = try await Sockeye.run(arguments + ["--fresh", server.url()])
            #expect(fresh.objects.map { $0["probe"] as? String } == ["cold", "cold", "cold"])
            #expect(
                try await server.accessRecords(atLeast: 6).requestsByConnection.values.sorted()
                    == [1, 1, 1, 3])
        }
    }
}
