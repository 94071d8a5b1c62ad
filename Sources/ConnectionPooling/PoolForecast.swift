import Measurements

/// What a pool's limits mean for a schedule, before anything runs.
///
/// The arithmetic is that of the pool's own rules: in `auto` the origins with the shortest gaps
/// between uses keep their connections until a budget is spent; in `fixed` a connection survives
/// when fewer than the idle limit are given back before its next use, within the idle timeout.
public struct PoolForecast: Hashable, Sendable {
    /// A limit that keeps connections from being held.
    public enum Limit: Hashable, Sendable {
        /// ``PoolLimits/descriptorBudget``.
        case descriptors(Int)
        /// ``PoolLimits/memoryBudgetBytes``.
        case memory(Int)
        /// ``PoolLimits/maxIdle`` in `fixed` mode.
        case maxIdle(Int)
        /// ``PoolLimits/idleTimeout`` in `fixed` mode.
        case idleTimeout(Duration)
    }

    /// How many distinct origins are scheduled.
    public private(set) var origins = 0
    /// Probes a second.
    public private(set) var probesPerSecond = 0.0
    /// The share of probes, 0 to 1, that find a connection, cold ones left out.
    public private(set) var reuse = 0.0
    /// Connections held when the first round is over.
    public private(set) var held = 0
    /// What they are reckoned to cost in our own memory, in bytes.
    public private(set) var bytes = 0
    /// What holding one connection for every origin would cost.
    public private(set) var bytesForAll = 0
    /// What keeps connections from being held; nil when every origin keeps one.
    public private(set) var bindingLimit: Limit?

    /// Reckons what limits mean for origins.
    ///
    /// Plans without a gap are left out.
    public init(origins plans: [OriginPlan], limits: PoolLimits) {
        var scheduled: [(gap: Double, isTLS: Bool)] = []
        for plan in plans {
            guard let gap = plan.gap, gap > .zero else { continue }
            scheduled.append((gap.inSeconds, plan.isTLS))
            bytesForAll += Self.bytes(plan.isTLS)
        }
        scheduled.sort { $0.gap < $1.gap }
        origins = scheduled.count
        probesPerSecond = scheduled.reduce(0) { $0 + 1 / $1.gap }
        switch limits.mode {
        case .auto: reckonAuto(scheduled, limits)
        case .fixed: reckonFixed(scheduled, limits)
        }
    }

    private static func bytes(_ isTLS: Bool) -> Int {
        isTLS ? PoolLimits.tlsConnectionBytes : PoolLimits.plainConnectionBytes
    }

    private mutating func reckonAuto(
        _ scheduled: [(gap: Double, isTLS: Bool)], _ limits: PoolLimits
    ) {
        var reused = 0.0
        for origin in scheduled {
            let size = Self.bytes(origin.isTLS)
            if held >= limits.descriptorBudget {
                bindingLimit = .descriptors(limits.descriptorBudget)
                break
            }
            if bytes + size > limits.memoryBudgetBytes {
                bindingLimit = .memory(limits.memoryBudgetBytes)
                break
            }
            held += 1
            bytes += size
            reused += 1 / origin.gap
        }
        reuse = probesPerSecond > 0 ? reused / probesPerSecond : 0
    }

    private mutating func reckonFixed(
        _ scheduled: [(gap: Double, isTLS: Bool)], _ limits: PoolLimits
    ) {
        var slowerRate = probesPerSecond
        var reused = 0.0
        for (index, origin) in scheduled.enumerated() {
            slowerRate -= 1 / origin.gap
            // Distinct origins that are used within one gap of this one.
            let between = Double(index) + origin.gap * max(0, slowerRate)
            if origin.gap > limits.idleTimeout.inSeconds {
                if bindingLimit == nil { bindingLimit = .idleTimeout(limits.idleTimeout) }
                continue
            }
            if between >= Double(limits.maxIdle) {
                bindingLimit = .maxIdle(limits.maxIdle)
                continue
            }
            reused += 1 / origin.gap
        }
        held = min(origins, limits.maxIdle)
        bytes = origins > 0 ? bytesForAll / origins * held : 0
        reuse = probesPerSecond > 0 ? reused / probesPerSecond : 0
    }
}
