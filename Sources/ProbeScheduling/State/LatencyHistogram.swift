/// Counts of durations in buckets of equal relative width: any quantile within 1 %.
///
/// Each power of two has 64 buckets, so a bucket is at most 1.6 % wide and its middle at most
/// 0.8 % away from what was recorded. Negative durations count as zero.
public struct LatencyHistogram: Sendable {
    private static let bits = 6
    private var counts: [UInt32] = []
    /// How many durations were recorded.
    public private(set) var count = 0
    /// The longest; zero before the first.
    public private(set) var longest = Duration.zero

    /// Makes an empty histogram.
    public init() {}

    /// Counts a duration.
    public mutating func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let nanoseconds = max(0, seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
        let index = Self.index(of: UInt64(nanoseconds))
        if index >= counts.count {
            counts += [UInt32](repeating: 0, count: index + 1 - counts.count)
        }
        counts[index] &+= 1
        count += 1
        if duration > longest { longest = duration }
    }

    /// The duration that a share of all is not above; nil when nothing was recorded.
    ///
    /// - Parameter share: 0 to 1; 0.5 is the median.
    public func quantile(_ share: Double) -> Duration? {
        guard count > 0 else { return nil }
        let rank = max(1, Int((share * Double(count)).rounded(.up)))
        if rank >= count { return longest }
        var seen = 0
        for (index, number) in counts.enumerated() {
            seen += Int(number)
            if seen >= rank { return min(longest, .nanoseconds(Int64(Self.middle(of: index)))) }
        }
        return longest
    }

    /// Adds another histogram's counts.
    public mutating func merge(_ other: LatencyHistogram) {
        if other.counts.count > counts.count {
            counts += [UInt32](repeating: 0, count: other.counts.count - counts.count)
        }
        for (index, number) in other.counts.enumerated() { counts[index] &+= number }
        count += other.count
        longest = max(longest, other.longest)
    }

    private static func index(of value: UInt64) -> Int {
        guard value >= 1 << UInt64(bits) else { return Int(value) }
        let exponent = 63 - value.leadingZeroBitCount
        let sub = Int(value >> UInt64(exponent - bits)) & (1 << bits - 1)
        return (exponent - bits + 1) << bits + sub
    }

    private static func middle(of index: Int) -> UInt64 {
        guard index >= 1 << bits else { return UInt64(index) }
        let shift = UInt64(index >> bits - 1)
        let base = UInt64(1 << bits + index & (1 << bits - 1)) << shift
        return base + (1 << shift) / 2
    }
}
