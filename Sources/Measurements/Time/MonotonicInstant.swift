/// A point on the monotonic clock, in nanoseconds from an arbitrary start.
///
/// The zero point has no meaning; only differences do. Sixty-four bits last 292 years, and one
/// word is what the probe path can afford to copy and compare.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's arbitrary start.
    public var nanoseconds: Int64

    /// Makes an instant from a count of nanoseconds.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// The instant that no event ever reaches.
    public static let distantFuture = MonotonicInstant(nanoseconds: .max)

    /// Orders instants by time.
    public static func < (left: Self, right: Self) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant `duration` later, saturating at ``distantFuture``.
    public static func + (left: Self, right: Duration) -> Self {
        let (sum, overflow) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
        return Self(nanoseconds: overflow ? (right > .zero ? .max : .min) : sum)
    }

    /// The instant `duration` earlier.
    public static func - (left: Self, right: Duration) -> Self {
        let (difference, overflow) =
            left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return Self(nanoseconds: overflow ? (right > .zero ? .min : .max) : difference)
    }

    /// The time from `right` to `left`, negative when `left` came first.
    public static func - (left: Self, right: Self) -> Duration {
        .nanoseconds(left.nanoseconds - right.nanoseconds)
    }
}

extension Duration {
    /// The whole duration in nanoseconds, saturating at the limits of `Int64` (292 years).
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds > 0 ? .max : .min }
        let (sum, isTooLarge) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        return isTooLarge ? (seconds > 0 ? .max : .min) : sum
    }

    /// The duration in milliseconds, fractions kept.
    public var milliseconds: Double { Double(nanoseconds) / 1_000_000 }

    /// The duration in seconds, fractions kept.
    public var inSeconds: Double { Double(nanoseconds) / 1_000_000_000 }
}
