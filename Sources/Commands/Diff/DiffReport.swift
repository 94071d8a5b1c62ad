import LeakAnalysis
import Measurements

/// A comparison in words.
struct DiffReport {
    var report: DifferenceReport
    var style: TerminalStyle

    private static let widths = (name: 26, value: 26)

    var text: String {
        let lines =
            [
                "\(verdict): \(report.reason.escapedForTerminal)", "",
                style.weak(row("", "BEFORE", "AFTER")),
            ] + identity.map { row($0.0, $0.1, $0.2) } + report.changes.compactMap(row) + growth
        return lines.map { $0 + "\n" }.joined()
    }

    private var verdict: String {
        switch report.verdict {
        case .fixed: style.good("fixed")
        case .better: style.good("better")
        case .same: style.strong("same")
        case .worse: style.bad("worse")
        case .notComparable: style.strong("not comparable")
        }
    }

    private var identity: [(String, String, String)] {
        let rows: [(String, (SeriesSummary) -> String)] = [
            ("process", { "\($0.last.process.name.escapedForTerminal) (\($0.last.process.pid))" }),
            ("looked at", { $0.last.time.rfc3339 }),
            (
                "for",
                {
                    $0.looks == 1
                        ? "1 look" : "\(GrowthWords.time($0.seconds)), \($0.looks) looks"
                }
            ),
        ]
        return rows.map { ($0.0, $0.1(report.before), $0.1(report.after)) }
    }

    private func row(_ name: String, _ before: String, _ after: String) -> String {
        let text =
            name.column(Self.widths.name) + before.column(Self.widths.value, right: true)
            + after.column(Self.widths.value, right: true)
        return text.withoutTrailingSpaces
    }

    private func row(_ change: MeasureChange) -> String? {
        let title = Self.titles[change.measure] ?? change.measure
        let values = [change.before, change.after].map { value in
            value.map { GrowthWords.number($0, isCount: Self.isCount(change)) } ?? "–"
        }
        return row(title, values[0], values[1])
    }

    private static func isCount(_ change: MeasureChange) -> Bool { !change.unit.hasSuffix("/s") }

    /// The measures in words; those that a later sockeye adds are told by their keys.
    private static let titles = [
        "sockets": "sockets", "peak_sockets": "sockets at most", "ghosts": "ghosts",
        "close_wait": "in CLOSE_WAIT", "descriptors": "descriptors",
        "births_per_s": "sockets opened a second", "time_wait": "in TIME_WAIT, same peers",
        "survivors": "opened and still open", "growth_per_s": "more descriptors a second",
        "segments_per_s": "segments sent a second",
    ]

    /// What each side's growth is said to be; a single look has none.
    private var growth: [String] {
        let sides = [("before", report.before), ("after", report.after)]
        let lines = sides.compactMap { name, side in
            side.looks > 1 ? "\(name.column(8))\(GrowthWords.line(side.verdict))" : nil
        }
        return lines.isEmpty ? [] : [""] + lines
    }
}
