/// When a process has no descriptor left, in seconds from the last look.
public struct Forecast: Hashable, Sendable {
    /// The most likely time.
    public var expected: Double
    /// The earliest, 19 times out of 20.
    public var low: Double
    /// The latest.
    public var high: Double

    /// What is to come when there is room for so many descriptors and they become more at a rate;
    /// nil when the rate may be zero, or below.
    ///
    /// `RLIMIT_NOFILE` bounds the highest number (getrlimit(2)), and the kernel gives out the
    /// lowest that is free: the limit is met when all below it are open, whatever the highest is.
    /// `spread` is how far the number open is from its mean by chance.
    public init?(room: Double, rate: RateEstimate, spread: Double = 0) {
        guard rate.low > 0, rate.perSecond > 0 else { return nil }
        let room = max(0, room)
        expected = room / rate.perSecond
        guard room > 0 else {
            (low, high) = (0, 0)
            return
        }
        // What is still to come is random too: the last events before the limit as much as those
        // that the rate was taken from, and the sockets that come and go besides.
        let ahead = 1.96 * (room + square(spread)).squareRoot() / room
        let slower = (rate.perSecond - rate.low) / rate.perSecond
        let faster = (rate.high - rate.perSecond) / rate.perSecond
        low = expected / (1 + (square(faster) + square(ahead)).squareRoot())
        let slow = (square(slower) + square(ahead)).squareRoot()
        // With so little known, the slowest rate of the interval is what is left to say.
        high = slow < 0.95 ? expected / (1 - slow) : max(expected * 20, room / rate.low)
    }
}
