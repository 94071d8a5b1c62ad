import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// Two recordings of the same program, before a change and after it.
@Suite struct DifferenceTests {
    private typealias Flow = SimulatedProcess.Flow

    /// A client that opens a connection for each request, and how long it keeps it.
    private static func client(_ rate: Double, life: Double) -> Flow {
        Flow(rate: { _ in rate }, life: { _ in life })
    }

    /// A client that shares some connections and uses them.
    private static var shared: Flow {
        Flow(rate: { $0 < 20 ? 0.5 : 0 }, use: 2)
    }

    private static var ghosts: Flow {
        var flow = client(0.5, life: .infinity)
        flow.closeWait = 4
        flow.ghost = 60
        return flow
    }

    private static func series(
        _ flows: [Flow], for seconds: Double, every pause: Double = 5, seed: UInt64 = 1,
        after start: Double = 0, change: (inout Snapshot) -> Void = { _ in }
    ) throws -> SeriesSummary {
        var process = SimulatedProcess(flows, seed: seed)
        process.pass(start)
        var series = SnapshotSeries()
        repeat {
            var snapshot = process.snapshot()
            snapshot.process.name = "client"
            snapshot.process.uptime = process.time + 6
            change(&snapshot)
            series.observe(snapshot)
            process.pass(pause)
        } while process.time <= start + seconds
        return try #require(series.summary)
    }

    private static func compare(_ before: SeriesSummary, _ after: SeriesSummary)
        -> DifferenceReport
    {
        DifferenceReport(before: before, after: after)
    }

    @Test func `A leak that is gone is fixed`() throws {
        let before = try Self.series([Self.client(1, life: .infinity)], for: 600)
        let after = try Self.series([Self.shared], for: 600)
        let report = Self.compare(before, after)
        #expect(report.verdict == .fixed, "\(report.reason)")
        #expect(report.reason.contains("does not leak any more"))
        let back = Self.compare(after, before)
        #expect(back.verdict == .worse, "\(back.reason)")
    }

    @Test func `A leak that is slower is better, and one that is faster is worse`() throws {
        let fast = try Self.series([Self.client(2, life: .infinity)], for: 700)
        let slow = try Self.series([Self.client(0.3, life: .infinity)], for: 700)
        #expect(Self.compare(fast, slow).verdict == .better)
        #expect(Self.compare(slow, fast).verdict == .worse)
        let again = try Self.series([Self.client(2, life: .infinity)], for: 700, seed: 2)
        #expect(Self.compare(fast, again).verdict == .same)
    }

    @Test func `Ghosts that are gone are fixed within a minute and a half`() throws {
        let before = try Self.series([Self.ghosts], for: 120)
        let after = try Self.series([Self.shared], for: 120)
        #expect(Self.compare(before, after).verdict == .fixed)
    }

    @Test func `Single looks are compared by their dead sockets and their ages`() throws {
        let before = try Self.series([Self.ghosts], for: 0, after: 600)
        let fixed = try Self.series([Self.shared], for: 0, after: 600)
        let young = try Self.series([Self.shared], for: 0, after: 5)
        #expect(before.looks == 1)
        #expect(Self.compare(before, fixed).verdict == .fixed)
        let report = Self.compare(before, young)
        #expect(report.verdict == .notComparable)
        #expect(report.reason.contains("too short"), "\(report.reason)")
        #expect(!report.changes.contains { $0.measure == "survivors" })
    }

    @Test func `Single looks without dead sockets ask for a recording`() throws {
        let before = try Self.series([Self.client(1, life: .infinity)], for: 0, after: 60)
        let report = Self.compare(before, before)
        #expect(report.verdict == .notComparable)
        #expect(report.reason.contains("--record"))
    }

    @Test func `Connections for each request that are shared now are fixed`() throws {
        let before = try Self.series(
            [Self.client(20, life: 0.5)], for: 400, every: 5,
            change: { snapshot in
                snapshot.churn = Churn(seconds: 0.25, looks: 2)
                snapshot.churn?.born = 5
            })
        let after = try Self.series([Self.shared], for: 400)
        let report = Self.compare(before, after)
        #expect(report.verdict == .fixed, "\(report.reason)")
        #expect(report.reason.contains("connections a second"))
    }

    @Test func `What cannot be compared is told with the reason`() throws {
        let one = try Self.series([Self.shared], for: 400)
        var other = one
        other.last.process.name = "server"
        other.last.process.executable = "/usr/bin/server"
        #expect(Self.compare(one, other).reason.contains("different programs: client before"))
        let silent = try Self.series([Self.client(0, life: 1)], for: 400)
        #expect(Self.compare(silent, one).verdict == .notComparable)
        #expect(Self.compare(one, silent).verdict == .notComparable)
        let short = try Self.series([Self.shared], for: 60)
        let report = Self.compare(one, short)
        #expect(report.verdict == .notComparable)
        #expect(report.reason.hasPrefix("AFTER was watched for 60 s, and"), "\(report.reason)")
        #expect(Self.compare(one, one).verdict == .same)
    }

    @Test func `The JSON has the documented keys`() throws {
        let before = try Self.series([Self.client(1, life: .infinity)], for: 600)
        let after = try Self.series([Self.shared], for: 600)
        var json = JSONWriter()
        Self.compare(before, after).write(to: &json)
        let text = json.text
        #expect(
            text.hasPrefix(#"{"schema":"sockeye.diff/1","verdict":"fixed","reason":"it leaked "#))
        for part in [
            #""before":{"time":"#, #""after":{"#, #""growth":{"verdict":"leaking","#,
            #""kind":"idle_connection""#, #""seconds_to_limit":{"expected":"#,
            #""changes":[{"measure":"sockets","before":"#, #""unit":"sockets"}"#,
            #"{"measure":"growth_per_s","#, #""seconds_to_limit":null"#,
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }
}
