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

    static func grouped(_ value: Int) -> String {
        var digits = Array(String(value.magnitude))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return (value < 0 ? "-" : "") + String(digits)
    }

    /// Seconds as people say them: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`.
    static func seconds(_ value: Double) -> String {
        guard value.isFinite, value < 1e12 else { return "for ever" }
        if value < 9.95 { return "\(tenths(value)) s" }
        let whole = Int(value.rounded())
        if whole < 120 { return "\(whole) s" }
        if whole < 7_200 { return pair(whole / 60, "min", whole % 60, "s") }
        if whole < 172_800 { return pair(whole / 3_600, "h", whole / 60 % 60, "min") }
        return pair(whole / 86_400, "d", whole / 3_600 % 24, "h")
    }

    /// A rate: `19.8 a second`, `3 a minute`.
    static func rate(_ perSecond: Double) -> String {
        if perSecond >= 1 { return "\(tenths(perSecond)) a second" }
        if perSecond * 60 >= 1 { return "\(tenths(perSecond * 60)) a minute" }
        return "\(tenths(perSecond * 3_600)) an hour"
    }

    static func tenths(_ value: Double) -> String {
        let scaled = Int((min(value, 1e15) * 10).rounded())
        return scaled % 10 == 0 ? grouped(scaled / 10) : "\(grouped(scaled / 10)).\(scaled % 10)"
    }

    private static func pair(_ large: Int, _ unit: String, _ small: Int, _ smaller: String)
        -> String
    {
        small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smaller)"
    }

    /// Where the most of some sockets lead: `127.0.0.1:80 (1,200), 10.0.0.7:443 (3) and 4 more`.
    static func places(_ places: [(name: String, count: Int)]) -> String {
        let shown = places.prefix(3).map { "\($0.name) (\(grouped($0.count)))" }
        let rest = places.count - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
