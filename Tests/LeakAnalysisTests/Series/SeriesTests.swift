import Measurements
import TestWorlds
import Testing

@testable import LeakAnalysis

/// What a series makes of its looks.
@Suite struct SeriesTests {
    /// A series that watches a process for so many seconds.
    static func watch(
        _ process: inout SimulatedProcess, for seconds: Double, every pause: Double = 5,
        _ series: inout SnapshotSeries
    ) {
        let end = process.time + seconds
        while process.time < end {
            series.observe(process.snapshot())
            process.pass(pause)
        }
    }

    private static func pool(_ rate: Double, life: Double) -> SimulatedProcess.Flow {
        SimulatedProcess.Flow(rate: { _ in rate }, life: { _ in life })
    }

    @Test func `Births, deaths and lifetimes are counted by who they are`() throws {
        var process = SimulatedProcess([Self.pool(2, life: 20)], seed: 1)
        process.pass(100)
        var series = SnapshotSeries()
        Self.watch(&process, for: 600, every: 2, &series)
        let summary = try #require(series.summary)
        #expect(summary.looks == 300)
        let births = try #require(summary.birthsPerSecond)
        #expect((1.7...2.3).contains(births))
        let lifetimes = try #require(summary.lifetimes)
        #expect((16...24).contains(lifetimes.median))
        #expect(lifetimes.p99 >= lifetimes.p90 && lifetimes.p90 >= lifetimes.median)
        let recent = try #require(summary.recent)
        #expect((0.8...3.5).contains(recent.birthsPerSecond))
        #expect(summary.sockets.total == series.known.count)
        let rows = series.cohorts(most: 6)
        #expect(rows.count == 6)
        #expect(rows.reduce(0) { $0 + $1.born } == summary.born)
        #expect(rows.reduce(0) { $0 + $1.surviving } == summary.survivors)
        #expect(rows.dropLast(2).allSatisfy { $0.surviving == 0 })
    }

    @Test func `Too early is said with the time to wait, and then it is decidable`() {
        var process = SimulatedProcess([Self.pool(1, life: .infinity)], seed: 2)
        var series = SnapshotSeries()
        Self.watch(&process, for: 60, &series)
        guard case .tooEarly(let seconds) = series.verdict else {
            Issue.record("\(series.verdict)")
            return
        }
        #expect((200...300).contains(seconds))
        Self.watch(&process, for: seconds + 10, &series)
        #expect(series.verdict.leaks.first?.kind == .idleConnection)
        #expect(series.verdict.leaks.first?.peers.first?.peer.port == 80)
    }

    @Test func `A ramp of connections in use grows, and is no leak`() {
        var flow = Self.pool(0.2, life: .infinity)
        flow.use = 10
        var process = SimulatedProcess([flow], seed: 3)
        process.limit = 1_000
        var series = SnapshotSeries()
        Self.watch(&process, for: 1_500, &series)
        guard case .growing(let rate) = series.verdict else {
            Issue.record("\(series.verdict)")
            return
        }
        #expect(rate.low <= 0.2 && rate.high >= 0.15)
        #expect(series.forecast != nil)
    }

    @Test func `An idle timeout longer than the horizon takes the verdict back`() {
        var process = SimulatedProcess([Self.pool(1, life: 620)], seed: 4)
        var series = SnapshotSeries()
        Self.watch(&process, for: 2_400, every: 10, &series)
        #expect(series.verdict.leaks.isEmpty)
    }

    @Test func `The ghosts and CLOSE_WAIT of one leak are both named, and their rates add up`()
        throws
    {
        var flow = Self.pool(1, life: .infinity)
        flow.closeWait = 5
        flow.ghost = 205
        var process = SimulatedProcess([flow], seed: 5)
        var series = SnapshotSeries()
        Self.watch(&process, for: 900, &series)
        let rate = try #require(series.verdict.rate)
        #expect(rate.low <= 1 && rate.high >= 1)
        #expect(series.verdict.leaks.contains { $0.kind == .ghost(.reset) })
        #expect(series.totals.sockets.byGhost[.reset] == series.totals.sockets.ghosts)
    }

