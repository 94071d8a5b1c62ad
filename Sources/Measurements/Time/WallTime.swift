/// A point in civil time: nanoseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
public struct WallTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since the Unix epoch.
    public var unixNanoseconds: Int64

    /// Makes a time from nanoseconds since the Unix epoch.
    public init(unixNanoseconds: Int64) {
        self.unixNanoseconds = unixNanoseconds
    }

    /// Makes a time from whole seconds since the Unix epoch.
    public init(unixSeconds: Int64) {
        let (scaled, overflow) = unixSeconds.multipliedReportingOverflow(by: 1_000_000_000)
        unixNanoseconds = overflow ? (unixSeconds > 0 ? .max : .min) : scaled
    }

    /// Whole seconds since the Unix epoch, rounded down.
    public var unixSeconds: Int64 {
        let (quotient, remainder) = unixNanoseconds.quotientAndRemainder(
            dividingBy: 1_000_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Orders times.
    public static func < (left: Self, right: Self) -> Bool {
        left.unixNanoseconds < right.unixNanoseconds
    }

    /// The time `duration` later, saturating.
    public static func + (left: Self, right: Duration) -> Self {
        let (sum, overflow) = left.unixNanoseconds.addingReportingOverflow(right.nanoseconds)
        return Self(unixNanoseconds: overflow ? (right > .zero ? .max : .min) : sum)
    }

    /// The time from `right` to `left`, saturating at 292 years.
    public static func - (left: Self, right: Self) -> Duration {
        let (difference, overflow) = left.unixNanoseconds.subtractingReportingOverflow(
            right.unixNanoseconds)
        guard overflow else { return .nanoseconds(difference) }
        return .nanoseconds(left.unixNanoseconds > 0 ? Int64.max : Int64.min)
    }

    /// The civil date and time of day in UTC.
    ///
    /// The conversion is the days-from-civil algorithm of Howard Hinnant, valid for every date of
    /// the proleptic Gregorian calendar.
    public var civil: (year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        let seconds = Int(unixSeconds)
        var days = seconds / 86_400
        var rest = seconds % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthShifted = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthShifted + 2) / 5 + 1
        let month = monthShifted < 10 ? monthShifted + 3 : monthShifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, day, rest / 3_600, rest % 3_600 / 60, rest % 60)
    }

    /// The time as RFC 3339 in UTC with milliseconds: `2026-11-25T02:43:02.125Z`.
    public var rfc3339: String {
        let part = civil
        let rest = unixNanoseconds % 1_000_000_000
        let milliseconds = Int((rest < 0 ? rest + 1_000_000_000 : rest) / 1_000_000)
        return "\(padded(part.year, 4))-\(padded(part.month, 2))-\(padded(part.day, 2))T"
            + "\(padded(part.hour, 2)):\(padded(part.minute, 2)):\(padded(part.second, 2))."
            + "\(padded(milliseconds, 3))Z"
    }
}

private func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}

extension WallTime {
    /// The moment of a civil date and time of day in UTC; every field in its calendar range.
    public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        // Years 1678 to 2261 fit into nanoseconds; a certificate that says 9999 saturates.
        let seconds = Int64(days * 86_400 + hour * 3_600 + minute * 60 + second)
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self.init(unixNanoseconds: overflow ? (seconds > 0 ? .max : .min) : scaled)
    }
}

extension WallTime {
    /// The moment that an RFC 3339 text in UTC with milliseconds names, as ``rfc3339`` writes it.
    ///
    /// Nil for every other form.
    public init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        let marks: [(Int, Character)] = [
            (4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"), (19, "."), (23, "Z"),
        ]
        guard bytes.count == 24, marks.allSatisfy({ bytes[$0.0] == $0.1.asciiValue }) else {
            return nil
        }
        func number(_ range: Range<Int>) -> Int? {
            range.reduce(0) { value, index in
                guard let value, (0x30...0x39).contains(bytes[index]) else { return nil }
                return value * 10 + Int(bytes[index] - 0x30)
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16),
            let second = number(17..<19), let millisecond = number(20..<23)
        else { return nil }
        self.init(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        self = self + .milliseconds(millisecond)
        // A date that no calendar has comes back as another.
        guard rfc3339 == text else { return nil }
    }
}
