import Glibc
public import Measurements

/// How names are resolved, for the whole process.
public struct ResolverConfiguration: Sendable {
    /// The hosts file (hosts(5)); read again when it changes.
    ///
    /// Default `/etc/hosts`.
    public var hostsPath: String
    /// The system's resolver configuration (resolv.conf(5)); read again when it changes.
    ///
    /// Default `/etc/resolv.conf`.
    public var resolvConfPath: String
    /// What the time to live of an answer is clamped to.
    ///
    /// Default 1 s to 1 h: a zero would ask at every connection, and a week would hide a change
    /// for a week.
    public var positiveTTL: ClosedRange<Duration>
    /// How long "no such name" and "no such address" are kept when the answer has no SOA record.
    ///
    /// Default 5 s.
    public var negativeTTL: Duration
    /// The most that a SOA record (RFC 2308, section 5) may make of that.
    ///
    /// Default 60 s.
    public var maximumNegativeTTL: Duration
    /// How long one server has to answer one question.
    ///
    /// Default 2 s.
    public var tryTimeout: Duration
    /// How often each server is asked before the question fails, 1 to 10.
    ///
    /// Default 2.
    public var tries: Int
    /// The most cached answers; expired ones, then the oldest, make room.
    ///
    /// Default 65,536.
    public var cacheLimit: Int
    /// The most questions in flight; one more fails at once.
    ///
    /// Default 8,192.
    public var questionLimit: Int
    /// The most resolutions that wait, for all questions together.
    ///
    /// Default 131,072.
    public var waiterLimit: Int
    /// The monotonic clock that answers are dated by.
    public var clock: @Sendable () -> MonotonicInstant

    /// Makes the default configuration.
    public init() {
        hostsPath = "/etc/hosts"
        resolvConfPath = "/etc/resolv.conf"
        positiveTTL = .seconds(1)...(.seconds(3600))
        negativeTTL = .seconds(5)
        maximumNegativeTTL = .seconds(60)
        tryTimeout = .seconds(2)
        tries = 2
        cacheLimit = 65_536
        questionLimit = 8_192
        waiterLimit = 131_072
        clock = {
            var time = timespec()
            // The pointer lives for the call only. CLOCK_MONOTONIC is always there.
            unsafe clock_gettime(CLOCK_MONOTONIC, &time)
            return MonotonicInstant(
                nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
        }
    }
}
