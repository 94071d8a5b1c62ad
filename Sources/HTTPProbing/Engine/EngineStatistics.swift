public import ConnectionPooling
import Measurements
public import ProbeScheduling

/// What an engine, or one of its loops, has done and holds.
public struct EngineStatistics: Sendable {
    /// Probes that have started.
    public var started = 0
    /// Probes that have ended.
    public var ended = 0
    /// Probes under way now.
    public var inFlight = 0
    /// Due probes that were left out because the target's last one was still under way.
    public var skippedOverlap = 0
    /// Due probes that were left out because too many were under way, or time had run past them.
    public var skippedOverload = 0
    /// Requests sent a second time because a reused connection had died while it was idle.
    public var staleRetries = 0
    /// Connections whose address is no longer what DNS says.
    public var addressChanges = 0
    /// What the pool holds and has done.
    public var pool = PoolStatistics()
    /// How late probes started.
    public var lateness = LatencyHistogram()
    /// How long probes took.
    public var latency = LatencyHistogram()
    /// How many outcomes ended in each class, in the order of the class's cases.
    public var outcomesByClass: [Int]

    /// Makes statistics of nothing.
    public init() {
        outcomesByClass = [Int](repeating: 0, count: ProbeErrorClass.allCases.count)
    }

    /// Adds another loop's statistics.
    public mutating func merge(_ other: EngineStatistics) {
        started += other.started
        ended += other.ended
        inFlight += other.inFlight
        skippedOverlap += other.skippedOverlap
        skippedOverload += other.skippedOverload
        staleRetries += other.staleRetries
        addressChanges += other.addressChanges
        pool.merge(other.pool)
        lateness.merge(other.lateness)
        latency.merge(other.latency)
        for index in outcomesByClass.indices {
            outcomesByClass[index] += other.outcomesByClass[index]
        }
    }

    /// Outcomes that were not `noerror`.
    public var failures: Int { outcomesByClass.dropFirst().reduce(0, +) }
}
