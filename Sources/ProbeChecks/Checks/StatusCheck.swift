/// The status is in one of some ranges.
struct StatusCheck: Check {
    let ranges: [ClosedRange<Int>]
    let name = "status"

    func complaint(about evidence: CheckEvidence) -> String? {
        for range in ranges where range.contains(evidence.status) { return nil }
        return "\(evidence.status), expected \(HTTPStatusRanges.describe(ranges))"
    }
}

/// Ranges of status codes as people write them: `200`, `200-299`, `2xx`, `200,301-308`.
public enum HTTPStatusRanges {
    /// Reads ranges separated by commas; nil when the text is something else.
    ///
    /// Codes are 100 to 599: RFC 9110, section 15, knows no other class.
    public static func parse(_ text: String) -> [ClosedRange<Int>]? {
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let range = range(part.filter { $0 != " " }) else { return nil }
            ranges.append(range)
        }
        return ranges
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        if text.count == 3, text.lowercased().hasSuffix("xx"), let digit = Int(text.prefix(1)),
            (1...5).contains(digit)
        {
            return digit * 100...digit * 100 + 99
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard let lowest = ends.first ?? nil, let highest = ends.last ?? nil, ends.count <= 2,
            (100...599).contains(lowest), (100...599).contains(highest), lowest <= highest
        else { return nil }
        return lowest...highest
    }

    /// The ranges in the same notation.
    public static func describe(_ ranges: [ClosedRange<Int>]) -> String {
        ranges.map { range in
            if range.count == 1 { return "\(range.lowerBound)" }
            if range.count == 100, range.lowerBound % 100 == 0 {
                return "\(range.lowerBound / 100)xx"
            }
            return "\(range.lowerBound)-\(range.upperBound)"
        }.joined(separator: ",")
    }
}
