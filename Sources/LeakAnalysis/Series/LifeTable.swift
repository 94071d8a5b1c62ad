/// When lives began, and how long those lasted that ended; bounded, whatever the number of lives.
///
/// Lives are kept by cohorts: those that began in one slot of time. Recent slots are short, and
/// older ones are joined pairwise, so that a slot is about a sixteenth as wide as it is old.
struct LifeTable: Sendable {
    /// The lives that began in one slot.
    struct Cohort: Sendable {
        var start: Double
        var end: Double
        var level = 0
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

    private(set) var cohorts: [Cohort] = []
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

    /// Forgets a life that turned out to be of another kind.
    mutating func forget(start: Double) {
        cohorts[index(of: start)].began -= 1
    }

    /// The slot of a time, which is added when it is new.
    private mutating func index(of time: Double) -> Int {
        guard let last = cohorts.last, time < last.end else {
            let start = (time / width).rounded(.down) * width
            cohorts.append(Cohort(start: start, end: start + width))
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
        while true {
            let ofLevel = cohorts.indices.filter { cohorts[$0].level == level }
            guard ofLevel.count > Self.slotsPerLevel + 1, let first = ofLevel.first else { return }
            let second = first + 1
            var joined = cohorts[first]
            joined.end = cohorts[second].end
            joined.level = level + 1
            joined.began += cohorts[second].began
            let more = cohorts[second].ended
            joined.ended += Array(repeating: 0, count: max(0, more.count - joined.ended.count))
            for index in more.indices { joined.ended[index] += more[index] }
            cohorts.replaceSubrange(first...second, with: [joined])
            level += 1
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
        var sums: [Int] = []
        for cohort in cohorts where cohort.end > time {
            if sums.count < cohort.ended.count {
                sums += Array(repeating: 0, count: cohort.ended.count - sums.count)
            }
            for index in cohort.ended.indices { sums[index] += Int(cohort.ended[index]) }
        }
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
