import Lab
import Measurements

/// A lab result in words.
struct LabReport {
    var result: LabResult

    var text: String {
        var rows = [
            ("client", result.client),
            (
                "probes",
                "\(Decimals.grouped(result.probes)) in \(DurationText.format(result.duration)), "
                    + "\(Decimals.grouped(Int(result.probesPerSecond))) a second"
            ),
            ("cpu", "\(Decimals.text(result.processorMicrosecondsPerProbe, 2)) µs a probe"),
            (
                "latency",
                "p50 \(result.p50.map(DurationText.format) ?? "–"), "
                    + "p99 \(result.p99.map(DurationText.format) ?? "–")"
            ),
            (
                "sockets",
                "\(result.peakSockets) at most, \(Decimals.grouped(result.connects)) connects"
            ),
            (
                "memory",
                "\(Decimals.text(Double(result.maximumResidentBytes) / 1_048_576, 1)) MiB at most"
            ),
        ]
        for (error, count) in result.errors {
            rows.append((error.rawValue, "\(Decimals.grouped(count)) probes"))
        }
        return rows.map { "\($0.0.column(10))\($0.1)\n" }.joined()
    }
}
