import ConnectionPooling
import Measurements
import ProbeScheduling

extension ProbeLoop {
    /// The loop's statistics, the pool's and the schedule's included.
    func currentStatistics() -> EngineStatistics {
        var copy = statistics
        copy.pool = pool.statistics
        copy.skippedOverlap = schedule.skipped.overlap
        copy.skippedOverload += schedule.skipped.missed
        return copy
    }

    /// Stops starting; closes what is idle; calls back when nothing is left.
    func drain(cancelling: Bool, _ callback: @escaping () -> Void) {
        isDraining = true
        let now = now()
        for closing in pool.drain(at: now) { perform(closing) }
        for run in activeRuns {
            let isWaiting = if case .waiting = run.stage { true } else { false }
            if cancelling || isWaiting {
                abandon(
                    run,
                    ProbeFailure(.cancelled, phase: run.phase, detail: "Sockeye is stopping"),
                    cause: .draining, at: now)
            }
        }
        arm()
        whenDrained(callback)
    }
}
