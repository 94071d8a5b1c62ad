public import Measurements

/// What is believed of a target.
public enum TargetState: String, Hashable, Sendable, CaseIterable {
    /// No threshold has been reached yet.
    case unknown
    /// The last results passed, as many as asked for.
    case up
    /// The last results failed, as many as asked for.
    case down
}

/// A change of a target's state.
public struct StateChange: Hashable, Sendable {
    /// What it was.
    public var from: TargetState
    /// What it is now.
    public var to: TargetState
    /// Whether the target is changing so often that one more change says little.
    public var isFlapping: Bool
    /// How long the former state lasted; nil for the first.
    public var lasted: Duration?
}

/// Turns results into a state: up and down by thresholds, and flapping.
///
/// A target flaps when its result changed at least ``flappingFrom`` times within its last 21
/// results, and is steady again when it changed at most ``steadyAt`` times.
public struct StateTracker: Hashable, Sendable {
    /// Changes within the last 21 results from which on a target flaps.
    public static let flappingFrom = 6
    /// Changes within the last 21 results down to which it keeps flapping no longer.
    public static let steadyAt = 3

    /// The state.
    public private(set) var state = TargetState.unknown
    /// When it became so; nil before the first result.
    public private(set) var since: WallTime?
    /// Whether results change so often that the state says little.
    public private(set) var isFlapping = false

    private let thresholds: StateThresholds
    private var run = 0
    private var lastPassed: Bool?
    private var changes: UInt32 = 0

    /// Makes the tracker of a target without results.
    public init(thresholds: StateThresholds) {
        self.thresholds = thresholds
    }

    /// Takes a result in; answers with the change it made, nil for none.
    public mutating func record(passed: Bool, at time: WallTime) -> StateChange? {
        if let lastPassed {
            let changed: UInt32 = lastPassed == passed ? 0 : 1
            changes = (changes << 1 | changed) & 0xF_FFFF
            if changes.nonzeroBitCount >= Self.flappingFrom { isFlapping = true }
            if changes.nonzeroBitCount <= Self.steadyAt { isFlapping = false }
        }
        run = lastPassed == passed ? run + 1 : 1
        lastPassed = passed
        let needed = passed ? thresholds.successesToUp : thresholds.failuresToDown
        let next: TargetState = passed ? .up : .down
        guard run >= needed, next != state else { return nil }
        let change = StateChange(
            from: state, to: next, isFlapping: isFlapping, lasted: since.map { time - $0 })
        state = next
        since = time
        return change
    }
}
