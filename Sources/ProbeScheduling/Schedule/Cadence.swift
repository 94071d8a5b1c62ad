public import Measurements

/// When a target is probed cold although a warm connection is at hand.
///
/// The periods of different targets begin at different times (``Spread``), so that cold probes,
/// which cost many times a warm one, never come in a wave.
public struct Cadence: Sendable {
    private let every: FreshCadence
    private let id: TargetID

    /// Makes the cadence of a target.
    public init(every: FreshCadence, id: TargetID) {
        self.every = every
        self.id = id
    }

    /// What the next probe has to be.
    ///
    /// - Parameter lastCold: When the last cold probe started; nil when there was none.
    public func kind(lastCold: MonotonicInstant?, at now: MonotonicInstant) -> ProbeKind {
        switch every {
        case .always:
            return .cold
        case .never:
            return lastCold == nil ? .cold : .warm
        case .every(let period):
            guard let lastCold else { return .cold }
            let offset = Spread.offset(of: id, in: period)
            let periodEnd = Spread.next(
                from: now + .nanoseconds(1), offset: offset, period: period)
            return lastCold < periodEnd - period ? .cold : .warm
        }
    }
}
