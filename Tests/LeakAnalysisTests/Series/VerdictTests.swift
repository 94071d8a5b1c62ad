import Foundation
import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// Simulated processes of every shape: the innocent are not accused, the guilty are found.
@Suite struct VerdictTests {
    /// What one run came to.
    struct Outcome {
        /// The pause between looks, in seconds.
        var pause = 0.0
        /// When a leak was first reported, in seconds.
        var found: Double?
        /// When a leak was first reported that was none.
        var falseAlarm: Double?
        /// When a leak was first reported before anybody could know, and was none.
        var early: Double?
    }

    static let runs =
        ProcessInfo.processInfo.environment["SOCKEYE_SOAK"] == nil ? 70 : 200

    static func run(_ shape: SimulatedShape, seed: UInt64) -> Outcome {
        var chance = SeededGenerator(seed: seed &* 7_919)
        let made = shape.make(&chance)
        var process = SimulatedProcess(made.flows, seed: seed)
        process.pass(Double.random(in: 0...60, using: &chance))
        let pause = Double([8, 12, 15, 15, 18, 20].randomElement(using: &chance) ?? 15)
        let start = process.time
        var series = SnapshotSeries()
        var outcome = Outcome()
        outcome.pause = pause
        var look = 0
        while process.time < SimulatedShape.duration {
            series.observe(process.snapshot())
            look += 1
            if look % 3 == 0 {
                let isLeaking = !series.verdict.leaks.isEmpty
                let watched = process.time - start
                if isLeaking, shape.leak != nil {
                    outcome.found = watched
                    return outcome
                }
                if isLeaking, watched >= made.horizon ?? shape.horizon {
                    outcome.falseAlarm = outcome.falseAlarm ?? watched
                } else if isLeaking {
                    outcome.early = outcome.early ?? watched
                }
            }
            process.pass(pause)
        }
        return outcome
    }

    @Test(arguments: SimulatedShape.all)
    func `Many runs of a shape are judged rightly`(shape: SimulatedShape) {
        var found: [Double] = []
        var (alarms, early) = (0, 0)
        for seed in 1...UInt64(Self.runs) {
            let outcome = Self.run(shape, seed: seed)
            if shape.leak != nil {
                // A slot is at least two pauses long, and a verdict is asked for at every third look.
                if let time = outcome.found, time <= shape.horizon + 10 * outcome.pause {
                    found.append(time)
                } else {
                    Issue.record("\(shape.name), seed \(seed): found at \(outcome.found ?? -1)")
                }
            } else if let time = outcome.falseAlarm {
                alarms += 1
                Issue.record("\(shape.name), seed \(seed): false alarm at \(time) s")
            }
            if outcome.early != nil { early += 1 }
        }
        found.sort()
        let times =
            found.isEmpty
            ? ""
            : ", after \(Int(found[found.count / 2])) s (median), \(Int(found.last ?? 0)) s (most)"
        print(
            shape.leak == nil
                ? "healthy | \(shape.name) | called a leak in \(alarms) of \(Self.runs), before the horizon in \(early)"
                : "leak | \(shape.name) | found in \(found.count) of \(Self.runs)\(times)")
    }
}
