import Lab
import Measurements

/// What the clients of the lab did, as a table and then in words.
struct StoryReport {
    var runs: [LabRun]
    var concurrency: Int
    var duration: Duration
    var descriptorLimit: Int
    /// Nil for the server of the lab.
    var target: Target?

    /// How long the kernel keeps a connection in TIME_WAIT (`TCP_TIMEWAIT_LEN`, tcp.h).
    private static let timeWaitSeconds = 60

    var title: String {
        runs.count == 1 ? "One client on this machine" : "Socket leaks and their fix, side by side"
    }

    var conditions: String {
        let server = target.map(\.addressAndPort) ?? "a server of the lab on loopback"
        var text =
            "\(server); \(Decimals.grouped(concurrency)) probes under way, "
            + "\(DurationText.format(duration)) a client"
        if runs.contains(where: \.client.leaks) { text += "; clients that leak are paced" }
        return text
    }

    var text: String {
        ([title, conditions.escapedForTerminal, ""] + table + [""] + runs.flatMap(story))
            .map { $0 + "\n" }.joined()
    }

    // MARK: The table

    private static let heads = [
        "client", "probes/s", "CPU/probe", "connects/s", "sockets", "TIME_WAIT", "ghosts", "p50",
        "p99", "memory",
    ]

    private var table: [String] {
        let rows = [Self.heads] + runs.map { cells(of: $0.result) }
        let widths = Self.heads.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            zip(row, widths).enumerated().map { index, cell in
                cell.0.column(cell.1, right: index > 0)
            }.joined(separator: "  ")
        }
    }

    private func cells(of result: LabResult) -> [String] {
        [
            result.client, Decimals.grouped(Int(result.probesPerSecond.rounded())),
            "\(Decimals.text(result.processorMicrosecondsPerProbe, 1)) µs",
            Decimals.grouped(Int(result.connectsPerSecond.rounded())),
            Decimals.grouped(result.peakSockets), Decimals.grouped(result.timeWait),
            result.inspection.map { Decimals.grouped($0.ghosts) } ?? "–",
            result.p50.map(DurationText.format) ?? "–", result.p99.map(DurationText.format) ?? "–",
            "\(Decimals.text(Double(result.maximumResidentBytes) / 1_048_576, 1)) MiB",
        ]
    }

    // MARK: The words

    private func story(of run: LabRun) -> [String] {
        var lines = [run.result.client, "  \(run.client.habit)."]
        lines += cost(of: run).flatMap { Self.wrapped($0) }
        for (error, count) in run.result.errors {
            lines.append("  \(Decimals.grouped(count)) probes failed: \(error.rawValue).")
        }
        for line in inspection(of: run) { lines += Self.wrapped("inspect: \(line)") }
        return lines + [""]
    }

    /// The longest line of words.
    private static let width = 96

    /// A sentence in lines that begin with two spaces.
    private static func wrapped(_ sentence: String) -> [String] {
        var lines: [String] = []
        var line = " "
        for word in sentence.split(separator: " ") {
            if line.count + 1 + word.count > width, line != " " {
                lines.append(line)
                line = " "
            }
            line += " " + word
        }
        return lines + [line]
    }

    private func inspection(of run: LabRun) -> [String] {
        guard let inspection = run.result.inspection else {
            return [(run.result.inspectionFault ?? "–").escapedForTerminal]
        }
        guard !inspection.findings.isEmpty else {
            return [
                run.client.leaks
                    ? "nothing was found; a leak this young looks like a pool that fills."
                    : "nothing was found."
            ]
        }
        return inspection.findings.map { "\($0.rule): \($0.title.escapedForTerminal)." }
    }

    private func cost(of run: LabRun) -> [String] {
        let result = run.result
        let held = Decimals.grouped(result.peakSockets)
        switch run.client {
        case .perRequest, .noKeepalive:
            var lines = [
                "It leaks nothing and wastes much: \(Decimals.grouped(result.connects)) connections"
                    + " for \(Decimals.grouped(result.probes)) probes\(ratio(result))."
            ]
            if result.timeWait > 0 {
                lines.append(
                    "Each leaves its port in TIME_WAIT for \(Self.timeWaitSeconds) s: "
                        + "\(Decimals.grouped(result.timeWait)) at the end.")
            }
            return lines
        case .perRequestIdle, .unreadBody:
            var lines = [
                "It leaks a socket with every probe: \(held) after "
                    + "\(DurationText.format(result.duration)), and never fewer."
            ]
            if let rest = timeToLimit(result) {
                lines.append(
                    "At this pace its limit of \(Decimals.grouped(descriptorLimit)) descriptors is "
                        + "\(DurationText.format(rest)) away; then: too many open files.")
            }
            return lines
        case .shared:
            return [
                "\(Decimals.grouped(result.connects)) connections carried "
                    + "\(Decimals.grouped(result.probes)) probes; \(held) sockets at most."
            ]
        }
    }

    /// How much more a probe costs than the shared client's; nothing where both are not there.
    private func ratio(_ result: LabResult) -> String {
        guard let shared = runs.first(where: { $0.client == .shared })?.result,
            shared.processorMicrosecondsPerProbe > 0, result.processorMicrosecondsPerProbe > 0
        else { return "" }
        let cpu = result.processorMicrosecondsPerProbe / shared.processorMicrosecondsPerProbe
        let speed = shared.probesPerSecond / max(result.probesPerSecond, 0.001)
        return ", each at \(Decimals.text(cpu, 1)) × the CPU of shared, which does "
            + "\(Decimals.text(speed, 1)) × as many a second"
    }

    private func timeToLimit(_ result: LabResult) -> Duration? {
        let rate = result.connectsPerSecond
        let left = descriptorLimit - result.peakSockets
        guard rate > 0, left > 0 else { return nil }
        return .seconds(Double(left) / rate)
    }
}
