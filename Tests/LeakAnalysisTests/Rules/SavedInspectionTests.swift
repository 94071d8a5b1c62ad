import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// What `inspect --json` wrote is read back as what it was.
@Suite struct SavedInspectionTests {
    private static func snapshot() -> Snapshot {
        var world = SnapshotBuilder(seed: 5, uptime: 321.5, runtime: .python)
        for _ in 0..<7 { world.add(.established) }
        for _ in 0..<3 { world.add(.closeWait, direction: .inbound) }
        for _ in 0..<4 { world.addGhost(.neverConnected, to: nil) }
        for _ in 0..<2 { world.addGhost(.reset) }
        world.count(.file, 9)
        world.snapshot.process.executable = "/usr/bin/python3.12 \"quoted\" \u{1F980}"
        world.snapshot.churn?.born = 12
        world.snapshot.churn?.died = 11
        world.snapshot.namespace.timeWait = [
            TimeWaitGroup(peer: SnapshotBuilder.server, count: 40, youngest: 10, oldest: 50_000),
            TimeWaitGroup(
                peer: IPEndpoint(bytes: [192, 0, 2, 99], port: 443), count: 5, youngest: 10,
                oldest: 50_000),
        ]
        return world.snapshot
    }

    @Test(arguments: [true, false])
    func `An inspection comes back with all that is compared`(listing: Bool) throws {
        let snapshot = Self.snapshot()
        let saved = try SavedInspection(InspectionJSONTests.bytes(snapshot, listing: listing))
        var series = SnapshotSeries()
        series.observe(snapshot)
        let expected = try #require(series.summary)
        let summary = saved.summary
        #expect(summary.sockets.total == 16 && summary.sockets.ghosts == 6)
        #expect(summary.sockets.byGhost[.neverConnected] == 4)
        #expect(summary.closeWait == expected.closeWait && summary.closeWait == 3)
        #expect(summary.timeWait == expected.timeWait && summary.timeWait == 40)
        #expect(summary.birthsPerSecond == expected.birthsPerSecond)
        #expect(summary.birthsPerSecond == 30)
        #expect(summary.last.descriptors.open == snapshot.descriptors.open)
        #expect(summary.last.descriptors.softLimit == 100_000)
        #expect(summary.last.process.name == "invented")
        #expect(summary.last.process.executable == snapshot.process.executable)
        #expect(summary.last.process.runtime == .python)
        #expect(summary.last.process.uptime == 321.5)
        #expect(summary.last.process.pid == 4_711)
        #expect(summary.last.time == snapshot.time)
        #expect(summary.looks == 1 && summary.verdict == expected.verdict)
        #expect(summary.peakSockets == 16 && summary.peakGhosts == 6)
        let same = DifferenceReport(before: expected, after: summary)
        #expect(same.changes.allSatisfy { $0.before == $0.after }, "\(same.changes)")
    }

    @Test(arguments: [
        ("", "neither a recording nor JSON (the text ends at byte 0)"),
        ("{\"schema\":", "the text ends at byte 10"),
        ("{}", "its schema is not said"),
        ("[]", "its schema is not said"),
        (#"{"schema":"sockeye.diff/1"}"#, "its schema is sockeye.diff/1"),
        (#"{"schema":7}"#, "its schema is not said"),
        (#"{"schema":"sockeye.inspect/1"}"#, "/time is not there"),
        (#"{"schema":"sockeye.inspect/1","time":"yesterday"}"#, "/time is not there"),
        (
            #"{"schema":"sockeye.inspect/1","time":"2027-01-15T08:00:00.000Z","pid":"1"}"#,
            "/pid is not there"
        ),
        (
            #"{"schema":"sockeye.inspect/1","time":"2027-01-15T08:00:00.000Z","pid":1,"#
                + #""descriptors":{"open":-1}}"#, "/descriptors/open is not there"
        ),
        (
            #"{"schema":"sockeye.inspect/1","time":"2027-01-15T08:00:00.000Z","pid":1,"#
                + #""descriptors":{"open":1e300}}"#, "/descriptors/open is not there"
        ),
        (
            #"{"schema":"sockeye.inspect/1","time":"2027-01-15T08:00:00.000Z","pid":1,"#
                + #""descriptors":{"open":1},"sockets":{"total":9e18,"ghosts":1}}"#,
            "/sockets/total is not there"
        ),
        ("{}\n{}", "more than one JSON text (more text at byte 3)"),
    ])
    func `Anything else is refused with its place and what to do`(text: String, reason: String) {
        let fault = #expect(throws: SavedInspection.Fault.self) {
            try SavedInspection(Array(text.utf8))
        }
        #expect(fault?.description.contains(reason) == true, "\(fault?.description ?? "")")
    }

    /// No change of a byte may crash it; what it gives is a value or a fault.
    @Test func `Bytes that are changed by chance are read or refused`() {
        let bytes = InspectionJSONTests.bytes(Self.snapshot(), listing: false)
        var chance = SeededGenerator(seed: 11)
        var refused = 0
        for _ in 0..<3_000 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...4, using: &chance) {
                changed[Int.random(in: 0..<changed.count, using: &chance)] = UInt8.random(
                    in: 0...255, using: &chance)
            }
            if (try? SavedInspection(changed)) == nil { refused += 1 }
        }
        #expect((100..<3_000).contains(refused), "\(refused)")
    }
}
