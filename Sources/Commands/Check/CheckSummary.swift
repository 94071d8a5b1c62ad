import Measurements
import ProbeScheduling

/// Several probes of one target, summed up.
struct CheckSummary {
    private(set) var probes = 0
    private(set) var failures = 0
    private var warm = LatencyHistogram()
    private var cold = LatencyHistogram()
    private var retries = 0

    mutating func add(_ outcome: ProbeOutcome) {
        probes += 1
        if outcome.attempts > 1 { retries += 1 }
        guard outcome.failure == nil else {
            failures += 1
            return
        }
        switch outcome.kind {
        case .warm: warm.record(outcome.elapsed)
        case .cold: cold.record(outcome.elapsed)
        }
    }

    /// The summary, several lines.
    func text(name: String) -> String {
        var lines = ["--- \(name.escapedForTerminal)"]
        let share = probes == 0 ? 0 : Double(probes - failures) * 100 / Double(probes)
        lines.append(
            "\(probes) probes, \(failures) failed (\(Decimals.text(share, 1)) % passed)"
                + (retries > 0 ? ", \(retries) sent again on a fresh connection" : ""))
        for (kind, histogram) in [("cold", cold), ("warm", warm)] where histogram.count > 0 {
            let parts = [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1.0)].map {
                "\($0) \(histogram.quantile($1).map(DurationText.format) ?? "–")"
            }
            lines.append("\(kind.column(5))×\(histogram.count)  " + parts.joined(separator: "  "))
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
