import LeakAnalysis
import Measurements

/// What watching came to, in words.
struct WatchEnding {
    var summary: SeriesSummary
    var end: WatchEnd?
    /// Who asked for what is open; nil when that was not traced.
    var authors: SocketAuthors?
    var style: TerminalStyle

    /// The whole, as it is left on the terminal.
    var text: String {
        let name = "\(summary.last.process.name.escapedForTerminal) (\(summary.last.process.pid))"
        var head =
            "\(name) was watched for \(GrowthWords.time(summary.seconds)): "
            + ProcessWords.count(summary.looks, "look")
        if let end { head += "; \(end.words)" }
        let lines = [head, counts] + verdict(columns: .max) + authorLines
        return lines.map { $0 + "\n" }.joined()
    }

    private var authorLines: [String] {
        guard let authors else { return [] }
        return [""] + authors.table(columns: .max, most: 14)
    }

    private var counts: String {
        "at the last look \(ProcessWords.count(summary.last.descriptors.open, "descriptor")), "
            + ProcessWords.sockets(summary.sockets.total, ghosts: summary.sockets.ghosts, style)
            + "; \(Decimals.grouped(summary.peakSockets)) sockets at most; "
            + "\(Decimals.grouped(summary.born)) opened \(since), "
            + "\(Decimals.grouped(summary.survivors)) of them open still"
    }

    /// What a process opened before the first look counts as opened when it was just started.
    private var since: String {
        let age = summary.last.process.uptime - summary.seconds
        return age <= SeriesSettings().youngProcess ? "since its start" : "meanwhile"
    }

    /// Whether it grows, each kind of leak, and when the limit is reached; no line is longer than
    /// so many characters.
    func verdict(columns: Int) -> [String] {
        let isLeaking = !summary.verdict.leaks.isEmpty
        let words = style.strong(
            GrowthWords.line(summary.verdict).clipped(to: columns - (isLeaking ? 2 : 0)))
        var details = summary.verdict.leaks.map { GrowthWords.line($0) }
        if let forecast = summary.forecast { details.append(GrowthWords.line(forecast)) }
        if let lifetimes = summary.lifetimes { details.append(GrowthWords.line(lifetimes)) }
        return [isLeaking ? "\(style.bad("!")) \(words)" : words]
            + details.map { "    \($0)".clipped(to: columns) }
    }
}
