import ConnectionPooling
import HTTPProbing
import Measurements
import Monitor
import ProbeScheduling

/// The screen of `run` on a terminal: what is up, how fast, and what the pool holds.
struct LiveView {
    var statuses: [TargetStatus]
    var statistics: EngineStatistics
    var forecast: [String]
    var style: TerminalStyle
    var size: (columns: Int, rows: Int)
    var uptime: Duration

    /// The screen, one string a line, no longer than the terminal is high.
    var lines: [String] {
        var lines = [headline, poolLine]
        lines += forecast.prefix(2).map { style.weak($0.clipped(to: size.columns)) }
        lines.append("")
        lines.append(style.weak(header.clipped(to: size.columns)))
        let room = max(1, size.rows - lines.count - 2)
        let sorted = statuses.enumerated().sorted {
            let left = rank($0.element), right = rank($1.element)
            return left == right ? $0.offset < $1.offset : left < right
        }
        for (_, status) in sorted.prefix(room) { lines.append(row(status)) }
        if sorted.count > room {
            lines.append(
                style.weak(
                    "… and \(Decimals.grouped(sorted.count - room)) more targets, "
                        + "the ones in trouble are shown first"))
        }
        return lines
    }

    private var headline: String {
        var up = 0, down = 0, unknown = 0
        for status in statuses {
            switch status.tracker.state {
            case .up: up += 1
            case .down: down += 1
            case .unknown: unknown += 1
            }
        }
        let downText = "\(Decimals.grouped(down)) down"
        var text =
            "Sockeye  \(Decimals.grouped(statuses.count)) targets: "
            + style.good("\(Decimals.grouped(up)) up") + ", "
            + (down > 0 ? style.bad(downText) : downText)
        if unknown > 0 { text += ", \(Decimals.grouped(unknown)) not known yet" }
        text += " · \(Decimals.grouped(statistics.ended)) probes in \(DurationText.format(uptime))"
        if let lateness = statistics.lateness.quantile(0.99) {
            text += " · late p99 \(DurationText.format(lateness))"
        }
        let skipped = statistics.skippedOverlap + statistics.skippedOverload
        if skipped > 0 { text += " · " + style.bad("\(Decimals.grouped(skipped)) skipped") }
        return text
    }

    private var poolLine: String {
        let pool = statistics.pool
        let reuse = pool.leases > 0 ? Double(pool.reused) * 100 / Double(pool.leases) : 0
        let text =
            "pool     \(Decimals.grouped(pool.open)) open: \(Decimals.grouped(pool.idle)) idle, "
            + "\(pool.leased) in use, \(pool.connecting) connecting, \(pool.waiting) waiting · "
            + "\(Decimals.grouped(pool.opened)) opened · \(Decimals.text(reuse, 1)) % reused · "
            + "\(statistics.staleRetries) stale"
        return text.clipped(to: size.columns)
    }

    private var nameWidth: Int { max(16, min(48, size.columns - 58)) }

    private var header: String {
        "STATE  " + "TARGET".column(nameWidth) + "  LAST".column(20)
            + "  LATENCY".column(12) + "UPTIME".column(9, right: true) + "  CERT"
    }

    private func row(_ status: TargetStatus) -> String {
        let state: String
        switch status.tracker.state {
        case .up: state = style.good("✓ up   ")
        case .down: state = style.bad("✗ down ")
        case .unknown: state = style.weak("· ?    ")
        }
        let last = status.last.map { outcome in
            outcome.failure.map(\.error.rawValue) ?? "\(outcome.status) \(outcome.kind.rawValue)"
        }
        let latency = status.last.map { DurationText.format($0.elapsed) } ?? "–"
        let uptime = status.uptime.map { Decimals.text($0 * 100, 2) + " %" } ?? "–"
        var text =
            state + status.target.value.name.escapedForTerminal.column(nameWidth) + "  "
            + (last ?? "–").column(18) + "  " + latency.column(10, right: true)
            + uptime.column(9, right: true)
        if let certificate = status.lastHandshake?.certificate, let time = status.last?.time {
            text += "  \(Int((certificate.notAfter - time).inSeconds / 86_400)) d"
        }
        if status.tracker.isFlapping { text += "  " + style.bad("flapping") }
        return text
    }

    private func rank(_ status: TargetStatus) -> Int {
        switch status.tracker.state {
        case .down: 0
        case .up: status.tracker.isFlapping ? 1 : 3
        case .unknown: 2
        }
    }
}
