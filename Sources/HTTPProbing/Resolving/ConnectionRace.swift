import Measurements

/// Decides which address is tried when (Happy Eyeballs, RFC 8305), and does nothing itself.
///
/// The shell feeds every event to ``handle(_:)`` and performs the actions in order. There is one
/// timer of each kind: arming it again replaces it. Attempts are numbered from 0 in the order of
/// their start.
struct ConnectionRace {
    /// The limits and delays of a race.
    struct Limits: Hashable, Sendable {
        /// The most addresses that are tried.
        var addresses = 8
        /// The most attempts at the same time.
        var attemptsInFlight = 4
        /// How long IPv4 answers wait for IPv6 ones (RFC 8305, section 3).
        var resolutionDelay = Duration.milliseconds(50)
        /// From the start of an attempt to the start of the next (RFC 8305, section 5).
        var attemptDelay = Duration.milliseconds(250)
    }

    /// What happened.
    enum Event: Hashable, Sendable {
        case familyAnswered(ResolvedFamily, [ResolvedAddress])
        case familyFailed(ResolvedFamily, ProbeFailure)
        case resolutionDelayPassed
        case attemptDelayPassed
        case attemptFailed(Int, ProbeFailure)
        case connected(Int)
        /// The probe gave up: its deadline, or a cancellation.
        case abandoned
    }

    /// What the shell does.
    enum Action: Hashable, Sendable {
        case start(attempt: Int, ResolvedAddress)
        case armResolutionDelay(Duration)
        case armAttemptDelay(Duration)
        /// Close the attempt, whatever it has become; no event is expected for it.
        case cancel(attempt: Int)
        /// The race is over and this attempt carries on.
        case won(attempt: Int)
        /// The race is over and lost.
        case failed(ProbeFailure)
    }

    private enum Attempt: Hashable {
        case inFlight
        case ended
    }

    private let limits: Limits
    /// The families whose answer is still to come.
    private var pending: Set<ResolvedFamily>
    private var queues: [ResolvedFamily: ArraySlice<ResolvedAddress>] = [:]
    private var lastFamily: ResolvedFamily?
    private var attempts: [Attempt] = []
    private var inFlight = 0
    private var resolutionDelayRuns = false
    private var attemptDelayRuns = false
    private var failures: [ProbeFailure] = []
    private var nameFailures: [ProbeFailure] = []

    /// Whether the race has a winner, has failed or was abandoned: no action follows but closing
    /// what connects too late.
    private(set) var isOver = false

    /// Starts a race in which the given families will each be answered or fail.
    init(families: [ResolvedFamily], limits: Limits = Limits()) {
        precondition(!families.isEmpty, "a race needs a family")
        precondition(limits.addresses > 0 && limits.attemptsInFlight > 0, "a limit is positive")
        self.limits = limits
        pending = Set(families)
    }

    /// Takes an event in and says what to do.
    mutating func handle(_ event: Event) -> [Action] {
        guard !isOver else { return lateActions(event) }
        switch event {
        case .familyAnswered(let family, let addresses):
            precondition(pending.remove(family) != nil, "a family answers once")
            queues[family] = addresses[...]
            return holdBack(family) ?? advance()
        case .familyFailed(let family, let failure):
            precondition(pending.remove(family) != nil, "a family answers once")
            nameFailures.append(failure)
            resolutionDelayRuns = false
            return advance()
        case .resolutionDelayPassed:
            resolutionDelayRuns = false
            return advance()
        case .attemptDelayPassed:
            attemptDelayRuns = false
            return advance()
        case .attemptFailed(let index, let failure):
            guard end(index) else { return [] }
            failures.append(failure)
            // The next address need not wait for an attempt that is over.
            attemptDelayRuns = false
            return advance()
        case .connected(let index):
            guard end(index) else { return [.cancel(attempt: index)] }
            isOver = true
            return [.won(attempt: index)] + cancelAll()
        case .abandoned:
            isOver = true
            return cancelAll()
        }
    }

    private func lateActions(_ event: Event) -> [Action] {
        guard case .connected(let index) = event else { return [] }
        return [.cancel(attempt: index)]
    }

    /// IPv4 came first: IPv6 gets a moment, once.
    private mutating func holdBack(_ family: ResolvedFamily) -> [Action]? {
        guard family == .ipv4, pending.contains(.ipv6), attempts.isEmpty else {
            resolutionDelayRuns = false
            return nil
        }
        resolutionDelayRuns = true
        return [.armResolutionDelay(limits.resolutionDelay)]
    }

    /// Marks an attempt as ended; false when it was not running.
    private mutating func end(_ index: Int) -> Bool {
        guard attempts.indices.contains(index), attempts[index] == .inFlight else { return false }
        attempts[index] = .ended
        inFlight -= 1
        return true
    }

    private mutating func cancelAll() -> [Action] {
        let running = attempts.indices.filter { attempts[$0] == .inFlight }
        for index in running { _ = end(index) }
        return running.map { .cancel(attempt: $0) }
    }

    private mutating func advance() -> [Action] {
        guard !resolutionDelayRuns else { return [] }
        if !attemptDelayRuns, inFlight < limits.attemptsInFlight, let address = takeNext() {
            attempts.append(.inFlight)
            inFlight += 1
            let start = Action.start(attempt: attempts.count - 1, address)
            guard mayStartMore else { return [start] }
            attemptDelayRuns = true
            return [start, .armAttemptDelay(limits.attemptDelay)]
        }
        guard inFlight == 0, pending.isEmpty, !hasNext else { return [] }
        isOver = true
        return [.failed(verdict)]
    }

    private var hasNext: Bool {
        attempts.count < limits.addresses && queues.values.contains { !$0.isEmpty }
    }

    private var mayStartMore: Bool {
        hasNext || (attempts.count < limits.addresses && !pending.isEmpty)
    }

    /// The families take turns, IPv6 first (RFC 8305, section 4).
    private mutating func takeNext() -> ResolvedAddress? {
        guard hasNext else { return nil }
        let turn: [ResolvedFamily] = lastFamily == .ipv6 ? [.ipv4, .ipv6] : [.ipv6, .ipv4]
        for family in turn {
            guard let address = queues[family]?.popFirst() else { continue }
            lastFamily = family
            return address
        }
        return nil
    }

    /// Of all failures the one that says most about the host; the first of its kind.
    private var verdict: ProbeFailure {
        let all = failures.isEmpty ? nameFailures : failures
        let most = all.map { Self.rank($0.error) }.max()
        return all.first { Self.rank($0.error) == most }
            ?? ProbeFailure(.dnsNotFound, phase: .resolve, detail: "no address")
    }

    /// Our own shortage first, since nothing else means anything then; an answer of the host
    /// before silence, and silence before "no way there", which one family often says alone.
    private static func rank(_ error: ProbeErrorClass) -> Int {
        switch error {
        case .noDescriptors: 6
        case .connectReset: 5
        case .connectRefused: 4
        case .connectTimeout: 3
        case .connectUnreachable: 2
        case .dnsFailed: 1
        case .dnsNotFound: 0
        case .noError, .requestBuild, .tlsUntrusted, .tlsExpired, .tlsNotYetValid, .tlsWrongName,
            .tlsWeakKey, .tlsClientCertificate, .tlsHandshake, .timeout, .reset, .closedEarly,
            .malformedResponse, .headersTooLarge, .bodyTooLarge, .badEncoding, .tooManyRedirects,
            .checkFailed, .poolExhausted, .streamReset, .goaway, .cancelled:
            3
        }
    }
}
