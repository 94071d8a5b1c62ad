/// How many more a second, with the interval in which the truth is 19 times out of 20.
public struct RateEstimate: Hashable, Sendable {
    /// The most likely rate; negative when there are fewer.
    public var perSecond: Double
    /// The lower end of the interval.
    public var low: Double
    /// The upper end.
    public var high: Double

    /// Makes an estimate; `low` must not be above `perSecond`, nor that above `high`.
    public init(perSecond: Double, low: Double, high: Double) {
        self.perSecond = perSecond
        self.low = low
        self.high = high
    }

    /// Whether it may be that nothing grows or shrinks.
    public var mayBeZero: Bool { low <= 0 && high >= 0 }

    /// The rate of several things together that have nothing to do with each other.
    static func sum(_ rates: [RateEstimate]) -> RateEstimate? {
        guard !rates.isEmpty else { return nil }
        let sum = rates.reduce(0) { $0 + $1.perSecond }
        let below = rates.reduce(0) { $0 + square($1.perSecond - $1.low) }.squareRoot()
        let above = rates.reduce(0) { $0 + square($1.high - $1.perSecond) }.squareRoot()
        return RateEstimate(perSecond: sum, low: sum - below, high: sum + above)
    }

    /// The same rate of a part of the events.
    func part(_ share: Double) -> RateEstimate {
        RateEstimate(perSecond: perSecond * share, low: low * share, high: high * share)
    }

    /// The rate of events at known times within a span of seconds.
    ///
    /// Events that come in bunches, or at a rate that changes, spread more than chance alone lets
    /// them; the counts of equal parts of the span show how much (non-overlapping batch means;
    /// Alexopoulos and Seila, "Output data analysis", in Banks (ed.), Handbook of Simulation,
    /// 1998, section 7.4). Where they spread less, the interval of a Poisson process is given.
    static func ofEvents(_ times: ArraySlice<Double>, in span: Range<Double>) -> RateEstimate {
        let length = span.upperBound - span.lowerBound
        let count = Double(times.count)
        guard length > 0 else { return RateEstimate(perSecond: 0, low: 0, high: 0) }
        var (low, high) = poissonInterval(of: count)
        let batches = min(20, max(3, times.count / 4))
        if times.count >= 12 {
            var counts = Array(repeating: 0.0, count: batches)
            for time in times {
                let place = Int((time - span.lowerBound) / length * Double(batches))
                counts[min(max(0, place), batches - 1)] += 1
            }
            let mean = count / Double(batches)
            let variance =
                counts.reduce(0) { $0 + square($1 - mean) } / Double(batches - 1)
            let half = studentQuantile(batches - 1) * (variance * Double(batches)).squareRoot()
            low = min(low, count - half)
            high = max(high, count + half)
        }
        return RateEstimate(
            perSecond: count / length, low: max(0, low) / length, high: high / length)
    }

    /// The means of a Poisson process that a count of events is not too far from, 95 %: the cube
    /// of a normal deviate (Wilson and Hilferty, 1931).
    private static func poissonInterval(of count: Double) -> (low: Double, high: Double) {
        let cube = { (value: Double) in value * value * value }
        let low =
            count > 0
            ? count * cube(1 - 1 / (9 * count) - 1.96 / (3 * count.squareRoot())) : 0
        let more = count + 1
        return (max(0, low), more * cube(1 - 1 / (9 * more) + 1.96 / (3 * more.squareRoot())))
    }

    /// The 97.5 % point of Student's t for some degrees of freedom, 1 to 30.
    static func studentQuantile(_ freedom: Int) -> Double {
        let table = [
            12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179,
            2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
            2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
        ]
        return freedom <= table.count ? table[max(1, freedom) - 1] : 1.96
    }
}

func square(_ value: Double) -> Double { value * value }
