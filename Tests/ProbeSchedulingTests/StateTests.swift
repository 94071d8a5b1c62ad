import Measurements
import ProbeScheduling
import TestWorlds
import Testing

/// Cold and warm, up and down, and how long things took.
struct CadenceTests {
    let id = TargetID(rawValue: "a")
    let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)

    @Test func `Always is cold, never is cold once`() {
        let always = Cadence(every: .always, id: id)
        #expect(always.kind(lastCold: start, at: start) == .cold)
        let never = Cadence(every: .never, id: id)
        #expect(never.kind(lastCold: nil, at: start) == .cold)
        #expect(never.kind(lastCold: start, at: start + .seconds(1_000_000)) == .warm)
    }

    @Test func `A period has one cold probe, whatever the interval`() {
        for interval in [1, 7, 10, 60, 299] {
            let cadence = Cadence(every: .every(.seconds(300)), id: id)
            var lastCold: MonotonicInstant?
            var colds: [MonotonicInstant] = []
            for step in 0..<(3000 / interval) {
                let now = start + .seconds(step * interval)
                guard cadence.kind(lastCold: lastCold, at: now) == .cold else { continue }
                lastCold = now
                colds.append(now)
            }
            // The first probe is cold, and then one in each of the ten or eleven periods begun.
            #expect((10...11).contains(colds.count), "every \(interval) s: \(colds.count)")
            for (earlier, later) in zip(colds.dropFirst(), colds.dropFirst(2)) {
                #expect(later - earlier <= .seconds(300 + interval))
                #expect(later - earlier >= .seconds(300 - interval))
            }
        }
    }

    @Test func `Cold probes of many targets do not come in a wave`() {
        var last: [Int: MonotonicInstant] = [:]
        var counts: [Int] = []
        let cadences = (0..<300).map {
            Cadence(every: .every(.seconds(300)), id: TargetID(rawValue: "\($0)"))
        }
        for step in 0..<60 {
            let now = start + .seconds(step * 10)
            var colds = 0
            for (index, cadence) in cadences.enumerated()
            where cadence.kind(lastCold: last[index], at: now) == .cold {
                last[index] = now
                colds += 1
            }
            counts.append(colds)
        }
        #expect(counts[0] == 300)
        #expect(counts.dropFirst().allSatisfy { $0 < 40 }, "\(counts)")
    }
}

struct StateTrackerTests {
    func time(_ seconds: Int) -> WallTime { WallTime(unixSeconds: Int64(seconds)) }

    /// The states after each of the results, `+` passed and `-` failed.
    func states(_ results: String, _ thresholds: StateThresholds) -> String {
        var tracker = StateTracker(thresholds: thresholds)
        var text = ""
        for (index, result) in results.enumerated() {
            let before = tracker.state
            let change = tracker.record(passed: result == "+", at: time(index))
            #expect((change != nil) == (before != tracker.state))
            if let change { #expect(change.from == before && change.to == tracker.state) }
            text += ["unknown": "?", "up": "u", "down": "d"][tracker.state.rawValue] ?? "!"
        }
        return text
    }

    @Test(arguments: [
        (1, 1, "+-+--", "ududd"), (3, 1, "--+---", "??uuud"),
        (2, 2, "+-++-+--+-++", "???uuuuddddu"),
        (3, 2, "---++--+---", "??dduuuuuud"), (1, 3, "-++-+++", "dddddd" + "u"),
    ])
    func `Thresholds decide`(down: Int, up: Int, results: String, expected: String) {
        let thresholds = StateThresholds(failuresToDown: down, successesToUp: up)
        #expect(states(results, thresholds) == expected)
    }

    @Test func `A change says how long the state before it lasted`() {
        var tracker = StateTracker(thresholds: StateThresholds())
        #expect(tracker.since == nil)
        let first = tracker.record(passed: true, at: time(100))
        #expect(first?.from == .unknown && first?.lasted == nil)
        #expect(tracker.record(passed: true, at: time(110)) == nil)
        let second = tracker.record(passed: false, at: time(130))
        #expect(second?.lasted == .seconds(30))
        #expect(tracker.since == time(130))
    }

    @Test func `Six changes within 21 results are flapping, three no longer`() {
        var tracker = StateTracker(thresholds: StateThresholds(failuresToDown: 3))
        var results: [Bool] = []
        var flapped = false
        func changes() -> Int {
            let window = results.suffix(21)
            return zip(window, window.dropFirst()).count { $0 != $1 }
        }
        var chance = SeededGenerator(seed: 3)
        for step in 0..<3000 {
            // Quiet and restless times alternate.
            let percent = step / 60 % 2 == 0 ? 3 : 40
            let flips = Int.random(in: 0..<100, using: &chance) < percent
            let passed = flips != (results.last ?? true)
            results.append(passed)
            _ = tracker.record(passed: passed, at: time(step))
            if changes() >= StateTracker.flappingFrom { flapped = true }
            if changes() <= StateTracker.steadyAt { flapped = false }
            #expect(tracker.isFlapping == flapped, "seed \(chance.seed), step \(step)")
        }
    }
}

struct LatencyHistogramTests {
    @Test func `Quantiles are within one per cent of the exact ones`() throws {
        for seed in 0..<20 as Range<UInt64> {
            var chance = SeededGenerator(seed: seed)
            var histogram = LatencyHistogram()
            var halves = (LatencyHistogram(), LatencyHistogram())
            var exact: [Int64] = []
            for index in 0..<2000 {
                let top = Int64(1) << Int64.random(in: 0...40, using: &chance)
                let value = Int64.random(in: 0...top, using: &chance)
                exact.append(value)
                histogram.record(.nanoseconds(value))
                if index % 2 == 0 {
                    halves.0.record(.nanoseconds(value))
                } else {
                    halves.1.record(.nanoseconds(value))
                }
            }
            halves.0.merge(halves.1)
            exact.sort()
            for share in [0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999, 1] {
                let rank = max(1, Int((share * 2000).rounded(.up)))
                let wanted = exact[rank - 1]
                let found = try #require(histogram.quantile(share)).nanoseconds
                #expect(
                    abs(Double(found - wanted)) <= 0.01 * Double(wanted),
                    "seed \(seed), share \(share): \(found), not \(wanted)")
                #expect(halves.0.quantile(share) == histogram.quantile(share))
            }
            #expect(histogram.longest == .nanoseconds(exact[1999]))
        }
    }

    @Test func `Nothing has no quantile, and one is all`() {
        var histogram = LatencyHistogram()
        #expect(histogram.quantile(0.5) == nil)
        histogram.record(.milliseconds(-4))
        #expect(histogram.quantile(0) == .zero)
        histogram.record(.milliseconds(3))
        #expect(histogram.quantile(1) == .milliseconds(3))
        #expect(histogram.count == 2)
    }

    @Test func `The longest duration that there is can be recorded`() {
        var histogram = LatencyHistogram()
        histogram.record(.seconds(Int64.max))
        #expect(histogram.quantile(0.5) == .seconds(Int64.max))
    }
}
