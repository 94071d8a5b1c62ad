import LeakAnalysis
import Measurements

/// A line for each look, for a pipe or a file.
struct WatchLines: WatchView {
    let style: TerminalStyle
    var authors: SocketAuthors?
    private var before: (born: Int, died: Int)?

    init(style: TerminalStyle) {
        self.style = style
    }

    mutating func show(_ snapshot: Snapshot, _ series: SnapshotSeries) {
        guard let summary = series.summary else { return }
        let isFirst = before == nil || summary.looks == 1
        let born = summary.born - (isFirst ? 0 : before?.born ?? 0)
        let died = summary.died - (isFirst ? 0 : before?.died ?? 0)
        before = (summary.born, summary.died)
        let line = Self.line(summary, born: born, died: died, isFirst: isFirst)
        let author = authors.map { "  " + $0.line } ?? ""
        StandardStreams.output(line + author + "\n")
    }

    static func line(_ summary: SeriesSummary, born: Int, died: Int, isFirst: Bool) -> String {
        let changes = isFirst ? "" : "+\(Decimals.grouped(born)) -\(Decimals.grouped(died))"
        let words = [
            summary.last.time.rfc3339,
            "\(Decimals.grouped(summary.last.descriptors.open)) open",
            ProcessWords.count(summary.sockets.total, "socket") + changes.leading(" "),
            ProcessWords.count(summary.sockets.ghosts, "ghost"),
            GrowthWords.line(summary.verdict),
        ]
        return words.joined(separator: "  ")
    }

    mutating func showExecution(from old: ProcessFacts, to new: ProcessFacts) {
        StandardStreams.output(Self.execution(to: new) + "\n")
    }

    static func execution(to new: ProcessFacts) -> String {
        "the process runs another program now: "
            + (new.executable ?? new.name).escapedForTerminal + "; judging begins anew"
    }

    mutating func finish(_ series: SnapshotSeries, _ end: WatchEnd) {
        guard let summary = series.summary else { return }
        let ending = WatchEnding(summary: summary, end: end, authors: authors, style: style)
        StandardStreams.output("\n" + ending.text)
    }
}

extension String {
    /// The text after a separator; nothing for nothing.
    fileprivate func leading(_ separator: String) -> String { isEmpty ? "" : separator + self }
}
