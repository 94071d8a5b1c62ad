import Measurements

/// What a series of looks came to: what a screen shows, and what two series are compared by.
public struct SeriesSummary: Hashable, Sendable {
    /// The last look, without its sockets.
    public var last: Snapshot
    /// How many looks there were.
    public var looks: Int
    /// Seconds from the first look to the last.
    public var seconds: Double
    /// The sockets of the last look.
    public var sockets: SocketTally
    /// The most sockets at a look.
    public var peakSockets: Int
    /// The most ghosts at a look.
    public var peakGhosts: Int
    /// The most descriptors at a look.
    public var peakOpen: Int
    /// Sockets that were opened while looking.
    public var born: Int
    /// Sockets that went.
    public var died: Int
    /// Sockets that were opened while looking and are open still.
    public var survivors: Int
    /// Sockets opened a second; nil when nothing tells.
    ///
    /// What lives shorter than the pause between looks is missed: the true number is not lower.
    public var birthsPerSecond: Double?
    /// Sockets opened and gone a second during the last half minute; nil for a single look.
    public var recent: (birthsPerSecond: Double, deathsPerSecond: Double)? {
        recentRates.map { ($0.born, $0.died) }
    }
    /// How long those lived that were opened and closed while looking; nil when none was.
    public var lifetimes: Lifetimes?
    /// Segments with data sent a second, as far as looks saw them: how busy the process was.
    public var segmentsPerSecond: Double?
    /// Connections in TIME_WAIT to places that the process was seen to be connected to.
    public var timeWait: Int
    /// Whether it grows.
    public var verdict: GrowthVerdict
    /// When the limit is reached; nil when nothing says that it will.
    public var forecast: Forecast?

    var recentRates: Rates?

    struct Rates: Hashable, Sendable {
        var born: Double
        var died: Double
    }

    /// Lifetimes in seconds: as exact as looks are close, and within a fifth.
    public struct Lifetimes: Hashable, Sendable {
        /// Half of them were shorter.
        public var median: Double
        /// Nine in ten were shorter.
        public var p90: Double
        /// Ninety-nine in a hundred were shorter.
        public var p99: Double
        /// How many ended.
        public var count: Int
    }
}

/// The sockets that were opened in one stretch of time.
public struct CohortRow: Hashable, Sendable {
    /// When it began and ended, in seconds since the first look.
    public var opened: Range<Double>
    /// How many were opened.
    public var born: Int
    /// Connections that were not used again since.
    public var idle: Int
    /// Connections in use, listeners, and what the other side holds.
    public var inUse: Int
    /// Ghosts, and sockets in CLOSE_WAIT.
    public var dead: Int
    /// Sockets of other kinds.
    public var other: Int

    /// How many are open still.
    public var surviving: Int { idle + inUse + dead + other }
}

extension SnapshotSeries {
    /// What the looks came to; nil before the first.
    public var summary: SeriesSummary? {
        guard let last else { return nil }
        let verdict = verdict
        var summary = SeriesSummary(
            last: last, looks: looks, seconds: seconds, sockets: totals.sockets,
            peakSockets: totals.peakSockets, peakGhosts: totals.peakGhosts,
            peakOpen: totals.peakOpen, born: totals.born, died: totals.died,
            survivors: known.values.count { $0.opened.isFinite },
            birthsPerSecond: birthsPerSecond, lifetimes: lifetimes, segmentsPerSecond: nil,
            timeWait: last.namespace.timeWaiting(to: places), verdict: verdict,
            forecast: verdict.rate.flatMap { forecast(at: $0) })
        if seconds > 0 { summary.segmentsPerSecond = Double(totals.segments) / seconds }
        summary.recentRates = recentRates
        return summary
    }

    private var birthsPerSecond: Double? {
        // Looks that are close together see short lives which a long pause misses.
        let close = last?.churn.flatMap { churn in
            churn.seconds > 0 ? Double(churn.born) / churn.seconds : nil
        }
        guard seconds > 0 else { return close }
        return max(Double(totals.born) / seconds, looks < 10 ? close ?? 0 : 0)
    }

    private var lifetimes: SeriesSummary.Lifetimes? {
        guard let parts = lives.quantiles([0.5, 0.9, 0.99]) else { return nil }
        return SeriesSummary.Lifetimes(
            median: parts[0], p90: parts[1], p99: parts[2], count: lives.ended)
    }

    private var recentRates: SeriesSummary.Rates? {
        let start = seconds - 30
        // The first look has nothing to compare with.
        let recent = totals.recent.filter { $0.time > max(0, start) }
        guard let newest = recent.last, looks > 1 else { return nil }
        let before = totals.recent.last { $0.time <= max(0, start) }?.time ?? 0
        guard newest.time > before else { return nil }
        let span = newest.time - before
        return SeriesSummary.Rates(
            born: Double(recent.reduce(0) { $0 + $1.born }) / span,
            died: Double(recent.reduce(0) { $0 + $1.died }) / span)
    }

    /// The sockets by when they were opened, oldest first, in at most so many rows.
    public func cohorts(most: Int = 12) -> [CohortRow] {
        var rows = lives.cohorts.map {
            CohortRow(
                opened: $0.start..<$0.end, born: $0.began, idle: 0, inUse: 0, dead: 0, other: 0)
        }
        let starts = rows.map(\.opened.lowerBound)
        for socket in known.values where socket.opened.isFinite {
            guard !starts.isEmpty else { continue }
            let place = max(0, SurvivorRule.place(after: socket.opened, in: starts) - 1)
            switch socket.standing {
            case .dead: rows[place].dead += 1
            case .other: rows[place].other += 1
            case .connection where !socket.wasReused: rows[place].idle += 1
            case .connection, .inbound, .unobserved, .listening: rows[place].inUse += 1
            }
        }
        while rows.count > max(1, most) {
            // The two neighbours that are shortest together are joined: rows of like length.
            let place =
                (0..<rows.count - 1).min { left, right in
                    span(rows, left) < span(rows, right)
                } ?? 0
            rows[place] = rows[place].joined(with: rows[place + 1])
            rows.remove(at: place + 1)
        }
        return rows
    }

    private func span(_ rows: [CohortRow], _ place: Int) -> Double {
        rows[place + 1].opened.upperBound - rows[place].opened.lowerBound
    }
}

extension CohortRow {
    fileprivate func joined(with later: CohortRow) -> CohortRow {
        CohortRow(
            opened: opened.lowerBound..<later.opened.upperBound, born: born + later.born,
            idle: idle + later.idle, inUse: inUse + later.inUse, dead: dead + later.dead,
            other: other + later.other)
    }
}
