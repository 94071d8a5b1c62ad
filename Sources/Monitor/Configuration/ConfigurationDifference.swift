public import Measurements

/// What a reload changes, target by target.
public struct ConfigurationDifference: Hashable, Sendable, CustomStringConvertible {
    /// Targets that are new.
    public private(set) var added: [TargetID] = []
    /// Targets that are gone.
    public private(set) var removed: [TargetID] = []
    /// Targets of the same identity with other settings.
    public private(set) var changed: [TargetID] = []
    /// How many targets are equal to what they were.
    public private(set) var unchanged = 0
    /// Whether pool, worker or DNS settings differ, which only a restart takes in.
    public private(set) var needsRestart = false

    /// Compares two configurations.
    public init(from old: MonitorConfiguration, to new: MonitorConfiguration) {
        var before: [TargetID: Target] = [:]
        before.reserveCapacity(old.targets.count)
        for target in old.targets { before[target.id] = target }
        for target in new.targets {
            guard let known = before.removeValue(forKey: target.id) else {
                added.append(target.id)
                continue
            }
            if known == target { unchanged += 1 } else { changed.append(target.id) }
        }
        removed = old.targets.map(\.id).filter { before[$0] != nil }
        var oldDNS = old.dns
        // The servers are part of the targets.
        oldDNS.servers = new.dns.servers
        needsRestart = old.pool != new.pool || old.worker != new.worker || oldDNS != new.dns
    }

    /// The counts in one sentence.
    public var description: String {
        let counts =
            "\(added.count) added, \(removed.count) removed, \(changed.count) changed, "
            + "\(unchanged) unchanged"
        return needsRestart
            ? "\(counts); the settings of pool, worker or dns changed too and need a restart"
            : counts
    }
}
