/// Durations as people write them: `500ms`, `5s`, `1m30s`, `2h`, `7d`, `0.5s`.
public enum DurationText {
    private static let units: [(suffix: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9),
        ("h", 3600e9), ("d", 86_400e9),
    ]

    /// Reads a duration: one or more numbers, each with its unit.
    ///
    /// Units are `ns`, `us` (or `µs`), `ms`, `s`, `m`, `h` and `d`. A number without a unit is
    /// refused, except 0. Nothing negative, and at most 100 years.
    public static func parse(_ text: String) throws(DurationFault) -> Duration {
        if text == "0" { return .zero }
        var rest = text[...]
        var total = 0.0
        guard !rest.isEmpty else { throw DurationFault(text: text) }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { !("0"..."9").contains($0) && $0 != "." }
            rest = rest.dropFirst(letters.count)
            guard let number = Double(digits), let first = digits.first, first != ".",
                digits.last != ".",
                let unit = units.first(where: { $0.suffix == letters })
            else { throw DurationFault(text: text) }
            total += number * unit.nanoseconds
        }
        guard total <= 100 * 365.25 * 86_400e9 else { throw DurationFault(text: text) }
        return .nanoseconds(Int64(total.rounded()))
    }

    /// The duration in three significant digits with the unit that suits: `1.25 ms`, `12.5 s`;
    /// from two minutes on in whole units: `2m 5s`, `3h 20m`, `4d 6h`.
    public static func format(_ duration: Duration) -> String {
        let nanoseconds = Double(duration.nanoseconds)
        if nanoseconds < 0 {
            return "-" + format(.nanoseconds(-max(duration.nanoseconds, -Int64.max)))
        }
        if nanoseconds < 120e9 { return short(nanoseconds) }
        let seconds = Int((nanoseconds / 1e9).rounded())
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400)
        if minutes < 60 { return pair(minutes, "m", seconds % 60, "s") }
        if hours < 24 { return pair(hours, "h", minutes % 60, "m") }
        return pair(days, "d", hours % 24, "h")
    }

    private static func short(_ nanoseconds: Double) -> String {
        if nanoseconds == 0 { return "0 ms" }
        let scales: [(unit: String, size: Double)] = [("s", 1e9), ("ms", 1e6), ("µs", 1e3)]
        for scale in scales where nanoseconds >= scale.size * 0.9995 {
            return "\(threeDigits(nanoseconds / scale.size)) \(scale.unit)"
        }
        return "\(Int(nanoseconds)) ns"
    }

    private static func threeDigits(_ value: Double) -> String {
        let places = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
        let factor = [1.0, 10, 100][places]
        let scaled = Int((value * factor).rounded())
        guard places > 0 else { return String(scaled) }
        let whole = scaled / Int(factor)
        let fraction = String(scaled % Int(factor))
        let zeros = String(repeating: "0", count: places - fraction.count)
        let digits = zeros + fraction
        return digits.allSatisfy { $0 == "0" } ? String(whole) : "\(whole).\(digits)"
    }

    private static func pair(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String)
        -> String
    {
        small == 0 ? "\(large)\(largeUnit)" : "\(large)\(largeUnit) \(small)\(smallUnit)"
    }

    /// The duration in the shortest form that ``parse(_:)`` reads back exactly: `1m30s`, `500ms`.
    public static func exact(_ duration: Duration) -> String {
        var rest = duration.nanoseconds
        guard rest > 0 else { return "0s" }
        let steps: [(String, Int64)] = [
            ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
            ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
        ]
        var text = ""
        for (unit, size) in steps where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        return text
    }
}

/// A text that is no duration.
public struct DurationFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text.
    public var text: String

    /// Makes the fault of a text.
    public init(text: String) {
        self.text = text
    }

    /// What was found and what is expected.
    public var description: String {
        "\"\(text)\" is not a duration: write a number and a unit, as in 500ms, 5s, 1m30s, 2h"
    }
}
