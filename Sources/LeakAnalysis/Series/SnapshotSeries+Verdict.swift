import Measurements

extension SnapshotSeries {
    /// Whether the process grows, as far as the looks so far tell.
    public var verdict: GrowthVerdict {
        let now = seconds
        var leaks: [LeakEstimate] = []
        var wait = Wait()
        var detectable = 0.0
        for track in TrackedSocket.Track.allCases {
            let members = members(of: track, at: now)
            let rule = rule(of: track)
            switch rule.answer(
                alive: members.crowded.map(\.since), table: tables[track.rawValue], now: now)
            {
            case .leak(let leak): leaks += estimates(of: leak, among: members.crowded)
            case .tooEarly(let seconds):
                wait.add(seconds, isSuspect: members.crowded.count >= settings.survivorsPerSlot)
            case .none(let rate): detectable = max(detectable, rate)
            }
            guard !members.lone.isEmpty else { continue }
            var patient = rule
            patient.floor = max(rule.floor, settings.shortestLoneHorizon)
            if case .leak(let leak) = patient.answer(
                alive: members.lone.map(\.since), table: tables[track.rawValue], now: now)
            {
                leaks += estimates(of: leak, among: members.lone)
            }
        }
        switch descriptorAnswer(now: now) {
        case .leaks(let more): leaks += more
        case .tooEarly(let seconds): wait.add(seconds, isSuspect: false)
        }
        if !leaks.isEmpty {
            return .leaking(leaks.sorted { $0.rate.perSecond > $1.rate.perSecond })
        }
        if let seconds = wait.seconds { return .tooEarly(askAgainIn: max(1, seconds.rounded(.up))) }
        return trend(now: now) ?? .steady(detectable: detectable)
    }

    /// When it makes sense to ask again.
    private struct Wait {
        private var longest = 0.0
        private var suspect = Double.infinity

        mutating func add(_ seconds: Double, isSuspect: Bool) {
            longest = max(longest, seconds)
            if isSuspect, seconds > 0 { suspect = min(suspect, seconds) }
        }

        /// What looks like a leak is decided first; that there is none only when all is known.
        var seconds: Double? { longest > 0 ? min(longest, suspect) : nil }
    }

    /// When the limit is reached if it goes on like this; nil when nothing says that it will.
    public var forecast: Forecast? {
        guard let rate = verdict.rate else { return nil }
        return forecast(at: rate)
    }

    /// When the limit is reached at a rate.
    public func forecast(at rate: RateEstimate) -> Forecast? {
        guard let limit = last?.descriptors.softLimit, let open = last?.descriptors.open else {
            return nil
        }
        // The number of one look is where churn happened to be; the mean of a minute is half a
        // minute old.
        let start = max(0, seconds - 60)
        let mean = opens.mean(since: start)
        let now = mean.map { $0.value + rate.perSecond * (seconds - $0.middle) } ?? Double(open)
        return Forecast(
            room: Double(limit) - now, rate: rate, spread: opens.spread(since: start))
    }

    private func rule(of track: TrackedSocket.Track) -> SurvivorRule {
        let isDead = track == .dead
        // With few looks a slot is as long as that three of them fall into it.
        let slot = max(
            isDead ? settings.shortestDeadSlot : settings.shortestSlot, 2 * interval)
        let floor = isDead ? settings.shortestDeadHorizon : settings.shortestHorizon
        return SurvivorRule(floor: max(floor, 3 * interval), slot: slot, settings: settings)
    }

    // MARK: Members

    /// Those whose present life is in a track, by when it began.
    private func members(of track: TrackedSocket.Track, at now: Double) -> (
        crowded: [TrackedSocket], lone: [TrackedSocket]
    ) {
        let members = known.values.filter { $0.track == track }.sorted { $0.since < $1.since }
        guard track == .idle else { return (members, []) }
        // A pool opens another connection to a place only when the ones it has are busy: one that
        // keeps idle ones and opens more has lost them. One or two to a place are no sign of it.
        var counts: [IPEndpoint?: Int] = [:]
        for member in members where now - member.since > settings.firstUse {
            counts[member.peer, default: 0] += 1
        }
        let isCrowded = { (member: TrackedSocket) in
            counts[member.peer, default: 0] >= settings.survivorsPerSlot
        }
        return (members.filter(isCrowded), members.filter { !isCrowded($0) })
    }

    /// One estimate for each kind among the survivors that makes up a tenth or more.
    private func estimates(of leak: SurvivorRule.Leak, among members: [TrackedSocket])
        -> [LeakEstimate]
    {
        let old = members.filter { $0.since < leak.births.upperBound }
        let inWindow = old.filter { $0.since >= leak.births.lowerBound }
        var kinds: [LeakKind: Int] = [:]
        for member in inWindow { kinds[member.kind, default: 0] += 1 }
        let all = kinds.values.reduce(0, +)
        kinds = kinds.filter { $0.value * 10 >= all }
        let kept = kinds.values.reduce(0, +)
        guard kept > 0 else { return [] }
        return kinds.map { kind, count in
            let ofKind = old.filter { $0.kind == kind }
            return LeakEstimate(
                kind: kind, survivors: ofKind.count,
                rate: leak.rate.part(Double(count) / Double(kept)),
                peers: Self.peers(of: ofKind), horizon: leak.horizon)
        }
    }

    static func peers(of sockets: [TrackedSocket], most: Int = 8) -> [PeerCount] {
        var counts: [IPEndpoint: Int] = [:]
        for socket in sockets {
            if let peer = socket.peer { counts[peer, default: 0] += 1 }
        }
        let sorted = counts.sorted { left, right in
            left.value != right.value
                ? left.value > right.value : left.key < right.key
        }
        return sorted.prefix(most).map { PeerCount(peer: $0.key, count: $0.value) }
    }
}
