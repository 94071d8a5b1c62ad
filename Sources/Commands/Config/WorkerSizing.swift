import ConnectionPooling
import HTTPProbing
import Monitor

/// How large a worker is made for a configuration, within the descriptors of this process.
struct WorkerSizing {
    /// The engine's configuration.
    let engine: EngineConfiguration
    /// The resolver's configuration.
    let resolver: ResolverConfiguration
    /// What the pool will do, in sentences, the most important first.
    let forecast: [String]
    /// The descriptors of this process.
    let budget: DescriptorBudget

    /// Sizes a worker; raises the limit on descriptors as far as the kernel allows.
    ///
    /// - Throws: A usage fault with the arithmetic, when the configuration cannot fit.
    init(_ configuration: MonitorConfiguration) throws(UsageMessage) {
        budget = DescriptorBudget.raisingLimit(
            reserve: configuration.worker.descriptorReserve ?? DescriptorBudget.defaultReserve)
        do throws(WorkerPlan.Misfit) {
            let plan = try WorkerPlan(configuration, budget: budget)
            engine = configuration.engineConfiguration(
                descriptorBudget: plan.limits.descriptorBudget, maxInFlight: plan.maxInFlight)
            forecast = plan.forecast.sentences
        } catch {
            throw UsageMessage(message: "the configuration cannot fit: \(error)")
        }
        resolver = configuration.dns.resolverConfiguration
    }
}
