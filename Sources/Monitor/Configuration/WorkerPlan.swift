public import ConnectionPooling
import Measurements

/// Whether a configuration fits into the descriptors of a process, and what its pool will do.
public struct WorkerPlan: Hashable, Sendable {
    /// A configuration that cannot fit; the arithmetic in words, and what to do.
    public struct Misfit: Error, Hashable, Sendable, CustomStringConvertible {
        /// The sentence.
        public var description: String
    }

    /// What the process has for connections.
    public private(set) var connections: Int
    /// How many probes may be under way at once.
    public private(set) var maxInFlight: Int
    /// The pool's limits.
    public private(set) var limits: PoolLimits
    /// What the limits mean for the schedule.
    public private(set) var forecast: PoolForecast

    /// The most probes under way at once unless the configuration says otherwise.
    public static let defaultMaxInFlight = 4096

    /// Reckons a configuration against a budget.
    public init(_ configuration: MonitorConfiguration, budget: DescriptorBudget) throws(Misfit) {
        let connections = budget.connections
        let worker = configuration.worker
        let pool = configuration.pool
        let raise = "raise the limit with ulimit -n or LimitNOFILE="
        guard connections >= worker.loops else {
            let loops = worker.loops == 1 ? "" : " for each of its \(worker.loops) loops"
            throw Misfit(
                description: "\(budget.arithmetic), and the worker needs at least one\(loops); "
                    + "\(raise), or lower worker.descriptor_reserve")
        }
        if let asked = pool.descriptorBudget, asked > connections {
            throw Misfit(
                description: "pool.descriptor_budget asks for \(asked) connections: "
                    + "\(budget.arithmetic); \(raise), or lower the budget")
        }
        let available = min(pool.descriptorBudget ?? connections, connections)
        if let asked = worker.maxInFlight, asked > available {
            throw Misfit(
                description: "worker.max_in_flight asks for \(asked) probes at once, each with a "
                    + "connection: \(budget.arithmetic)\(Self.lowered(pool, connections)); "
                    + "\(raise), or lower max_in_flight")
        }
        let limits = pool.limits(descriptorBudget: available)
        if pool.mode == .fixed {
            let busy = worker.maxInFlight ?? 1
            guard limits.maxIdle + busy <= available else {
                throw Misfit(
                    description: "pool.max_idle \(limits.maxIdle) + \(busy) in use = "
                        + "\(limits.maxIdle + busy) connections: "
                        + "\(budget.arithmetic)\(Self.lowered(pool, connections)); \(raise), "
                        + "lower max_idle, or let mode: auto size the pool")
            }
        }
        self.connections = connections
        self.limits = limits
        maxInFlight =
            worker.maxInFlight
            ?? max(
                worker.loops, min(Self.defaultMaxInFlight, available))
        forecast = PoolForecast(
            origins: Self.origins(of: configuration.targets), limits: limits)
    }

    private static func lowered(_ pool: PoolSettings, _ connections: Int) -> String {
        guard let budget = pool.descriptorBudget, budget < connections else { return "" }
        return ", and pool.descriptor_budget leaves \(budget)"
    }

    /// What the schedule tells the pool of each origin.
    ///
    /// Targets that are always probed cold use no kept connection.
    static func origins(of targets: [Target]) -> [OriginPlan] {
        var origins: [Origin: (targets: Int, interval: Duration)] = [:]
        for target in targets where target.freshEvery != .always {
            let known = origins[target.origin]
            origins[target.origin] = (
                (known?.targets ?? 0) + 1,
                min(known?.interval ?? target.interval, target.interval)
            )
        }
        return origins.map { origin, use in
            OriginPlan(
                targets: use.targets, gap: use.interval / use.targets,
                isTLS: origin.scheme == .https)
        }
    }
}