    @Test func `What an inbound side holds is not leaked`() {
        var process = SimulatedProcess([Self.pool(1, life: .infinity)], seed: 6)
        var series = SnapshotSeries()
        while process.time < 900 {
            var snapshot = process.snapshot()
            for index in snapshot.sockets.indices { snapshot.sockets[index].direction = .inbound }
            series.observe(snapshot)
            process.pass(5)
        }
        #expect(series.verdict.leaks.isEmpty)
        guard case .growing = series.verdict else {
            Issue.record("\(series.verdict)")
            return
        }
    }

    @Test func `Sockets without clocks are not called unused`() {
        var process = SimulatedProcess([Self.pool(1, life: .infinity)], seed: 7)
        var series = SnapshotSeries()
        while process.time < 900 {
            var snapshot = process.snapshot()
            for index in snapshot.sockets.indices { snapshot.sockets[index].activity = nil }
            series.observe(snapshot)
            process.pass(5)
        }
        #expect(series.verdict.leaks.isEmpty)
    }

    @Test func `Descriptors that are no sockets are judged by their lows`() {
        var process = SimulatedProcess([Self.pool(0.5, life: 10)], seed: 8)
        process.kinds = [
            .eventfd: { 5 + 0.2 * $0 },
            .pipe: { 40 + 10 * ($0 / 60).truncatingRemainder(dividingBy: 1) },
            .file: { min(60, 20 + $0 / 4) },
        ]
        var series = SnapshotSeries()
        Self.watch(&process, for: 900, &series)
        #expect(series.verdict.leaks.map(\.kind) == [.descriptor(.eventfd)])
        let rate = series.verdict.leaks.first?.rate
        #expect(rate.map { $0.low <= 0.21 && $0.high >= 0.19 } == true)
    }

    @Test func `Descriptors that keep step with connections in use are load`() {
        var flow = Self.pool(0.2, life: .infinity)
        flow.use = 10
        var process = SimulatedProcess([flow], seed: 9)
        process.kinds = [.timerfd: { 2 + 0.2 * $0 }]
        var series = SnapshotSeries()
        Self.watch(&process, for: 1_200, &series)
        #expect(series.verdict.leaks.isEmpty)
    }

    @Test func `More descriptors of the same sockets are a leak of their own`() {
        var process = SimulatedProcess([Self.pool(0.5, life: 10)], seed: 10)
        var series = SnapshotSeries()
        while process.time < 900 {
            var snapshot = process.snapshot()
            guard let one = snapshot.sockets.first else {
                process.pass(1)
                continue
            }
            for number in 0..<Int(process.time / 4) {
                var copy = one
                copy.descriptor = Int32(10_000 + number)
                snapshot.sockets.append(copy)
            }
            series.observe(snapshot)
            process.pass(5)
        }
        #expect(series.verdict.leaks.map(\.kind) == [.duplicate])
    }

    @Test func `Another program begins anew`() {
        var process = SimulatedProcess([Self.pool(1, life: 10)], seed: 11)
        var series = SnapshotSeries()
        Self.watch(&process, for: 100, &series)
        var snapshot = process.snapshot()
        snapshot.process.executable = "/usr/bin/new"
        series.observe(snapshot)
        #expect(series.restarts == 0, "a path that was not known before is no other program")
        process.pass(5)
        snapshot = process.snapshot()
        snapshot.process.executable = "/usr/bin/newer"
        series.observe(snapshot)
        #expect(series.restarts == 1 && series.looks == 1 && series.summary?.born == 0)
        // The same look again, or an older one, changes nothing.
        series.observe(snapshot)
        #expect(series.looks == 1)
    }

    @Test func `The memory of a series does not grow with time`() {
        var process = SimulatedProcess([Self.pool(2, life: 10)], seed: 12)
        var series = SnapshotSeries()
        Self.watch(&process, for: 20_000, every: 5, &series)
        #expect(series.known.count < 60)
        #expect(
            series.lives.cohorts.count + series.tables.reduce(0) { $0 + $1.cohorts.count } < 1_500)
        #expect(series.opens.blocks.count <= 240 && series.totals.recent.count <= 128)
        #expect(series.last?.sockets.isEmpty == true)
        #expect(series.verdict.leaks.isEmpty)
    }
}
