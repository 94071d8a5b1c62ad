import LeakAnalysis
import Measurements

/// What the live screen shows at one moment.
struct WatchDrawing {
    var summary: SeriesSummary
    var groups: [WatchGroup.Row]
    var cohorts: [CohortRow]
    var every: Duration
    var authors: SocketAuthors?
    var notice: String?
    var style: TerminalStyle

    /// The lines, no more and no wider than a terminal has.
    func lines(in size: (columns: Int, rows: Int)) -> [String] {
        let columns = size.columns
        var lines = [
            headline(columns),
            ProcessWords.descriptors(summary.last.descriptors).clipped(to: columns),
            sockets(columns),
        ]
        if let notice { lines.append(style.weak(notice.clipped(to: columns))) }
        lines.append("")
        let ending = WatchEnding(summary: summary, end: nil, authors: nil, style: style)
        lines += ending.verdict(columns: columns)
        lines += authorTable(columns, most: (size.rows - lines.count) / 3)
        let room = size.rows - lines.count
        let cohortLines = cohortTable(columns, most: max(0, room / 2 - 1))
        lines += groupTable(columns, most: room - cohortLines.count)
        lines += cohortLines
        return Array(lines.prefix(max(1, size.rows)))
    }

    private func headline(_ columns: Int) -> String {
        let head = ProcessWords.headline(summary.last.process, TerminalStyle(isColoured: false))
        let looks =
            "\(ProcessWords.count(summary.looks, "look")) in \(GrowthWords.time(summary.seconds)), "
            + "every \(DurationText.format(every))"
        let fill = columns - head.count - looks.count
        guard fill >= 2 else { return head.clipped(to: columns) }
        return style.strong(head) + String(repeating: " ", count: fill) + style.weak(looks)
    }

    private func sockets(_ columns: Int) -> String {
        let tally = summary.sockets
        var text = ProcessWords.sockets(
            tally.total, ghosts: tally.ghosts, TerminalStyle(isColoured: false))
        if let recent = summary.recent {
            text +=
                " · \(GrowthWords.number(recent.birthsPerSecond)) opened and "
                + "\(GrowthWords.number(recent.deathsPerSecond)) gone a second lately"
        }
        return text.clipped(to: columns)
    }

    private func authorTable(_ columns: Int, most: Int) -> [String] {
        guard let authors, most >= 3 else { return [] }
        let lines = authors.table(columns: columns, most: most - 1)
        return [""] + lines.prefix(1).map(style.weak) + lines.dropFirst()
    }

    // MARK: Groups

    private func groupTable(_ columns: Int, most: Int) -> [String] {
        guard most >= 3, !groups.isEmpty else { return [] }
        let head = "NOW".column(9, right: true) + "CHANGE".column(10, right: true) + "  SOCKETS"
        var lines = ["", style.weak(head)]
        let room = most - lines.count
        let shown = groups.count > room ? room - 1 : groups.count
        for row in groups.prefix(shown) {
            let change = row.change == 0 ? "" : Self.signed(row.change)
            let text =
                Decimals.grouped(row.count).column(9, right: true)
                + change.column(10, right: true) + "  " + row.group.what.column(30) + " "
                + row.group.place
            lines.append(text.withoutTrailingSpaces.clipped(to: columns))
        }
        if shown < groups.count {
            lines.append(style.weak("          and \(groups.count - shown) more groups"))
        }
        return lines
    }

    private static func signed(_ value: Int) -> String {
        (value > 0 ? "+" : "") + Decimals.grouped(value)
    }

    // MARK: Cohorts

    /// How many rows of cohorts a terminal of so many lines has room for.
    static func cohortRows(in rows: Int) -> Int { max(3, min(12, (rows - 12) / 3)) }

    /// Those that were opened at one time, and what is left of them.
    private func cohortTable(_ columns: Int, most: Int) -> [String] {
        guard most >= 3, !cohorts.isEmpty else { return [] }
        var lines = [
            "",
            style.weak(
                "OPENED".column(21) + "NUMBER".column(8, right: true)
                    + "OPEN".column(8, right: true) + "IDLE".column(8, right: true)
                    + "IN USE".column(8, right: true) + "DEAD".column(8, right: true)),
        ]
        for row in cohorts.suffix(most - lines.count) {
            let part = row.born > 0 ? Double(row.surviving) / Double(row.born) : 0
            let width = max(0, min(20, columns - 63))
            let bar = String(repeating: "█", count: Int((part * Double(width)).rounded()))
            let counts = [row.born, row.surviving, row.idle, row.inUse, row.dead]
                .map { Decimals.grouped($0).column(8, right: true) }
            lines.append((age(row).column(21) + counts.joined() + "  " + bar).clipped(to: columns))
        }
        return lines
    }

    private func age(_ row: CohortRow) -> String {
        let old = max(0, summary.seconds - row.opened.lowerBound)
        let young = max(0, summary.seconds - row.opened.upperBound)
        let words = young < 1 ? "now" : GrowthWords.time(young.rounded())
        return "\(GrowthWords.time(old.rounded())) ago to \(words)"
    }
}
