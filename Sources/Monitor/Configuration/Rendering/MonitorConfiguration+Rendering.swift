import ConnectionPooling
public import Measurements

extension MonitorConfiguration {
    /// What the configuration means after defaults, as a YAML text that can be loaded again.
    ///
    /// Secrets stand as `<secret>`, and so do the values of fields that carry them.
    public var yaml: String {
        var text = ""
        rendered.writeYAML(to: &text)
        return text
    }

    /// What the configuration means after defaults, as one JSON object; secrets as in ``yaml``.
    public func write(to json: inout JSONWriter) { rendered.write(to: &json) }

    private var rendered: RenderedValue {
        .members([
            "pool": pool.rendered, "worker": worker.rendered, "dns": dns.rendered,
            "targets": .sequence(targets.map(\.rendered)),
        ])
    }
}

extension PoolSettings {
    fileprivate var rendered: RenderedValue {
        // Any budget will do: only what is not the process's own is shown from it.
        let limits = limits(descriptorBudget: descriptorBudget ?? 1)
        let isFixed = mode == .fixed
        return .members([
            "mode": .string(mode.rawValue),
            "max_idle": isFixed ? .integer(limits.maxIdle) : nil,
            "max_idle_per_origin": .integer(limits.maxIdlePerOrigin),
            "idle_timeout": .duration(limits.idleTimeout),
            "max_lifetime": limits.maxLifetime.map(RenderedValue.duration) ?? .null,
            "max_per_origin": limits.maxPerOrigin.map(RenderedValue.integer) ?? .null,
            "max_waiting_per_origin": .integer(limits.maxWaitingPerOrigin),
            "descriptor_budget": descriptorBudget.map(RenderedValue.integer) ?? .null,
            "memory_budget": .string(ByteSize.exact(limits.memoryBudgetBytes)),
            "reset_on_close": .bool(resetOnClose),
        ])
    }
}

extension WorkerSettings {
    fileprivate var rendered: RenderedValue {
        .members([
            "loops": .integer(loops),
            "max_in_flight": maxInFlight.map(RenderedValue.integer) ?? .null,
            "descriptor_reserve": descriptorReserve.map(RenderedValue.integer) ?? .null,
            "batch_delay": batchDelay.map(RenderedValue.duration) ?? .null,
            "batch_limit": batchLimit.map(RenderedValue.integer) ?? .null,
            "first_round": firstRound.map(RenderedValue.duration) ?? .null,
        ])
    }
}

extension DNSSettings {
    fileprivate var rendered: RenderedValue {
        .members([
            "servers": .strings(servers),
            "hosts_file": hostsFile.map(RenderedValue.string) ?? .null,
            "resolv_conf": resolvConf.map(RenderedValue.string) ?? .null,
            "min_ttl": minTTL.map(RenderedValue.duration) ?? .null,
            "max_ttl": maxTTL.map(RenderedValue.duration) ?? .null,
            "negative_ttl": negativeTTL.map(RenderedValue.duration) ?? .null,
            "max_negative_ttl": maxNegativeTTL.map(RenderedValue.duration) ?? .null,
            "try_timeout": tryTimeout.map(RenderedValue.duration) ?? .null,
            "tries": tries.map(RenderedValue.integer) ?? .null,
            "cache_limit": cacheLimit.map(RenderedValue.integer) ?? .null,
            "question_limit": questionLimit.map(RenderedValue.integer) ?? .null,
            "waiter_limit": waiterLimit.map(RenderedValue.integer) ?? .null,
        ])
    }
}
