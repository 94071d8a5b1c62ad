/// Ranges of HTTP statuses as people write them: `200`, `2xx`, `200-299`, `200,204,3xx`.
public enum StatusRanges {
    /// Reads one or more ranges, separated by commas; nil when one is not within 100 to 599.
    public static func parse(_ text: String) -> [ClosedRange<Int>]? {
        var ranges: [ClosedRange<Int>] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let range = range(part.filter { $0 != " " }) else { return nil }
            ranges.append(range)
        }
        return ranges
    }

    private static func range(_ text: String) -> ClosedRange<Int>? {
        if text.count == 3, text.lowercased().hasSuffix("xx") {
            guard let digit = text.first?.wholeNumberValue, (1...5).contains(digit) else {
                return nil
            }
            return (digit * 100)...(digit * 100 + 99)
        }
        let bounds = text.split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count <= 2, let lower = bounds.first.flatMap({ status($0) }),
            let upper = bounds.last.flatMap({ status($0) }), lower <= upper
        else { return nil }
        return lower...upper
    }

    private static func status(_ text: Substring) -> Int? {
        guard text.count == 3, let number = Int(text), (100...599).contains(number) else {
            return nil
        }
        return number
    }

    /// The ranges in the form that ``parse(_:)`` reads.
    public static func text(_ ranges: [ClosedRange<Int>]) -> String {
        ranges.map { range in
            if range.lowerBound == range.upperBound { return "\(range.lowerBound)" }
            if range.lowerBound % 100 == 0, range.upperBound == range.lowerBound + 99 {
                return "\(range.lowerBound / 100)xx"
            }
            return "\(range.lowerBound)-\(range.upperBound)"
        }.joined(separator: ",")
    }
}
