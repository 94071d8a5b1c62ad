import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// A way in which the sockets of a process come and go.
struct SimulatedShape: Sendable, CustomTestStringConvertible {
    var name: String
    /// Whether it leaks, and if so from when on and until when, in seconds.
    var leak: Range<Double>?
    /// How many it leaks a second; 0 when it does not.
    var rate = 0.0
    /// When a verdict must be right, in seconds.
    var horizon: Double
    var make: @Sendable (inout SeededGenerator) -> Made

    var testDescription: String { name }

    struct Made {
        var flows: [SimulatedProcess.Flow]
        /// How many are leaked a second.
        var rate = 0.0
        /// When a verdict must be right.
        var horizon: Double?
    }

    static let duration = 1_800.0

    static func healthy(
        _ name: String, horizon: Double = 330,
        _ make: @escaping @Sendable (inout SeededGenerator) -> Made
    ) -> SimulatedShape {
        SimulatedShape(name: name, leak: nil, horizon: horizon, make: make)
    }

    static func leaking(
        _ name: String, during leak: Range<Double> = 0..<SimulatedShape.duration,
        by horizon: Double,
        _ make: @escaping @Sendable (inout SeededGenerator) -> Made
    ) -> SimulatedShape {
        SimulatedShape(name: name, leak: leak, horizon: horizon, make: make)
    }

    /// Connections that are opened as needed, used once and closed.
    private static func churn(_ rate: Double, life: Double) -> SimulatedProcess.Flow {
        SimulatedProcess.Flow(rate: { _ in rate }, life: { Chance.exponential(life, using: &$0) })
    }

    static let all: [SimulatedShape] = [
        healthy("stationary pool") { chance in
            let rate = Double.random(in: 0.5...3, using: &chance)
            var flow = churn(rate, life: 30)
            flow.use = 5
            return Made(flows: [flow])
        },
        healthy("churn with a long tail") { chance in
            let rate = Double.random(in: 0.5...3, using: &chance)
            return Made(
                flows: [
                    SimulatedProcess.Flow(
                        rate: { _ in rate },
                        life: { Chance.logNormal(median: 15, sigma: 1, using: &$0) })
                ])
        },
        healthy("warm-up") { chance in
            let pace = Double.random(in: 30...200, using: &chance)
            let use = Double.random(in: 2...30, using: &chance)
            return Made(
                flows: [
                    SimulatedProcess.Flow(
                        rate: { 100 / pace * Chance.power(-$0 / pace) }, use: use),
                    churn(0.5, life: 10),
                ])
        },
        healthy("load ramp") { chance in
            let rate = Double.random(in: 0.05...0.2, using: &chance)
            let use = Double.random(in: 5...60, using: &chance)
            return Made(
                flows: [SimulatedProcess.Flow(rate: { _ in rate }, use: use), churn(1, life: 10)])
        },
        healthy("load ramp of connections that are seldom used") { chance in
            let rate = Double.random(in: 0.05...0.2, using: &chance)
            let use = Double.random(in: 60...180, using: &chance)
            return Made(
                flows: [SimulatedProcess.Flow(rate: { _ in rate }, use: use), churn(1, life: 10)])
        },
        healthy("two warm-ups") { chance in
            let pace = Double.random(in: 60...150, using: &chance)
            let second = Double.random(in: 300...900, using: &chance)
            return Made(
                flows: [
                    SimulatedProcess.Flow(
                        rate: {
                            $0 < pace || second..<second + pace ~= $0 ? 60 / pace : 0
                        }),
                    churn(1, life: 10),
                ])
        },
        healthy("saw-tooth of a collector") { chance in
            let rate = Double.random(in: 0.3...1, using: &chance)
            var flow = SimulatedProcess.Flow(rate: { _ in rate })
            flow.collected = Double.random(in: 20...200, using: &chance)
            return Made(flows: [flow])
        },
        healthy("plateau by idle timeout") { chance in
            let rate = Double.random(in: 0.2...0.8, using: &chance)
            let timeout = Double.random(in: 20...200, using: &chance)
            return Made(
                flows: [SimulatedProcess.Flow(rate: { _ in rate }, life: { _ in timeout })])
        },
        healthy("bursts") { chance in
            let start = Double.random(in: 50...800, using: &chance)
            let length = Double.random(in: 5...60, using: &chance)
            let count = Double.random(in: 30...150, using: &chance)
            return Made(
                flows: [
                    SimulatedProcess.Flow(
                        rate: { start..<start + length ~= $0 ? count / length : 0 }),
                    churn(1, life: 20),
                ])
        },
        healthy("daily load") { chance in
            let period = Double.random(in: 400...1_200, using: &chance)
            let peak = Double.random(in: 0.5...2, using: &chance)
            let life = Double.random(in: 10...40, using: &chance)
            // A parabola for each half of the wave: up, and down to nothing.
            let load = { (time: Double) in
                let part = (time / period).truncatingRemainder(dividingBy: 1)
                return max(0, 4 * part * (1 - part))
            }
            var flow = SimulatedProcess.Flow(
                rate: { peak * load($0) }, life: { Chance.exponential(life, using: &$0) })
            flow.use = 8
            return Made(flows: [flow, churn(0.3, life: 5)])
        },
        healthy("one idle connection to each of many servers") { chance in
            let rate = Double.random(in: 0.05...0.2, using: &chance)
            var flow = SimulatedProcess.Flow(rate: { _ in rate })
            flow.peers = 2_000
            return Made(flows: [flow])
        },
        leaking("slow leak in heavy churn", by: 1_800) { _ in
            Made(
                flows: [churn(3, life: 30), SimulatedProcess.Flow(rate: { _ in 0.05 })], rate: 0.05)
        },
        leaking("fast leak", by: 360) { chance in
            let rate = Double.random(in: 1...3, using: &chance)
            return Made(flows: [SimulatedProcess.Flow(rate: { _ in rate })], rate: rate)
        },
        leaking("leak of ghosts", by: 240) { chance in
            let rate = Double.random(in: 0.2...2, using: &chance)
            var flow = SimulatedProcess.Flow(rate: { _ in rate })
            flow.closeWait = 5
            flow.ghost = 65
            return Made(flows: [flow, churn(1, life: 10)], rate: rate)
        },
        leaking("leak that stops", during: 0..<900, by: 900) { chance in
            let rate = Double.random(in: 0.1...0.8, using: &chance)
            return Made(
                flows: [
                    SimulatedProcess.Flow(rate: { $0 < 900 ? rate : 0 }), churn(1, life: 15),
                ], rate: rate)
        },
        leaking("leak that begins late", during: 600..<1_800, by: 1_500) { chance in
            let rate = Double.random(in: 0.1...0.8, using: &chance)
            return Made(
                flows: [
                    SimulatedProcess.Flow(rate: { $0 >= 600 ? rate : 0 }), churn(1, life: 15),
                ], rate: rate)
        },
        leaking("clients dropped after some requests", by: 900) { chance in
            let rate = Double.random(in: 0.1...0.8, using: &chance)
            var flow = SimulatedProcess.Flow(rate: { _ in rate })
            flow.firstUse = 10
            return Made(flows: [flow, churn(1, life: 15)], rate: rate)
        },
    ]
}
