/// When lives began, and how long those lasted that ended; bounded, whatever the number of lives.
///
/// Lives are kept by cohorts: those that began in one slot of time. Recent slots are short, and
/// older ones are joined pairwise, so that a slot is about a sixteenth as wide as it is old.
struct LifeTable: Sendable {
    /// The lives that began in one slot.
    struct Cohort: Sendable {
        var start: Double
        var end: Double
        /// How many began.
        var began = 0
        /// How many ended, by ``AgeScale`` of the age they reached.
        var ended: [UInt32] = []

        var endedCount: Int { ended.reduce(0) { $0 + Int($1) } }

        /// How many ended at an age in a range, in seconds; the edges are as coarse as the scale.
        func ended(in ages: Range<Double>) -> Int {
            let first = AgeScale.bucket(of: ages.lowerBound)
            let last = min(ended.count, AgeScale.bucket(of: ages.upperBound))
            return first < last ? ended[first..<last].reduce(0) { $0 + Int($1) } : 0
        }
    }

    /// How many slots there are of each width.
    private static let slotsPerLevel = 32
    /// How many widths a new slot reaches back at most, over time in which nothing began.
    private static let mostReach = 20.0

    private(set) var cohorts: [Cohort] = []
    /// How many slots there are of each width, the narrowest first.
    private var counts = [0]
    private let width: Double

    /// Makes an empty table whose newest slots are `width` seconds.
    init(width: Double) {
        self.width = width
    }

    mutating func began(at time: Double) {
        cohorts[index(of: time)].began += 1
    }

    /// Notes that a life ended which began at `start`.
    mutating func ended(start: Double, age: Double) {
        let index = index(of: start)
        let bucket = AgeScale.bucket(of: age)
        if cohorts[index].ended.count <= bucket {
            let missing = bucket + 1 - cohorts[index].ended.count
            cohorts[index].ended += Array(repeating: 0, count: missing)
        }
        cohorts[index].ended[bucket] += 1
    }

    /// The slot of a time, which is added when it is new.
    private mutating func index(of time: Double) -> Int {
        guard let last = cohorts.last, time < last.end else {
            let start = (time / width).rounded(.down) * width
            // What happened between two looks is not told in order: the slot reaches back.
            let earliest = cohorts.last?.end ?? start
            let from = max(earliest, start - Self.mostReach * width)
            cohorts.append(Cohort(start: from, end: start + width))
            counts[0] += 1
            join()
            return cohorts.count - 1
        }
        var (low, high) = (0, cohorts.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cohorts[middle].end <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Joins the two oldest slots of a level that has too many, and so on upwards.
    private mutating func join() {
        var level = 0
        while counts[level] > Self.slotsPerLevel + 1 {
            // Higher levels are older and come first.
            let first = counts[(level + 1)...].reduce(0, +)
            var joined = cohorts[first]
            let second = cohorts.remove(at: first + 1)
            joined.end = second.end
            joined.began += second.began
            joined.ended += Array(
                repeating: 0, count: max(0, second.ended.count - joined.ended.count))
            for index in second.ended.indices { joined.ended[index] += second.ended[index] }
            cohorts[first] = joined
            counts[level] -= 2
            level += 1
            if level == counts.count { counts.append(0) }
            counts[level] += 1
        }
    }

    // MARK: Answers

    /// How many lives began in all.
    var began: Int { cohorts.reduce(0) { $0 + $1.began } }

    /// How many ended in all.
    var ended: Int { cohorts.reduce(0) { $0 + $1.endedCount } }

    /// The ages, in seconds, that the given parts of the ended lives did not reach; nil when fewer
    /// than `least` ended.
    ///
    /// Only lives that began at `time` or later are looked at.
    func quantiles(_ parts: [Double], since time: Double = -.infinity, least: Int = 1) -> [Double]?
    {
        let sums = sums(since: time)
        let total = sums.reduce(0, +)
        guard total >= max(1, least) else { return nil }
        return parts.map { part in
            var rest = part * Double(total)
            for (bucket, count) in sums.enumerated() where count > 0 {
                guard rest > Double(count) else {
                    let (low, high) = (AgeScale.start(of: bucket), AgeScale.start(of: bucket + 1))
                    return low + (high - low) * rest / Double(count)
                }
                rest -= Double(count)
            }
            return AgeScale.start(of: sums.count)
        }
    }

    /// Half of those ended lives that reached an age ended within so many seconds more; nil when
    /// fewer than `least` reached it.
    func restMedian(beyond age: Double, since time: Double, least: Int) -> Double? {
        let sums = sums(since: time)
        let first = AgeScale.bucket(of: age) + 1
        guard first < sums.count else { return nil }
        let total = sums[first...].reduce(0, +)
        guard total >= least else { return nil }
        var rest = Double(total) / 2
        for bucket in first..<sums.count {
            guard rest > Double(sums[bucket]) else {
                let (low, high) = (AgeScale.start(of: bucket), AgeScale.start(of: bucket + 1))
                return low + (high - low) * rest / Double(sums[bucket]) - age
            }
            rest -= Double(sums[bucket])
        }
        return nil
    }

    /// How many ended at each step of age.
    private func sums(since time: Double) -> [Int] {
        var sums: [Int] = []
        for cohort in cohorts where cohort.end > time {
            if sums.count < cohort.ended.count {
                sums += Array(repeating: 0, count: cohort.ended.count - sums.count)
            }
            for index in cohort.ended.indices { sums[index] += Int(cohort.ended[index]) }
        }
        return sums
    }

    /// How many of the lives that began within `starts` ended at an age in `ages`, in seconds.
    ///
    /// Of a slot that is only partly within, that part is taken.
    func ended(began starts: Range<Double>, ages: Range<Double>) -> Double {
        cohorts.reduce(0) { sum, cohort in
            let overlap =
                min(cohort.end, starts.upperBound) - max(cohort.start, starts.lowerBound)
            guard overlap > 0 else { return sum }
            return sum + Double(cohort.ended(in: ages)) * overlap / (cohort.end - cohort.start)
        }
    }
}

/// Ages in steps of a quarter of an octave (19 %), from a sixteenth of a second to 194 days.
enum AgeScale {
    private static let lowest = -4
    private static let highest = 24
    private static let steps: [Double] = [
        1, 1.189_207_115_002_721, 1.414_213_562_373_095, 1.681_792_830_507_429,
    ]

    static func bucket(of age: Double) -> Int {
        guard age >= 0.0625 else { return 0 }
        guard age < 16_777_216 else { return (highest - lowest) * 4 }
        let quarter = steps.lastIndex { $0 <= age.significand } ?? 0
        return (Int(age.exponent) - lowest) * 4 + quarter
    }

    static func start(of bucket: Int) -> Double {
        guard bucket > 0 else { return 0 }
        return Double(sign: .plus, exponent: bucket / 4 + lowest, significand: steps[bucket % 4])
    }
}
