import ConnectionPooling
import Measurements

/// Puts a configuration together from its parts; faults and warnings gather in the contexts.
struct ConfigurationAssembly {
    private let context: ReadingContext
    private var configuration = MonitorConfiguration()
    private var list: TargetList
    private var template = TargetTemplate()

    static let known: Set<String> = [
        "defaults", "groups", "targets", "targets_file", "pool", "worker", "dns",
    ]

    init(context: ReadingContext) {
        self.context = context
        list = TargetList(context: context)
    }

    mutating func read(_ root: YAMLNode) {
        guard
            let reader = MappingReader(
                root, what: "the configuration", known: Self.known, context: context)
        else { return }
        if let pool = reader.mapping("pool", known: PoolReader.known) {
            configuration.pool = PoolReader.settings(pool, template: &template)
        }
        if let worker = reader.mapping("worker", known: WorkerReader.known) {
            configuration.worker = WorkerReader.settings(worker)
        }
        warnOfShares(reader)
        if let dns = reader.mapping("dns", known: WorkerReader.dnsKnown) {
            configuration.dns = WorkerReader.dnsSettings(dns)
            template.target.network.resolvers = configuration.dns.servers
        }
        if let defaults = reader.mapping("defaults", known: TargetTemplate.sharedKeys) {
            template.apply(defaults, level: .shared)
        }
        list.addTargets(of: reader, template: template)
        for group in reader.items("groups") { list.addGroup(group, template: template) }
    }

    /// A limit that is divided among loops must leave each of them something.
    private func warnOfShares(_ reader: MappingReader) {
        let pool = configuration.pool
        let loops = configuration.worker.loops
        let idle = pool.limits(descriptorBudget: 1).maxIdle
        guard pool.mode == .fixed, idle > 0, idle < loops else { return }
        context.warn(
            reader.keyPlace("pool"),
            "max_idle \(idle) divided among \(loops) loops leaves none: no connection is kept")
    }

    /// The configuration, or everything that is wrong with it.
    func result() throws(ConfigurationFaults) -> MonitorConfiguration {
        let contexts = list.contexts
        let faults = contexts.flatMap(\.faults)
        guard faults.isEmpty else {
            throw ConfigurationFaults(
                faults: faults, omitted: contexts.reduce(0) { $0 + $1.omitted })
        }
        var result = configuration
        result.targets = list.targets
        result.warnings = contexts.flatMap(\.warnings)
        if result.targets.isEmpty { result.warnings.append("\(context.file): no targets") }
        return result
    }
}
