/// Tells a leak from lives that are merely long: by whether those who are born still live much
/// later, slot after slot.
///
/// A count that rises says nothing: warm-up, load and idle timeouts make it rise too. A leak is a
/// part of the births that never ends, so of every slot there are survivors, as many of the old
/// slots as of the young ones, however long one waits.
struct SurvivorRule {
    /// The shortest horizon in seconds.
    var floor: Double
    /// The shortest slot in seconds.
    var slot: Double
    var settings: SeriesSettings

    enum Answer {
        /// The horizon has not been reached.
        case tooEarly(askAgainIn: Double)
        /// No leak that is faster than `detectable` a second.
        case none(detectable: Double)
        case leak(Leak)
    }

    /// What a leak looks like.
    struct Leak {
        var rate: RateEstimate
        /// When the survivors were born that the rate was taken from.
        var births: Range<Double>
        var horizon: Double
    }

    /// What can be said at `now` of lives of which those in `alive` go on: when each began, sorted.
    func answer(alive: [Double], table: LifeTable, now: Double) -> Answer {
        let least = slot * Double(settings.slots)
        guard now >= floor + least else { return .tooEarly(askAgainIn: floor + least - now) }
        let horizon = horizon(alive: alive, table: table, now: now)
        let mature = now - horizon
        guard mature >= least else { return .tooEarly(askAgainIn: least - mature) }
        var longest: Range<Double>?
        var length = least
        while true {
            let window = mature - length..<mature
            if isLeak(window, horizon, alive, table) {
                if longest == nil || isEven(window, alive) { longest = window }
            }
            guard length < mature else { break }
            length = min(length * 1.5, mature)
        }
        if let longest {
            // It may have begun within the window: the first survivor is where counting starts.
            let survivors = births(in: longest, alive)
            let start = survivors.first ?? longest.lowerBound
            let rate = RateEstimate.ofEvents(
                survivors.dropFirst(), in: start..<longest.upperBound)
            return .leak(Leak(rate: rate, births: longest, horizon: horizon))
        }
        // A few survivors are no leak yet, and no proof that there is none.
        let survivors = births(in: 0..<mature, alive).count
        if survivors >= settings.survivorsPerSlot,
            persistence(0..<mature, horizon, alive, table) >= 0.5,
            let first = births(in: 0..<mature, alive).first
        {
            let needed = Double(settings.survivorsPerSlot * settings.slots * 2)
            let pace = (mature - first) / Double(survivors)
            let wait = needed * pace - (mature - first)
            if wait > 0, wait < 2 * now { return .tooEarly(askAgainIn: wait) }
        }
        return .none(
            detectable: Double(settings.survivorsPerSlot * settings.slots) / mature)
    }

    // MARK: The horizon

    /// How long a life must have lasted to be that of a survivor, in seconds.
    func horizon(alive: [Double], table: LifeTable, now: Double) -> Double {
        // Lives of long ago say little about a process that has changed since.
        let recent = now - max(1_200, 20 * floor)
        let median = table.quantiles([0.5], since: recent, least: 5)?[0] ?? 0
        let span = now - max(recent, 0)
        let births = Double(table.cohorts.reduce(0) { $0 + ($1.end > recent ? $1.began : 0) })
        // Of more lives at a time, the longest by chance is longer: one median a doubling.
        let turnover = span > 0 ? births / span * median : 0
        let doublings = turnover >= 1 ? Double(turnover.exponent) + 4 : 0
        var horizon = max(floor, max(settings.lifetimeFactor, doublings) * median)
        // Where many short lives are mixed with fewer long ones, the long ones have a median too.
        if let rest = table.restMedian(
            beyond: max(floor / 10, 2 * median), since: recent, least: 20)
        {
            horizon = max(horizon, settings.lifetimeFactor * rest)
        }
        while 2 * horizon < now, endsSoonAfter(horizon, alive, table, now) { horizon *= 2 }
        return horizon
    }

