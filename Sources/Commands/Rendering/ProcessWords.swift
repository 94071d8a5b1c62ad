import LeakAnalysis
import Measurements

/// A process and its descriptors in words.
enum ProcessWords {
    /// Who it is.
    static func headline(_ process: ProcessFacts, _ style: TerminalStyle) -> String {
        let uptime = DurationText.format(.seconds(process.uptime))
        return style.strong("\(process.name.escapedForTerminal) (\(process.pid))")
            + ", \(process.runtime.title), up \(uptime)"
    }

    /// How many descriptors it has, of how many, and of which kinds.
    static func descriptors(_ tally: DescriptorTally) -> String {
        var line = "\(Decimals.grouped(tally.open)) descriptors open"
        if let limit = tally.softLimit {
            let percent = limit > 0 ? Double(tally.open) * 100 / Double(limit) : 100
            line +=
                limit == .max
                ? ", without a limit"
                : " of \(Decimals.grouped(limit)) (\(Decimals.text(percent, percent < 10 ? 1 : 0)) %)"
        }
        let kinds = tally.byKind.sorted {
            ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue)
        }
        .map { "\($0.key.rawValue) \(Decimals.grouped($0.value))" }
        return line + (kinds.isEmpty ? "" : ": " + kinds.joined(separator: ", "))
    }

    /// How many sockets, and how many of them are ghosts.
    static func sockets(_ total: Int, ghosts: Int, _ style: TerminalStyle) -> String {
        "\(count(total, "socket")), "
            + (ghosts == 0
                ? "no ghosts" : style.strong("\(Decimals.grouped(ghosts)) of them ghosts"))
    }

    /// A number of processes.
    static func processes(_ number: Int) -> String {
        number == 1 ? "1 process" : "\(Decimals.grouped(number)) processes"
    }

    /// A number of things.
    static func count(_ number: Int, _ thing: String) -> String {
        "\(Decimals.grouped(number)) \(thing)\(number == 1 ? "" : "s")"
    }
}
