public import HTTPProbing
public import Measurements
public import ProbeScheduling
import Synchronization

/// The state of every target of a worker, kept from the outcomes.
///
/// Safe to use from any thread: event loops hand outcomes in, views take snapshots out.
public final class StatusBoard: ProbeOutcomeSink {
    /// Something that people want to be told of.
    public enum Notice: Sendable {
        /// A target's state changed.
        case stateChanged(TargetReference, StateChange, ProbeOutcome)
        /// DNS names other addresses than before.
        case addressesChanged(TargetReference, ProbeOutcome)
    }

    private struct State {
        var statuses: [TargetStatus] = []
        var indices: [TargetID: Int] = [:]
    }

    private let state = Mutex(State())
    private let observer: @Sendable ([ProbeOutcome], [Notice]) -> Void

    /// Makes an empty board.
    ///
    /// - Parameter observer: Called after each batch, on the thread that handed it in, with the
    ///   outcomes and what they changed.
    public init(observer: @escaping @Sendable ([ProbeOutcome], [Notice]) -> Void = { _, _ in }) {
        self.observer = observer
    }

    /// Makes the board's targets exactly these.
    ///
    /// A target that stays keeps its history.
    public func setTargets(_ targets: [TargetReference]) {
        state.withLock { state in
            var statuses: [TargetStatus] = []
            statuses.reserveCapacity(targets.count)
            var indices: [TargetID: Int] = [:]
            for target in targets {
                var status = TargetStatus(target)
                if let index = state.indices[target.value.id] {
                    let old = state.statuses[index]
                    status = old
                    status.target = target
                    if old.target.value.thresholds != target.value.thresholds {
                        status.tracker = StateTracker(thresholds: target.value.thresholds)
                    }
                }
                indices[target.value.id] = statuses.count
                statuses.append(status)
            }
            state = State(statuses: statuses, indices: indices)
        }
    }

    /// Takes a batch of outcomes in.
    ///
    /// Outcomes of targets that are gone are only passed on.
    public func receive(_ outcomes: [ProbeOutcome]) {
        let notices = state.withLock { state in
            var notices: [Notice] = []
            for outcome in outcomes {
                guard let index = state.indices[outcome.target.value.id] else { continue }
                if let change = state.statuses[index].record(outcome) {
                    notices.append(.stateChanged(outcome.target, change, outcome))
                }
                if outcome.dns?.changed == true {
                    notices.append(.addressesChanged(outcome.target, outcome))
                }
            }
            return notices
        }
        observer(outcomes, notices)
    }

    /// A copy of every status, in the order of the configuration.
    public func snapshot() -> [TargetStatus] {
        state.withLock { $0.statuses }
    }

    /// How many targets are up, down and not known yet.
    public func counts() -> (up: Int, down: Int, unknown: Int) {
        state.withLock { state in
            var counts = (up: 0, down: 0, unknown: 0)
            for status in state.statuses {
                switch status.tracker.state {
                case .up: counts.up += 1
                case .down: counts.down += 1
                case .unknown: counts.unknown += 1
                }
            }
            return counts
        }
    }
}
