public import Measurements

/// Where in its interval a target is probed: a hash of its identity, equal in every run.
///
/// Ten thousand targets every ten seconds then start one a millisecond, not ten thousand at once,
/// and a target keeps its place when others come and go.
public enum Spread {
    /// The offset of a target in a period, from zero to just below the period.
    public static func offset(of id: TargetID, in period: Duration) -> Duration {
        let length = UInt64(max(0, period.nanoseconds))
        return .nanoseconds(Int64(hash(id).multipliedFullWidth(by: length).high))
    }

    /// FNV-1a in 64 bits, mixed once more because its high bits are weak for short texts.
    private static func hash(_ id: TargetID) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in id.rawValue.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        // The finalizer of MurmurHash3.
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }

    /// The first instant from `now` on that has this offset in its period.
    static func next(from now: MonotonicInstant, offset: Duration, period: Duration)
        -> MonotonicInstant
    {
        let length = max(1, period.nanoseconds)
        let distance = (offset.nanoseconds &- now.nanoseconds) % length
        return now + .nanoseconds(distance < 0 ? distance + length : distance)
    }
}

/// When a target that was just added is probed for the first time.
public enum FirstProbe: Hashable, Sendable {
    /// At its place in its interval.
    case spread
    /// Spread over this time, or over its interval when that is shorter.
    case soon(within: Duration)
}
