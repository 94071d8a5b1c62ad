import Measurements
import ProbeScheduling
import TestWorlds
import Testing

/// When targets are due.
struct ProbeScheduleTests {
    let start = MonotonicInstant(nanoseconds: 77_000_000_123)

    func id(_ number: Int) -> TargetID { TargetID(rawValue: "\(number)") }

    func due(_ schedule: inout ProbeSchedule, at now: MonotonicInstant) -> [DueProbe] {
        var due: [DueProbe] = []
        schedule.takeDue(at: now, into: &due)
        return due
    }

    @Test func `Every target is due once in each interval, at its own place`() {
        var schedule = ProbeSchedule(startingAt: start)
        let interval = Duration.seconds(10)
        for slot in 0..<100 {
            schedule.add(slot, id: id(slot), interval: interval, firstProbe: .spread, at: start)
        }
        var times: [Int: [MonotonicInstant]] = [:]
        var last = start
        for millisecond in 1...50_002 {
            let now = start + .milliseconds(millisecond)
            for probe in due(&schedule, at: now) {
                times[probe.slot, default: []].append(probe.scheduled)
                #expect(probe.scheduled <= now)
                #expect(now - probe.scheduled <= .milliseconds(2))
                #expect(probe.scheduled + .milliseconds(1) >= last)
                last = probe.scheduled
                schedule.started(probe.slot)
                schedule.finished(probe.slot)
            }
        }
        #expect(times.count == 100)
        for (slot, times) in times {
            #expect(times.count == 5, "slot \(slot)")
            let offset = Spread.offset(of: id(slot), in: interval)
            for (index, time) in times.enumerated() {
                #expect(time.nanoseconds % interval.nanoseconds == offset.nanoseconds)
                if index > 0 { #expect(time - times[index - 1] == interval) }
            }
        }
        #expect(schedule.skipped.overlap == 0 && schedule.skipped.missed == 0)
    }

    @Test func `A target whose probe is under way is not started again, and that is counted`() {
        var schedule = ProbeSchedule(startingAt: start)
        schedule.add(0, id: id(0), interval: .seconds(1), firstProbe: .spread, at: start)
        #expect(due(&schedule, at: start + .milliseconds(1001)).count == 1)
        schedule.started(0)
        for second in 2...4 {
            #expect(due(&schedule, at: start + .milliseconds(second * 1000 + 1)) == [])
        }
        #expect(schedule.skipped.overlap == 3)
        schedule.finished(0)
        #expect(due(&schedule, at: start + .milliseconds(5001)).count == 1)
        #expect(schedule.skipped.missed == 0)
    }

    @Test func `Rounds that time ran past are left out and counted`() throws {
        var schedule = ProbeSchedule(startingAt: start)
        schedule.add(0, id: id(0), interval: .seconds(1), firstProbe: .spread, at: start)
        let first = try #require(schedule.nextDue(of: 0))
        let probes = due(&schedule, at: first + .milliseconds(7500))
        #expect(probes.map(\.scheduled) == [first])
        #expect(schedule.skipped.missed == 7)
        #expect(schedule.nextDue(of: 0) == first + .seconds(8))
    }

    @Test func `A first probe that is wanted soon comes within its time`() throws {
        var schedule = ProbeSchedule(startingAt: start)
        for slot in 0..<50 {
            schedule.add(
                slot, id: id(slot), interval: .seconds(60),
                firstProbe: .soon(within: .seconds(2)), at: start)
            let first = try #require(schedule.nextDue(of: slot))
            #expect(first >= start && first < start + .seconds(2))
        }
        schedule.add(
            50, id: id(50), interval: .seconds(1), firstProbe: .soon(within: .seconds(90)),
            at: start)
        #expect(try #require(schedule.nextDue(of: 50)) < start + .seconds(1))
    }

    @Test func `A removed target is due no more, and its slot is free`() {
        var schedule = ProbeSchedule(startingAt: start)
        schedule.add(2, id: id(2), interval: .seconds(1), firstProbe: .spread, at: start)
        schedule.started(2)
        schedule.remove(2)
        schedule.finished(2)
        schedule.finished(99)
        #expect(schedule.nextDue == nil)
        #expect(schedule.nextDue(of: 2) == nil)
        #expect(schedule.nextDue(of: 99) == nil)
        #expect(due(&schedule, at: start + .seconds(9)) == [])
        schedule.add(
            2, id: id(3), interval: .seconds(1), firstProbe: .spread, at: start + .seconds(9))
        #expect(due(&schedule, at: start + .milliseconds(10_001)).count == 1)
    }

    @Test func `A changed interval has its own place at once`() throws {
        var schedule = ProbeSchedule(startingAt: start)
        schedule.add(0, id: id(0), interval: .seconds(3600), firstProbe: .spread, at: start)
        schedule.update(0, id: id(0), interval: .seconds(1), at: start)
        let next = try #require(schedule.nextDue(of: 0))
        #expect(next >= start && next < start + .seconds(1))
        #expect(
            next.nanoseconds % 1_000_000_000
                == Spread.offset(of: id(0), in: .seconds(1)).nanoseconds)
    }

    /// Every round of a target is started, left out for overlap, or missed: none is lost.
    @Test func `Started, overlapping and missed rounds are all there are`() {
        for seed in 0..<20 as Range<UInt64> {
            var chance = SeededGenerator(seed: seed)
            var schedule = ProbeSchedule(startingAt: start)
            let interval = Duration.milliseconds(Int.random(in: 5...3000, using: &chance))
            schedule.add(0, id: id(Int(seed)), interval: interval, firstProbe: .spread, at: start)
            guard let first = schedule.nextDue(of: 0) else { return }
            var now = start
            var started = 0
            for _ in 0..<500 {
                now = now + .milliseconds(Int.random(in: 0...6000, using: &chance))
                for _ in due(&schedule, at: now) {
                    started += 1
                    schedule.started(0)
                }
                if Bool.random(using: &chance) { schedule.finished(0) }
            }
            guard let next = schedule.nextDue(of: 0) else { return }
            let rounds = Int((next - first).nanoseconds / interval.nanoseconds)
            #expect(
                started + schedule.skipped.overlap + schedule.skipped.missed == rounds,
                "seed \(seed)")
        }
    }
}
