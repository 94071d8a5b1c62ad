import ConnectionPooling
public import HTTPProbing

extension DNSSettings {
    /// The resolver's configuration: its defaults, and what was written.
    public var resolverConfiguration: ResolverConfiguration {
        var resolver = ResolverConfiguration()
        if let hostsFile { resolver.hostsPath = hostsFile }
        if let resolvConf { resolver.resolvConfPath = resolvConf }
        let lower = minTTL ?? resolver.positiveTTL.lowerBound
        let upper = maxTTL ?? resolver.positiveTTL.upperBound
        resolver.positiveTTL = lower...max(lower, upper)
        if let negativeTTL { resolver.negativeTTL = negativeTTL }
        if let maxNegativeTTL { resolver.maximumNegativeTTL = maxNegativeTTL }
        if let tryTimeout { resolver.tryTimeout = tryTimeout }
        if let tries { resolver.tries = tries }
        if let cacheLimit { resolver.cacheLimit = cacheLimit }
        if let questionLimit { resolver.questionLimit = questionLimit }
        if let waiterLimit { resolver.waiterLimit = waiterLimit }
        return resolver
    }
}

extension MonitorConfiguration {
    /// The engine's configuration within a number of descriptors for connections.
    ///
    /// - Parameters:
    ///   - descriptorBudget: What the process has for connections, 1 or more.
    ///   - maxInFlight: How many probes may be under way at once.
    public func engineConfiguration(descriptorBudget: Int, maxInFlight: Int)
        -> EngineConfiguration
    {
        var engine = EngineConfiguration(limits: pool.limits(descriptorBudget: descriptorBudget))
        engine.loops = worker.loops
        engine.maxInFlight = maxInFlight
        engine.resetOnClose = pool.resetOnClose
        if let batchDelay = worker.batchDelay { engine.batchDelay = batchDelay }
        if let batchLimit = worker.batchLimit { engine.batchLimit = batchLimit }
        engine.firstRound = worker.firstRound
        return engine
    }
}
