import Measurements

/// What is judged by counts alone: descriptors that are no sockets, and the whole.
extension SnapshotSeries {
    enum DescriptorAnswer {
        case tooEarly(askAgainIn: Double)
        case leaks([LeakEstimate])
    }

    private static let blocks = 4

    /// Kinds of descriptors of which the fewest at a time rise, block after block.
    ///
    /// There is no inode to follow, so growth that keeps step with the connections in use is put
    /// down to load, and growth that slows down to warming up.
    func descriptorAnswer(now: Double) -> DescriptorAnswer {
        let horizon = max(settings.shortestHorizon, Double(4 * Self.blocks) * interval)
        var leaks: [LeakEstimate] = []
        let counted = kinds.map { (LeakKind.descriptor($0.key), $0.value) }
        for (kind, history) in counted + [(LeakKind.duplicate, duplicates)] {
            var span = horizon
            while span <= now {
                if let leak = leak(kind, history, since: now - span) {
                    leaks.append(leak)
                    break
                }
                guard span < now else { break }
                span = min(2 * span, now)
            }
        }
        if leaks.isEmpty, now < horizon { return .tooEarly(askAgainIn: horizon - now) }
        return .leaks(leaks)
    }

    private func leak(_ kind: LeakKind, _ history: CountHistory, since start: Double)
        -> LeakEstimate?
    {
        guard let parts = history.parts(Self.blocks, since: start) else { return nil }
        let steps = zip(parts, parts.dropFirst()).map { $1.least - $0.least }
        let least = Double(settings.survivorsPerSlot)
        guard let first = steps.first, let last = steps.last, steps.allSatisfy({ $0 >= least }),
            last >= first / 2
        else { return nil }
        let rise = steps.reduce(0, +)
        if let used = inUse.parts(Self.blocks, since: start), let early = used.first,
            let late = used.last, late.least - early.least >= rise / 2
        {
            return nil
        }
        guard let fine = history.parts(12, since: start),
            let rate = TheilSen.slope(times: fine.map(\.middle), values: fine.map(\.least)),
            rate.low > 0
        else { return nil }
        return LeakEstimate(
            kind: kind, survivors: Int(rise), rate: rate, peers: [],
            horizon: seconds - start)
    }

    /// What the number of open descriptors does, where no leak explains it.
    func trend(now: Double) -> GrowthVerdict? {
        let start = now - max(settings.shortestHorizon, now / 2)
        guard let parts = opens.parts(16, since: start),
            let rate = TheilSen.slope(times: parts.map(\.middle), values: parts.map(\.mean))
        else { return nil }
        // Less than one descriptor in twenty over the whole stretch is the same number.
        let change = rate.perSecond * (now - start)
        guard !rate.mayBeZero, change.magnitude >= max(3, (parts.last?.mean ?? 0) / 20) else {
            return nil
        }
        guard rate.perSecond > 0 else { return .shrinking(rate) }
        let middle = parts.count / 2
        let early = parts[middle].mean - parts[0].mean
        let late = (parts.last?.mean ?? 0) - parts[middle].mean
        return late < early / 2 ? .warmingUp(rate) : .growing(rate)
    }
}
