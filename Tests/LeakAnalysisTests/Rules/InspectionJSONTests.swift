import Foundation
import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// `sockeye.inspect/1` has the keys that are promised, and no byte that a terminal obeys.
@Suite struct InspectionJSONTests {
    static func bytes(_ snapshot: Snapshot, listing: Bool = true) -> [UInt8] {
        var json = JSONWriter()
        Inspection(snapshot).write(to: &json, listing: listing ? snapshot.sockets : nil)
        return json.bytes
    }

    static func object(_ snapshot: Snapshot, listing: Bool = true) throws -> [String: Any] {
        let data = Data(bytes(snapshot, listing: listing))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    static func keys(_ value: Any?) throws -> Set<String> {
        Set(try #require(value as? [String: Any]).keys)
    }

    static func everything() -> Snapshot {
        var world = SnapshotBuilder(seed: 3)
        for pattern in PatternTests.all { pattern.build(&world) }
        world.snapshot.coverage.lacks("the moon")
        return world.snapshot
    }

    @Test func `Every key of the contract is there`() throws {
        let snapshot = Self.everything()
        let object = try Self.object(snapshot)
        let wanted: Set = [
            "schema", "time", "pid", "process", "descriptors", "sockets", "groups", "findings",
            "coverage",
        ]
        #expect(Set(object.keys).isSuperset(of: wanted))
        #expect(object["schema"] as? String == "sockeye.inspect/1")
        #expect(object["time"] as? String == "2027-01-15T08:00:00.000Z")
        #expect(object["pid"] as? Int == 4_711)
        #expect(
            try Self.keys(object["process"])
                .isSuperset(of: ["name", "executable", "runtime", "uptime_s"]))
        #expect(
            try Self.keys(object["descriptors"])
                .isSuperset(of: ["open", "limit_soft", "limit_hard", "by_kind"]))
        let sockets = try #require(object["sockets"] as? [String: Any])
        #expect(Set(sockets.keys) == ["total", "ghosts", "by_state", "by_ghost"])
        #expect(
            try Self.keys(sockets["by_ghost"]) == [
                "never_connected", "bound_only", "connect_failed", "reset", "closed",
                "foreign_netns", "other",
            ])
        #expect(sockets["total"] as? Int == snapshot.sockets.count)
        #expect(sockets["ghosts"] as? Int == snapshot.ghosts)
        #expect(try Self.keys(object["coverage"]) == ["complete", "missing"])
        let coverage = try #require(object["coverage"] as? [String: Any])
        #expect(coverage["complete"] as? Bool == false)
        #expect(coverage["missing"] as? [String] == ["the moon"])
    }

    @Test func `Every finding and every group has its keys`() throws {
        let object = try Self.object(Self.everything())
        let findings = try #require(object["findings"] as? [[String: Any]])
        #expect(findings.count >= 15)
        for finding in findings {
            #expect(
                Set(finding.keys) == [
                    "rule", "title", "count", "confidence", "rate_per_s", "seconds_to_limit",
                    "evidence", "advice", "alternatives",
                ])
            let rule = try #require(finding["rule"] as? String)
            #expect(Rule(rawValue: rule) != nil)
            let confidence = try #require(finding["confidence"] as? String)
            #expect(["certain", "likely", "undecided"].contains(confidence))
        }
        let groups = try #require(object["groups"] as? [[String: Any]])
        #expect(!groups.isEmpty)
        for group in groups {
            #expect(
                Set(group.keys).isSuperset(of: [
                    "state", "ghost", "peer", "direction", "count", "idle_s",
                ]))
            if let idle = group["idle_s"] as? [String: Any] {
                #expect(Set(idle.keys) == ["min", "p50", "max"])
            }
        }
        let total = groups.compactMap { $0["count"] as? Int }.reduce(0, +)
        let sockets = try #require(object["sockets"] as? [String: Any])
        #expect(total == sockets["total"] as? Int)
    }

    @Test func `A healthy process has empty findings, and no list unless it is asked for`() throws {
        var world = SnapshotBuilder(seed: 1)
        Healthy.busyPool.build(&world)
        let object = try Self.object(world.snapshot, listing: false)
        #expect((object["findings"] as? [Any])?.isEmpty == true)
        #expect(object["socket_list"] == nil)
        let listed = try Self.object(world.snapshot)
        #expect((listed["socket_list"] as? [Any])?.count == 64)
    }

    @Test(arguments: Runtime.allCases)
    func `A runtime is one of the closed list`(runtime: Runtime) throws {
        let world = SnapshotBuilder(seed: 1, runtime: runtime)
        let object = try Self.object(world.snapshot)
        let process = try #require(object["process"] as? [String: Any])
        let name = try #require(process["runtime"] as? String)
        #expect(["go", "swift", "jvm", "node", "python", "native", "unknown"].contains(name))
    }

    static let hostile = [
        "\u{1B}[2J\u{1B}[31mred", "a\nb\r\nc\td", "\u{9B}31m", "\u{7F}\u{8}", "\"\\", "\u{0}",
        "\u{202E}gnp.exe", "\u{2028}\u{2029}\u{85}", "\u{200B}\u{FEFF}\u{2066}",
    ]

    @Test(arguments: hostile)
    func `What others wrote cannot move a cursor`(text: String) throws {
        var world = SnapshotBuilder(seed: 1)
        world.snapshot.process.name = text
        world.snapshot.process.executable = "/tmp/" + text
        world.snapshot.coverage.lacks(text)
        world.count(.file, 80)
        world.snapshot.descriptors.repeated = [
            RepeatedTarget(target: "/tmp/" + text, kind: .file, count: 80)
        ]
        world.add(.listening, to: nil, direction: .listening) {
            $0.family = .unix
            $0.transport = .unix
            $0.local = .path("@" + text)
            $0.peer = .other(text)
        }
        let bytes = Self.bytes(world.snapshot)
        let written = String(decoding: bytes, as: UTF8.self)
        for scalar in written.unicodeScalars {
            #expect(scalar.value >= 0x20, "a control character")
            #expect(!(0x7F...0x9F).contains(scalar.value), "DEL, or a control character of C1")
            #expect(!scalar.properties.isBidiControl, "text that runs the other way")
        }
        // It is all there for a program that reads it.
        let object = try Self.object(world.snapshot)
        let process = try #require(object["process"] as? [String: Any])
        #expect((process["name"] as? String).map { Array($0.utf8) } == Array(text.utf8))
        let list = try #require(object["socket_list"] as? [[String: Any]])
        #expect((list.first?["local"] as? String).map { Array($0.utf8) } == Array("@\(text)".utf8))
    }
}
