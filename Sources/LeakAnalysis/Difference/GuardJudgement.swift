import Measurements

/// What a guarded command may at most have.
public struct GuardLimits: Hashable, Sendable {
    /// Sockets open at one time in all its processes together; nil for no limit.
    public var sockets: Int?
    /// Ghosts that two looks in a row showed, in all its processes together.
    public var ghosts: Int?
    /// Growth a second: of sockets in all, and of the descriptors of any one process.
    public var growthPerSecond: Double?
    /// For how long after the first look nothing counts: the warm-up.
    public var settle: Duration

    /// Makes limits.
    public init(
        sockets: Int? = nil, ghosts: Int? = nil, growthPerSecond: Double? = nil,
        settle: Duration = .zero
    ) {
        self.sockets = sockets
        self.ghosts = ghosts
        self.growthPerSecond = growthPerSecond
        self.settle = settle
    }
}

/// A limit that was broken.
public struct BrokenLimit: Hashable, Sendable {
    /// Which: `max-sockets`, `max-ghosts`, `max-growth` or `max-findings`.
    public var limit: String
    /// What was allowed.
    public var allowed: Double
    /// What was seen.
    public var seen: Double
    /// The process, for growth of one alone.
    public var pid: Int32?

    /// Makes the fact that a limit was broken.
    public init(limit: String, allowed: Double, seen: Double, pid: Int32? = nil) {
        self.limit = limit
        self.allowed = allowed
        self.seen = seen
        self.pid = pid
    }
}

/// Holds a command and its descendants to limits, round of looks after round.
public struct GuardJudgement: Sendable {
    /// The limits.
    public let limits: GuardLimits
    /// How many rounds there were after settling.
    public private(set) var rounds = 0
    /// The most sockets at one time after settling.
    public private(set) var mostSockets = 0
    /// The most ghosts at one time after settling that the round before had shown too.
    public private(set) var mostGhosts = 0

    private var start: Duration?
    private var ghosts: Set<UInt64> = []
    private var sockets = CountHistory()
    /// Of each process; a number that was given out anew is another one.
    private var descriptors: [ProcessKey: CountHistory] = [:]

    private struct ProcessKey: Hashable {
        var pid: Int32
        var startTicks: UInt64
    }

    /// The fewest rounds after settling that growth can be told from.
    private static let fewestRounds = 6

    /// Makes a judgement that has seen nothing.
    public init(limits: GuardLimits) {
        self.limits = limits
    }

    /// Takes looks at all processes of the command at about one moment.
    ///
    /// A socket that several processes hold is one socket.
    public mutating func observe(_ snapshots: [Snapshot]) {
        guard let now = snapshots.map(\.bootTime).max() else { return }
        let begin = start ?? now
        start = begin
        var inodes: Set<UInt64> = []
        var dead: Set<UInt64> = []
        for snapshot in snapshots {
            for record in snapshot.sockets {
                inodes.insert(record.inode)
                if record.ghost != nil { dead.insert(record.inode) }
            }
        }
        let stillDead = dead.intersection(ghosts).count
        ghosts = dead
        guard now - begin >= limits.settle else { return }
        let time = (now - begin).inSeconds
        rounds += 1
        mostSockets = max(mostSockets, inodes.count)
        mostGhosts = max(mostGhosts, stillDead)
        sockets.count(Double(inodes.count), at: time)
        for snapshot in snapshots {
            let process = snapshot.process
            let key = ProcessKey(pid: process.pid, startTicks: process.startTicks)
            descriptors[key, default: CountHistory()].count(
                Double(snapshot.descriptors.open), at: time)
        }
    }

    /// The limits that were broken.
    public var broken: [BrokenLimit] {
        var broken: [BrokenLimit] = []
        if let allowed = limits.sockets, mostSockets > allowed {
            broken.append(
                BrokenLimit(
                    limit: "max-sockets", allowed: Double(allowed), seen: Double(mostSockets)))
        }
        if let allowed = limits.ghosts, mostGhosts > allowed {
            broken.append(
                BrokenLimit(
                    limit: "max-ghosts", allowed: Double(allowed), seen: Double(mostGhosts)))
        }
        guard let allowed = limits.growthPerSecond else { return broken }
        if let seen = Self.growth(of: sockets), seen > allowed {
            broken.append(BrokenLimit(limit: "max-growth", allowed: allowed, seen: seen))
            return broken
        }
        let growths = descriptors.compactMap { process, history in
            Self.growth(of: history).map { (pid: process.pid, rate: $0) }
        }
        if let most = growths.max(by: { $0.rate < $1.rate }), most.rate > allowed {
            broken.append(
                BrokenLimit(
                    limit: "max-growth", allowed: allowed, seen: most.rate, pid: most.pid))
        }
        return broken
    }

    /// How fast the sockets of all processes together grew; nil when there were too few looks.
    public var growthPerSecond: Double? { Self.growth(of: sockets) }

    /// What could not be judged, each as a sentence with what to do.
    public var unjudged: [String] {
        guard rounds > 0 else {
            return ["Nothing was judged: the command ended before it had settled."]
        }
        guard limits.growthPerSecond != nil, Self.growth(of: sockets) == nil else { return [] }
        return [
            "Growth was not judged: after settling there were \(rounds) looks, and"
                + " \(Self.fewestRounds) are needed; let the command run longer, or settle sooner."
        ]
    }

    /// How fast a count grows that comes and goes: the slope of its lowest points, and not more
    /// than in the second half alone; nil when there were too few looks.
    ///
    /// What is opened once and kept is a step, and no growth.
    static func growth(of history: CountHistory) -> Double? {
        let looks = history.blocks.reduce(0) { $0 + $1.looks }
        guard looks >= fewestRounds,
            let parts = history.partsByNumber(looks >= 24 ? 12 : 6),
            let slope = TheilSen.slope(times: parts.map(\.middle), values: parts.map(\.least))
        else { return nil }
        let half = parts.count / 2
        let (middle, last) = (parts[half], parts[parts.count - 1])
        let late = (last.least - middle.least) / (last.middle - middle.middle)
        guard slope.low > 0 || looks < 12 else { return 0 }
        return max(0, min(slope.perSecond, late))
    }
}
