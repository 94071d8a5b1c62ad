/// The clients of the lab, in the order in which they are shown: four that leak or waste, on
/// purpose, and the engine.
public enum LabClient: String, Sendable, Hashable, CaseIterable {
    /// A new client for each probe; it closes its connection when the response is there.
    case perRequest = "per-request"
    /// A new connection for each probe, since each request says `Connection: close`.
    case noKeepalive = "no-keepalive"
    /// A new client for each probe, whose connection is kept alive and never used or closed again.
    case perRequestIdle = "per-request-idle"
    /// Looks at the status, never reads the body to its end, and never closes.
    case unreadBody = "unread-body"
    /// The engine: one bounded pool of connections for all probes.
    case shared

    /// Whether it opens sockets that it never closes.
    public var leaks: Bool { self == .perRequestIdle || self == .unreadBody }

    /// What it does, as a sentence without a full stop.
    public var habit: String {
        switch self {
        case .perRequest: "A new client for each probe, closed after the response"
        case .noKeepalive: "Keep-alive turned off: every request says Connection: close"
        case .perRequestIdle: "A new client for each probe, kept alive and then forgotten"
        case .unreadBody: "Looks at the status, and neither reads the body nor closes it"
        case .shared: "One client with one bounded pool for all probes, as in sockeye run"
        }
    }

    /// The most probes a second that it starts; nil when it starts one as soon as another ends.
    ///
    /// Clients that leak are paced, so that what grows can be watched growing. The two paces
    /// differ, so that their lines in a plot do.
    var pace: Double? {
        switch self {
        case .perRequestIdle: 200
        case .unreadBody: 120
        case .perRequest, .noKeepalive, .shared: nil
        }
    }
}
