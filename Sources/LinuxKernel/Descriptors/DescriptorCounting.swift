import KernelFormats
import LeakAnalysis
import Measurements

/// Counts one reading of a table of descriptors.
enum DescriptorCounting {
    /// The most repeated targets that are kept.
    static let repeatedLimit = 16

    static func tally(_ walk: DescriptorWalk) -> DescriptorTally {
        var tally = DescriptorTally()
        tally.open = walk.count
        tally.highest = walk.highest
        if !walk.sockets.isEmpty { tally.byKind[.socket] = walk.sockets.count }
        var targets: [String: (kind: DescriptorKind, count: Int)] = [:]
        for (place, other) in walk.others.enumerated() {
            let target = other.target
            let kind: DescriptorKind =
                walk.directories.contains(place) ? .directory : DescriptorLink.kind(target)
            tally.byKind[kind, default: 0] += 1
            guard kind == .file || kind == .device || kind == .memfd else { continue }
            targets[target, default: (kind, 0)].count += 1
            if kind != .device, let folder = folder(of: target) {
                targets[folder, default: (kind, 0)].count += 1
            }
        }
        tally.repeated = targets.filter { $0.value.count > 1 }
            .sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }
            .prefix(repeatedLimit)
            .map { RepeatedTarget(target: $0.key, kind: $0.value.kind, count: $0.value.count) }
        return tally
    }

    /// The folder of a file, ending in a slash.
    private static func folder(of path: String) -> String? {
        path.lastIndex(of: "/").map { String(path[...$0]) }
    }
}
