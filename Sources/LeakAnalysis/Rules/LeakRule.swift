import Measurements

/// One thing that may be wrong, looked for in a census.
protocol LeakRule {
    /// What it finds; empty in a healthy process.
    static func findings(_ census: Census) -> [Finding]
}

/// The figures that the rules decide by.
///
/// They are few and round on purpose: each stands for a difference in kind, and the programs of
/// the leak matrix show that nothing healthy comes near.
enum Threshold {
    /// Ghosts, or dead connections, that are worth a word: fewer may be on their way.
    static let few = 5
    /// As many are no accident.
    static let many = 10
    /// Connections that wait or idle, to one place, before their ages are read.
    static let crowd = 20
    /// Seconds after which a program that works would have gone on.
    static let patience = 15.0
    /// Seconds that a dead connection may take to be noticed by a program that works.
    static let notice = 5.0
}

/// Words that the rules share.
enum Phrase {
    /// `3 sockets`, `1 socket`, with commas between thousands.
    static func count(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
        "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
    }

    static func grouped(_ value: Int) -> String { Decimals.grouped(value) }

    /// Seconds in the words of every other duration: `412 ms`, `12.5 s`, `3m 20s`.
    static func seconds(_ value: Double) -> String {
        guard value.isFinite, value < 1e9 else { return "for ever" }
        return DurationText.format(.seconds(value))
    }

    /// A rate: `19.8 a second`, `3 a minute`.
    static func rate(_ perSecond: Double) -> String {
        if perSecond >= 1 { return "\(tenths(perSecond)) a second" }
        if perSecond * 60 >= 1 { return "\(tenths(perSecond * 60)) a minute" }
        return "\(tenths(perSecond * 3_600)) an hour"
    }

    private static func tenths(_ value: Double) -> String {
        let scaled = Int((min(value, 1e15) * 10).rounded())
        return Decimals.grouped(scaled / 10) + (scaled % 10 == 0 ? "" : ".\(scaled % 10)")
    }

    /// Where the most of some sockets lead: `127.0.0.1:80 (1,200), 10.0.0.7:443 (3) and 4 more`.
    static func places(_ places: [(name: String, count: Int)]) -> String {
        let shown = places.prefix(3).map { "\($0.name) (\(grouped($0.count)))" }
        let rest = places.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