    /// Whether most of those who reached a horizon ended before twice that: then it is too short.
    private func endsSoonAfter(
        _ horizon: Double, _ alive: [Double], _ table: LifeTable, _ now: Double
    ) -> Bool {
        let births = max(0, now - 10 * horizon)..<now - 2 * horizon
        let ended = table.ended(began: births, ages: horizon..<2 * horizon)
        let later = table.ended(began: births, ages: 2 * horizon..<Double.infinity)
        let reached = ended + later + Double(self.births(in: births, alive).count)
        return reached >= 5 && ended >= 0.5 * reached
    }

    // MARK: The window

    private func births(in range: Range<Double>, _ alive: [Double]) -> ArraySlice<Double> {
        alive[place(of: range.lowerBound, in: alive)..<place(of: range.upperBound, in: alive)]
    }

    private func place(of time: Double, in sorted: [Double]) -> Int {
        Self.place(in: sorted) { $0 < time }
    }

    /// How many of sorted times are not after `time`.
    static func place(after time: Double, in sorted: [Double]) -> Int {
        place(in: sorted) { $0 <= time }
    }

    private static func place(in sorted: [Double], where isBefore: (Double) -> Bool) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func slots(of window: Range<Double>, _ alive: [Double], count: Int) -> [Int] {
        let width = (window.upperBound - window.lowerBound) / Double(count)
        return (0..<count).map { index in
            let start = window.lowerBound + Double(index) * width
            return births(in: start..<start + width, alive).count
        }
    }

    private func isLeak(
        _ window: Range<Double>, _ horizon: Double, _ alive: [Double], _ table: LifeTable
    ) -> Bool {
        let counts = slots(of: window, alive, count: settings.slots)
        return counts.allSatisfy { $0 >= settings.survivorsPerSlot }
            && isThroughout(window, alive)
            && goesOn(after: window, horizon, alive)
            && persistence(window, horizon, alive, table) >= 0.5
    }

    /// Whether half slots have survivors too, where so many are had that chance leaves none empty:
    /// two bursts with nothing in between are no leak.
    private func isThroughout(_ window: Range<Double>, _ alive: [Double]) -> Bool {
        let halves = 2 * settings.slots
        let counts = slots(of: window, alive, count: halves)
        return counts.reduce(0, +) < 4 * halves || counts.allSatisfy { $0 > 0 }
    }

    /// Whether those born after the window survive as much: a burst, or a warm-up, that is over
    /// does not go on.
    private func goesOn(after window: Range<Double>, _ horizon: Double, _ alive: [Double]) -> Bool {
        let length = window.upperBound - window.lowerBound
        let span = min(max(horizon * 2 / 3, length / 3), horizon)
        let parts = Int(min(4, max(1, span / slot)))
        let width = span / Double(parts)
        let expected = Double(births(in: window, alive).count) / length * width
        // Of five that are expected, none is had by chance once in 150 times.
        let least = max(expected >= 5 ? 1 : 0, 0.5 * expected - 2 * expected.squareRoot())
        let young = window.upperBound..<window.upperBound + Double(parts) * width
        return !births(in: young, alive).isEmpty
            && (0..<parts).allSatisfy { index in
                let start = young.lowerBound + Double(index) * width
                return Double(births(in: start..<start + width, alive).count) >= least
            }
    }

    /// Of the lives that reached two thirds of the horizon, the part that reached it; a tail of
    /// long lives ends on the way, a leak does not.
    private func persistence(
        _ window: Range<Double>, _ horizon: Double, _ alive: [Double], _ table: LifeTable
    ) -> Double {
        let ended = table.ended(began: window, ages: horizon * 2 / 3..<horizon)
        let reached = Double(births(in: window, alive).count)
        return reached > 0 ? reached / (reached + ended) : 0
    }

    /// Whether the slots of a window differ by no more than chance does.
    private func isEven(_ window: Range<Double>, _ alive: [Double]) -> Bool {
        let slots = slots(of: window, alive, count: settings.slots).map { Double($0) }
        let (least, most) = (slots.min() ?? 0, slots.max() ?? 0)
        return most - least <= 3 * (most + least).squareRoot()
    }
}
