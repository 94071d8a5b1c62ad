/// The median of the slopes between all pairs of points, which outliers do not move (Theil, 1950;
/// Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63, 1968).
enum TheilSen {
    /// The slope and its 95 % interval; nil for fewer than 5 points or equal times.
    ///
    /// The interval counts on points that are independent of each other: give means of stretches
    /// that are longer than what happens in them lasts. What dependence is left between
    /// neighbours widens it by the variance of a mean of a first-order autoregression.
    static func slope(times: [Double], values: [Double]) -> RateEstimate? {
        let count = min(times.count, values.count)
        guard count >= 5 else { return nil }
        var slopes: [Double] = []
        slopes.reserveCapacity(count * (count - 1) / 2)
        for left in 0..<count {
            for right in left + 1..<count where times[right] > times[left] {
                slopes.append((values[right] - values[left]) / (times[right] - times[left]))
            }
        }
        guard !slopes.isEmpty else { return nil }
        slopes.sort()
        let median = quantile(slopes, at: Double(slopes.count - 1) / 2)
        let size = Double(count)
        let variance = size * (size - 1) * (2 * size + 5) / 18
        let dependence = neighbourCorrelation(times: times, values: values, slope: median)
        let inflation = ((1 + dependence) / (1 - dependence)).squareRoot()
        let half = 1.96 * variance.squareRoot() * inflation / 2
        let middle = Double(slopes.count - 1) / 2
        return RateEstimate(
            perSecond: median, low: quantile(slopes, at: middle - half),
            high: quantile(slopes, at: middle + half))
    }

    private static func quantile(_ sorted: [Double], at place: Double) -> Double {
        let place = min(max(0, place), Double(sorted.count - 1))
        let (low, high) = (Int(place.rounded(.down)), Int(place.rounded(.up)))
        return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }

    /// The correlation of neighbours around the line, 0 to 0.8.
    private static func neighbourCorrelation(times: [Double], values: [Double], slope: Double)
        -> Double
    {
        let rests = zip(times, values).map { $1 - slope * $0 }
        let mean = rests.reduce(0, +) / Double(rests.count)
        let squares = rests.reduce(0) { $0 + square($1 - mean) }
        guard squares > 0 else { return 0 }
        let products = zip(rests, rests.dropFirst()).reduce(0) {
            $0 + ($1.0 - mean) * ($1.1 - mean)
        }
        return min(0.8, max(0, products / squares))
    }
}
