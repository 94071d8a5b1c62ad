/// How old the members of one class of sockets are, and what that says of how they came.
///
/// Ages come from the clocks of TCP, which go on after a connection has died: sockets that were
/// used once tell when that was. A class whose ages fill the time from now back evenly is still
/// growing; one whose ages lie together was made at one time.
public struct AgeProfile: Hashable, Sendable {
    /// The ages in seconds, ascending.
    public let ages: [Double]
    /// The age, in seconds, below which members were left out as too young to judge.
    public let floor: Double

    /// Makes the profile of some ages, in seconds and any order, of which those below `floor`
    /// were left out.
    public init(_ ages: [Double], floor: Double = 0) {
        self.ages = ages.sorted()
        self.floor = floor
    }

    /// How many there are.
    public var count: Int { ages.count }
    /// The age of the youngest; 0 for none.
    public var youngest: Double { ages.first ?? 0 }
    /// The age of the oldest; 0 for none.
    public var oldest: Double { ages.last ?? 0 }
    /// The age that half of them are below; 0 for none.
    public var median: Double { ages.isEmpty ? 0 : ages[ages.count / 2] }

    /// Whether new ones still come: the youngest is no older than a few of the usual gaps.
    public var isOngoing: Bool {
        guard count >= 5 else { return false }
        let gap = (oldest - youngest) / Double(count - 1)
        return youngest - floor <= 6 * gap + 0.5
    }

    /// Whether they came evenly over the time that they span, not in bursts.
    ///
    /// The largest distance between the ages and an even spread is compared with what chance
    /// allows (Kolmogorov, at about one in a hundred), and a rate that changes by half is let
    /// pass.
    public var isSteady: Bool {
        guard count >= 8, oldest - youngest >= 1 else { return false }
        var distance = 0.0
        for (index, age) in ages.enumerated() {
            let expected = (age - youngest) / (oldest - youngest)
            let seen = Double(index) / Double(count - 1)
            distance = max(distance, (seen - expected).magnitude)
        }
        return distance <= 1.63 / Double(count).squareRoot() + 0.12
    }

    /// How many more come each second; nil when too few, or too young, to tell.
    ///
    /// Even ages are taken as a whole; of uneven ones, the younger half.
    public var rate: Double? {
        guard count >= 8, isOngoing else { return nil }
        if isSteady { return rate(ofYoungest: count) }
        return rate(ofYoungest: max(8, count / 2))
    }

    private func rate(ofYoungest members: Int) -> Double? {
        let span = ages[members - 1] - ages[0]
        return span >= 0.5 ? Double(members - 1) / span : nil
    }
}
