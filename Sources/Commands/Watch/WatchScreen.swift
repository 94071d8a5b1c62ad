import LeakAnalysis
import Measurements

/// The live screen of `watch`: redrawn after each look, and left behind as text at the end.
struct WatchScreen: WatchView {
    let every: Duration
    let style: TerminalStyle
    var authors: SocketAuthors?
    private var firstGroups: [WatchGroup: Int] = [:]
    private var drawing: WatchDrawing?
    private var notice: String?
    private var isEntered = false

    init(every: Duration, style: TerminalStyle) {
        self.every = every
        self.style = style
    }

    mutating func show(_ snapshot: Snapshot, _ series: SnapshotSeries) {
        guard let summary = series.summary else { return }
        let groups = SocketGroup.groups(of: snapshot.sockets)
        if summary.looks == 1 {
            firstGroups = Dictionary(
                groups.map { (WatchGroup($0), $0.count) }, uniquingKeysWith: +)
        }
        drawing = WatchDrawing(
            summary: summary, groups: WatchGroup.rows(groups, since: firstGroups),
            cohorts: series.cohorts(most: WatchDrawing.cohortRows(in: Terminal.size.rows)),
            every: every, authors: authors, notice: notice, style: style)
        redraw()
    }

    mutating func showExecution(from old: ProcessFacts, to new: ProcessFacts) {
        notice = WatchLines.execution(to: new)
    }

    mutating func redraw() {
        guard let drawing else { return }
        // The alternate screen, with the cursor hidden (xterm control sequences).
        if !isEntered { StandardStreams.output("\u{1B}[?1049h\u{1B}[?25l") }
        isEntered = true
        let lines = drawing.lines(in: Terminal.size)
        let screen = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\n")
        StandardStreams.output("\u{1B}[H" + screen + "\u{1B}[J")
    }

    mutating func leave() {
        guard isEntered else { return }
        isEntered = false
        StandardStreams.output("\u{1B}[?25h\u{1B}[?1049l")
    }

    mutating func finish(_ series: SnapshotSeries, _ end: WatchEnd) {
        leave()
        guard let summary = series.summary else { return }
        StandardStreams.output(
            WatchEnding(summary: summary, end: end, authors: authors, style: style).text)
    }
}

/// What a group of sockets is told by, its number left out.
struct WatchGroup: Hashable {
    var what: String
    var place: String

    init(_ group: SocketGroup) {
        what = GroupWords.what(group)
        place = group.peer.map { GroupWords.place(group) + $0.escapedForTerminal } ?? ""
    }

    /// A group with its number and how much that changed.
    struct Row {
        var group: WatchGroup
        var count: Int
        var change: Int
    }

    /// The groups of now beside those of the first look; those that are gone come last.
    static func rows(_ groups: [SocketGroup], since first: [WatchGroup: Int]) -> [Row] {
        var gone = first
        var rows = groups.map { group in
            let key = WatchGroup(group)
            return Row(group: key, count: group.count, change: group.count - (gone[key] ?? 0))
        }
        for row in rows { gone[row.group] = nil }
        rows += gone.sorted { ($0.value, $1.key.place) > ($1.value, $0.key.place) }
            .map { Row(group: $0.key, count: 0, change: -$0.value) }
        return rows
    }
}
