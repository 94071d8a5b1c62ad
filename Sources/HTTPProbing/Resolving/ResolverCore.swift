import CResolver
import Glibc
import Measurements
import Synchronization

/// What callers and the resolver's thread share: the table, behind the one lock.
///
/// Handlers are always called with the lock open.
final class ResolverCore: Sendable {
    /// How long the hosts file and resolv.conf are trusted before they are looked at again.
    static let filesTrusted = Duration.seconds(1)

    private struct State {
        var table: ResolutionTable
        /// Resolutions that wait for the files to be looked at.
        var arrivals: [UInt64] = []
        var cancellations: [UInt64] = []
        var lastID: UInt64 = 0
        var filesSeen: MonotonicInstant?
        var isStopping = false
        /// Set while the thread runs and nobody has taken it to wait for its end.
        var thread: ResolverThread?
    }

    let configuration: ResolverConfiguration
    private let state: Mutex<State>

    init(configuration: ResolverConfiguration) {
        precondition((1...10).contains(configuration.tries), "tries are 1 to 10")
        self.configuration = configuration
        state = Mutex(State(table: ResolutionTable(configuration: configuration)))
    }

    var load: (waiting: Int, asked: Int) {
        state.withLock { ($0.table.waiting, $0.table.asked) }
    }

    /// Starts a resolution on the caller's thread and returns its identity.
    func begin(_ resolution: Resolution, at now: MonotonicInstant) -> UInt64 {
        var resolution = resolution
        let (id, events) = known(&resolution, at: now)
        for event in events { resolution.handler(event) }
        if !resolution.unanswered.isEmpty { enqueue(resolution, as: id) }
        return id
    }

    /// Gives an identity, and settles what needs no question while the files are trusted.
    private func known(
        _ resolution: inout Resolution, at now: MonotonicInstant
    ) -> (UInt64, [ResolutionEvent]) {
        state.withLock { state -> (UInt64, [ResolutionEvent]) in
            state.lastID += 1
            guard !state.isStopping, let seen = state.filesSeen, now - seen < Self.filesTrusted
            else { return (state.lastID, []) }
            return (state.lastID, state.table.settleKnown(&resolution, at: now))
        }
    }

    /// Leaves the rest of a resolution to the thread, which is started when there is none.
    private func enqueue(_ resolution: Resolution, as id: UInt64) {
        let failure = state.withLock { state -> DNSFailure? in
            if state.isStopping { return .cancelled }
            if state.thread == nil {
                guard let thread = ResolverThread(core: self) else {
                    return .noResources("the resolver's thread cannot start")
                }
                state.thread = thread
            }
            guard state.table.keep(resolution, as: id) else { return .overloaded }
            state.arrivals.append(id)
            state.thread?.wake()
            return nil
        }
        if let failure { fail(resolution, with: failure) }
    }

    private func fail(_ resolution: Resolution, with failure: DNSFailure) {
        var resolution = resolution
        if failure == .cancelled {
            resolution.handler(.done(.failure(.cancelled)))
            return
        }
        for family in resolution.unanswered {
            for event in resolution.settle(family, .failure(failure)) { resolution.handler(event) }
        }
    }

    /// Asks the thread to end a resolution.
    func cancel(_ id: UInt64) {
        state.withLock { state in
            guard !state.isStopping, state.table.isKept(id) else { return }
            state.cancellations.append(id)
            state.thread?.wake()
        }
    }

    /// Stops the thread and waits for its end, unless it is the caller.
    func shutdown() {
        let thread = state.withLock { state -> ResolverThread? in
            state.isStopping = true
            state.thread?.wake()
            return state.thread.take()
        }
        thread?.join()
    }
}

/// What the thread calls.
extension ResolverCore {
    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// Whether somebody waits and the files must be looked at.
    var needsFiles: Bool {
        let now = configuration.clock()
        return state.withLock { state in
            guard !state.arrivals.isEmpty else { return false }
            guard let seen = state.filesSeen else { return true }
            return now - seen >= Self.filesTrusted
        }
    }

    /// Replaces what has changed.
    func install(hosts: HostsFile?, resolvConf: ResolvConf?) {
        let now = configuration.clock()
        state.withLock { state in
            if let hosts { state.table.hosts = hosts }
            if let resolvConf { state.table.resolvConf = resolvConf }
            state.filesSeen = now
        }
    }

    /// Performs the cancellations, then goes on with the resolutions that have arrived.
    func proceed() {
        let (cancelled, arrivals) = state.withLock { state in
            defer {
                state.cancellations = []
                state.arrivals = []
            }
            return (state.cancellations, state.arrivals)
        }
        let now = configuration.clock()
        for id in cancelled {
            for delivery in state.withLock({ $0.table.cancel(id) }) { delivery.perform() }
        }
        for id in arrivals {
            while true {
                let deliveries = state.withLock { $0.table.proceed(id, at: now) }
                if deliveries.isEmpty { break }
                for delivery in deliveries { delivery.perform() }
            }
        }
    }

    func takeAskings() -> [ResolutionTable.Asking] {
        state.withLock { $0.table.takeAskings() }
    }

    func answered(_ token: UInt64, _ outcome: QuestionPlan.Outcome) {
        let now = configuration.clock()
        let deliveries = state.withLock { $0.table.answered(token, outcome, at: now) }
        for delivery in deliveries { delivery.perform() }
    }

    /// Ends everything that still waits; the last thing that the thread does with the core.
    func finish() {
        for delivery in state.withLock({ $0.table.cancelAll() }) { delivery.perform() }
    }
}
