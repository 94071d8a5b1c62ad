/// How long each phase of a probe took.
///
/// A phase that did not happen has no value.
public struct PhaseTimings: Hashable, Sendable {
    // Six words instead of six optionals of two: outcomes are copied in bulk.
    private var resolve: Int64 = -1
    private var connect: Int64 = -1
    private var tls: Int64 = -1
    private var send: Int64 = -1
    private var wait: Int64 = -1
    private var receive: Int64 = -1

    /// Makes timings in which no phase has happened.
    public init() {}

    /// The time of one phase.
    ///
    /// Setting a negative time is the same as setting none.
    public subscript(phase: ProbePhase) -> Duration? {
        get {
            let nanoseconds = nanoseconds(of: phase)
            return nanoseconds < 0 ? nil : .nanoseconds(nanoseconds)
        }
        set { setNanoseconds(newValue?.nanoseconds ?? -1, of: phase) }
    }

    /// The time of one phase in nanoseconds; negative when it did not happen.
    public func nanoseconds(of phase: ProbePhase) -> Int64 {
        switch phase {
        case .resolve: resolve
        case .connect: connect
        case .tls: tls
        case .send: send
        case .wait: wait
        case .receive: receive
        }
    }

    /// Sets the time of one phase in nanoseconds.
    public mutating func setNanoseconds(_ value: Int64, of phase: ProbePhase) {
        switch phase {
        case .resolve: resolve = value
        case .connect: connect = value
        case .tls: tls = value
        case .send: send = value
        case .wait: wait = value
        case .receive: receive = value
        }
    }
}
