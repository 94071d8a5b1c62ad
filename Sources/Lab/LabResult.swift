public import Measurements

/// What one client did in the lab: one JSON object a client.
public struct LabResult: Sendable {
    /// Which client: the name of a ``LabClient``, or `shared-fresh`.
    public var client: String
    /// Probes that ended.
    public var probes = 0
    /// How long the load ran.
    public var duration = Duration.zero
    /// Processor time of the whole process, user and system, start to end of the load.
    public var processorTime = Duration.zero
    /// The most sockets the process held at a sample, its three standard streams left out.
    public var peakSockets = 0
    /// Connections that were opened.
    public var connects = 0
    /// Connections with the server's port in TIME_WAIT when the load ended, on either side.
    public var timeWait = 0
    /// Half of the probes took at most this long.
    public var p50: Duration?
    /// All but one in a hundred took at most this long.
    public var p99: Duration?
    /// The most resident memory of the process, in bytes (proc_pid_status(5), `VmHWM`).
    public var maximumResidentBytes = 0
    /// Failed probes by class.
    public var errors: [(class: ProbeErrorClass, count: Int)] = []
    /// What an inspection said of the process while it held what it held; nil when there was none.
    public var inspection: LabInspection?
    /// Why there was no inspection, as a sentence for people; nil when there was one.
    public var inspectionFault: String? = "It was not inspected."

    /// Makes the result of a client that has done nothing.
    public init(client: String) {
        self.client = client
    }

    /// Probes a second.
    public var probesPerSecond: Double {
        duration > .zero ? Double(probes) / duration.inSeconds : 0
    }

    /// Connections opened a second.
    public var connectsPerSecond: Double {
        duration > .zero ? Double(connects) / duration.inSeconds : 0
    }

    /// Microseconds of processor time a probe.
    public var processorMicrosecondsPerProbe: Double {
        probes > 0 ? processorTime.inSeconds * 1e6 / Double(probes) : 0
    }

    /// Takes what an inspector says of this process, or why it says nothing.
    public mutating func inspect(with inspector: (any ProcessInspecting)?) async {
        await inspect(pid: ProcessUsage.id, with: inspector)
    }

    /// Takes what an inspector says of a process, or why it says nothing.
    mutating func inspect(pid: Int32, with inspector: (any ProcessInspecting)?) async {
        guard let inspector else { return }
        do {
            inspection = try await inspector.inspect(pid: pid)
            inspectionFault = nil
        } catch {
            inspectionFault = "It could not be inspected: \(error)"
        }
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
            json.key("connects_per_s")
            json.number(connectsPerSecond, decimals: 1)
            json.key("time_wait")
            json.integer(timeWait)
            json.key("ghosts")
            if let inspection { json.integer(inspection.ghosts) } else { json.null() }
            json.key("p50_ms")
            if let p50 { json.number(p50.milliseconds) } else { json.null() }
            json.key("p99_ms")
            if let p99 { json.number(p99.milliseconds) } else { json.null() }
            json.key("max_rss_bytes")
            json.integer(maximumResidentBytes)
            writeLists(to: &json)
        }
    }

    private func writeLists(to json: inout JSONWriter) {
        json.key("errors")
        json.object { json in
            for (error, count) in errors {
                json.key(text: error.rawValue)
                json.integer(count)
            }
        }
        json.key("findings")
        json.array { json in
            for finding in inspection?.findings ?? [] { json.string(finding.rule) }
        }
    }
}
