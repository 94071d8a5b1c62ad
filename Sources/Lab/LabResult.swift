public import Measurements

/// What one client did in the lab: one JSON object a client.
public struct LabResult: Sendable {
    /// Which client: `shared`.
    public var client: String
    /// Probes that ended.
    public var probes = 0
    /// How long the load ran.
    public var duration = Duration.zero
    /// Processor time of the whole process, user and system, start to end of the load.
    public var processorTime = Duration.zero
    /// The most sockets the process held at a sample.
    public var peakSockets = 0
    /// Connections that were opened.
    public var connects = 0
    /// Half of the probes took at most this long.
    public var p50: Duration?
    /// All but one in a hundred took at most this long.
    public var p99: Duration?
    /// The most resident memory of the process, in bytes (getrusage(2), `ru_maxrss`).
    public var maximumResidentBytes = 0
    /// Failed probes by class.
    public var errors: [(class: ProbeErrorClass, count: Int)] = []

    /// Makes the result of a client that has done nothing.
    public init(client: String) {
        self.client = client
    }

    /// Probes a second.
    public var probesPerSecond: Double {
        duration > .zero ? Double(probes) / duration.inSeconds : 0
    }

    /// Microseconds of processor time a probe.
    public var processorMicrosecondsPerProbe: Double {
        probes > 0 ? processorTime.inSeconds * 1e6 / Double(probes) : 0
    }

    /// Writes the result with the documented keys.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("client")
            json.string(client)
            json.key("probes")
            json.integer(probes)
            json.key("probes_per_s")
            json.number(probesPerSecond, decimals: 1)
            json.key("cpu_us_per_probe")
            json.number(processorMicrosecondsPerProbe, decimals: 2)
            json.key("peak_sockets")
            json.integer(peakSockets)
            json.key("connects")
            json.integer(connects)
            json.key("p50_ms")
            if let p50 { json.number(p50.milliseconds) } else { json.null() }
            json.key("p99_ms")
            if let p99 { json.number(p99.milliseconds) } else { json.null() }
            json.key("max_rss_bytes")
            json.integer(maximumResidentBytes)
            json.key("errors")
            json.object { json in
                for (error, count) in errors {
                    json.key(text: error.rawValue)
                    json.integer(count)
                }
            }
        }
    }
}
