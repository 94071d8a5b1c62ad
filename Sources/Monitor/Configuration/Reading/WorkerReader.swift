import ConnectionPooling
import Measurements

/// Reads `pool`.
enum PoolReader {
    static let known: Set<String> = [
        "mode", "max_idle", "max_idle_per_origin", "idle_timeout", "max_lifetime",
        "max_per_origin", "max_waiting_per_origin", "descriptor_budget", "memory_budget",
        "reset_on_close", "connect_timeout", "keepalive",
    ]

    /// The settings of the pool; those of every connection go to the targets' template.
    static func settings(_ reader: MappingReader, template: inout TargetTemplate) -> PoolSettings {
        var pool = PoolSettings()
        let times = Duration.milliseconds(1)...Duration.seconds(30 * 86_400)
        reader.set("mode", &pool.mode, .choice())
        reader.set("max_idle", &pool.maxIdle, .integer(0...10_000_000))
        reader.set("max_idle_per_origin", &pool.maxIdlePerOrigin, .integer(0...10_000_000))
        reader.set("idle_timeout", &pool.idleTimeout, .duration(times))
        reader.set("max_lifetime", &pool.maxLifetime, .duration(times))
        reader.set("max_per_origin", &pool.maxPerOrigin, .integer(1...10_000_000))
        reader.set("max_waiting_per_origin", &pool.maxWaitingPerOrigin, .integer(0...1_000_000))
        reader.set("descriptor_budget", &pool.descriptorBudget, .integer(1...10_000_000))
        reader.set("memory_budget", &pool.memoryBudgetBytes, .bytes(0...(1 << 46)))
        reader.set("reset_on_close", &pool.resetOnClose, .bool)
        reader.set(
            "connect_timeout", &template.target.network.connectTimeout,
            .duration(.milliseconds(1)...(.seconds(3600))))
        reader.set(
            "keepalive", &template.target.network.keepalive,
            .duration(.zero...(.seconds(32_767))))
        if pool.mode == .auto {
            if reader.node("max_idle") != nil {
                reader.context.warn(
                    reader.keyPlace("max_idle"),
                    "max_idle rules only with mode: fixed; the mode is auto")
            }
        }
        return pool
    }
}

/// Reads `worker` and `dns`.
enum WorkerReader {
    static let known: Set<String> = [
        "loops", "max_in_flight", "descriptor_reserve", "batch_delay", "batch_limit",
        "first_round",
    ]
    static let dnsKnown: Set<String> = [
        "servers", "hosts_file", "resolv_conf", "min_ttl", "max_ttl", "negative_ttl",
        "max_negative_ttl", "try_timeout", "tries", "cache_limit", "question_limit",
        "waiter_limit",
    ]

    static func settings(_ reader: MappingReader) -> WorkerSettings {
        var worker = WorkerSettings()
        reader.set("loops", &worker.loops, .integer(1...256))
        reader.set("max_in_flight", &worker.maxInFlight, .integer(1...1_000_000))
        reader.set("descriptor_reserve", &worker.descriptorReserve, .integer(16...1_000_000))
        reader.set(
            "batch_delay", &worker.batchDelay, .duration(.milliseconds(1)...(.seconds(10))))
        reader.set("batch_limit", &worker.batchLimit, .integer(1...1_000_000))
        reader.set(
            "first_round", &worker.firstRound, .duration(.milliseconds(1)...(.seconds(86_400))))
        if let inFlight = worker.maxInFlight, inFlight < worker.loops {
            reader.fault(
                "max_in_flight", "expected at least one for each of the \(worker.loops) loops")
        }
        return worker
    }

    static func dnsSettings(_ reader: MappingReader) -> DNSSettings {
        var dns = DNSSettings()
        let times = Duration.zero...Duration.seconds(30 * 86_400)
        reader.set("servers", &dns.servers, .list(.nameServer, limit: 8))
        reader.setFile("hosts_file", &dns.hostsFile)
        reader.setFile("resolv_conf", &dns.resolvConf)
        reader.set("min_ttl", &dns.minTTL, .duration(times))
        reader.set("max_ttl", &dns.maxTTL, .duration(times))
        reader.set("negative_ttl", &dns.negativeTTL, .duration(times))
        reader.set("max_negative_ttl", &dns.maxNegativeTTL, .duration(times))
        reader.set(
            "try_timeout", &dns.tryTimeout, .duration(.milliseconds(10)...(.seconds(60))))
        reader.set("tries", &dns.tries, .integer(1...10))
        reader.set("cache_limit", &dns.cacheLimit, .integer(1...10_000_000))
        reader.set("question_limit", &dns.questionLimit, .integer(1...65_000))
        reader.set("waiter_limit", &dns.waiterLimit, .integer(1...10_000_000))
        // The defaults of the resolver: 1 s to 1 h.
        if (dns.minTTL ?? .seconds(1)) > (dns.maxTTL ?? .seconds(3600)) {
            reader.fault(
                dns.maxTTL == nil ? "min_ttl" : "max_ttl",
                "min_ttl (default 1s) must not be longer than max_ttl (default 1h)")
        }
        return dns
    }
}
