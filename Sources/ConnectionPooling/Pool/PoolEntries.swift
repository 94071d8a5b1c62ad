import DequeModule
import Measurements

/// One connection as the pool sees it.
struct ConnectionEntry: Sendable {
    /// Where a connection is.
    enum State: Hashable, Sendable {
        /// The place is free. To `connecting`.
        case free
        /// It is being made, for one request. To `leased`, or `free` when that failed.
        case connecting
        /// One request has the exclusive use of it. To `idle`, `closing` or `free`.
        case leased
        /// It is kept for later. To `leased`, `closing` or `free`.
        case idle
        /// Its close was asked for. To `free`.
        case closing
    }

    var generation: UInt32 = 0
    var state = State.free
    var origin = OriginID(index: -1)
    var established = MonotonicInstant(nanoseconds: 0)
    var idleSince = MonotonicInstant(nanoseconds: 0)
    /// Neighbours in the origin's list of idle connections, the one used last at its head.
    var newer = Int32(-1)
    var older = Int32(-1)
    /// Why an idle connection will end when its time has come.
    var expiryCause = CloseCause.idleTimeout
    /// Why a closing connection was closed.
    var closeCause = CloseCause.failed
}

/// One request that waits.
struct Waiter: Sendable {
    var request: RequestID
    var isFresh: Bool
    /// Its place in the order of all waiting requests.
    var sequence: UInt64
}

/// One origin as the pool sees it.
struct OriginEntry: Sendable {
    var plan: OriginPlan
    var isRemoved = false
    /// The idle connection that was used last; −1 for none.
    var newestIdle = Int32(-1)
    var idle = 0
    /// Connecting, leased and idle.
    var held = 0
    /// Connections in any state, closing ones too.
    var open = 0
    var waiters: Deque<Waiter> = []
    var idleLimit = LearnedIdleLimit()
}

extension OriginPlan {
    /// What an idle connection of the origin is reckoned to cost, in bytes of our own memory.
    var idleBytes: Int {
        isTLS ? PoolLimits.tlsConnectionBytes : PoolLimits.plainConnectionBytes
    }
}

/// How long an origin's server keeps idle connections, as it has shown.
///
/// One close proves little: servers restart. Two that came after nearly the same idle time prove a
/// limit. What was learned is doubted after an hour, because nothing else would ever correct it:
/// a pool that closes early is never closed upon.
struct LearnedIdleLimit: Sendable {
    static let validity = Duration.seconds(3600)

    private var suspected: Duration?
    private var learned: Duration?
    private var learnedAt = MonotonicInstant(nanoseconds: 0)

    /// The limit in force; nil when none is known.
    func limit(at now: MonotonicInstant) -> Duration? {
        guard let learned, now - learnedAt < Self.validity else { return nil }
        return learned
    }

    /// The server said a limit.
    mutating func said(_ limit: Duration, at now: MonotonicInstant) {
        learned = limit
        learnedAt = now
    }

    /// The server closed a connection that had been idle for this long.
    mutating func closed(after idle: Duration, at now: MonotonicInstant) {
        if let suspected {
            let (shorter, longer) = (min(suspected, idle), max(suspected, idle))
            if longer - shorter <= longer / 5 + .milliseconds(100) {
                learned = shorter
                learnedAt = now
            }
        }
        suspected = idle
    }

    /// How long before the limit a connection is no longer trusted: a tenth, at least half a
    /// second, because the request has to arrive before the server's clock strikes.
    static func margin(of limit: Duration) -> Duration {
        max(.milliseconds(500), limit / 10)
    }
}
