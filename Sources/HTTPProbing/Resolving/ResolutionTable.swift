import Measurements

/// All resolutions and the questions that they wait for: decisions only, time is an argument.
///
/// Questions for the same name, family and servers are asked once, whoever waits for them.
struct ResolutionTable {
    /// A question that a channel must ask.
    struct Asking: Hashable, Sendable {
        var token: UInt64
        var ask: QuestionPlan.Ask
        var family: ResolvedFamily
    }

    /// What somebody must be told, outside of any lock.
    struct Delivery: Sendable {
        var handler: @Sendable (ResolutionEvent) -> Void
        var event: ResolutionEvent

        /// Tells it.
        func perform() { handler(event) }
    }

    private struct Question {
        var key: ResolutionCache.Key
        var plan: QuestionPlan
        var waiters: Set<UInt64>
    }

    private let configuration: ResolverConfiguration
    private var cache: ResolutionCache
    private var questions: [UInt64: Question] = [:]
    private var tokens: [ResolutionCache.Key: UInt64] = [:]
    private var resolutions: [UInt64: Resolution] = [:]
    private var lastToken: UInt64 = 0

    /// The hosts file as it was read last.
    var hosts = HostsFile()
    /// The system's resolver configuration as it was read last.
    var resolvConf = ResolvConf()
    /// Questions that wait for the resolver thread to ask them.
    private var outbox: [Asking] = []

    init(configuration: ResolverConfiguration) {
        self.configuration = configuration
        cache = ResolutionCache(limit: configuration.cacheLimit)
    }

    /// The resolutions that wait.
    var waiting: Int { resolutions.count }
    /// The questions in flight.
    var asked: Int { questions.count }

    /// Gives the questions that must be asked, once.
    mutating func takeAskings() -> [Asking] {
        defer { outbox = [] }
        return outbox
    }

    /// Settles the families whose answer needs no question.
    func settleKnown(_ resolution: inout Resolution, at now: MonotonicInstant) -> [ResolutionEvent]
    {
        resolution.unanswered.flatMap { family in
            known(family, resolution, now).map { resolution.settle(family, $0) } ?? []
        }
    }

    /// Keeps a resolution that waits for something; false when there are too many.
    mutating func keep(_ resolution: Resolution, as id: UInt64) -> Bool {
        guard resolutions.count < configuration.waiterLimit else { return false }
        resolutions[id] = resolution
        return true
    }

    /// Whether a resolution still waits.
    func isKept(_ id: UInt64) -> Bool { resolutions[id] != nil }

    /// Goes on with a resolution that was kept: settles what is known, and asks when nothing is.
    ///
    /// While it returns deliveries it must be called again once they are performed, so that the
    /// events of one resolution keep their order.
    mutating func proceed(_ id: UInt64, at now: MonotonicInstant) -> [Delivery] {
        guard var resolution = resolutions.removeValue(forKey: id) else { return [] }
        var events = settleKnown(&resolution, at: now)
        if events.isEmpty {
            for family in resolution.unanswered {
                if let failure = wait(id, for: resolution.key(family)) {
                    events += resolution.settle(family, .failure(failure))
                }
            }
        }
        if !resolution.unanswered.isEmpty { resolutions[id] = resolution }
        return events.map { Delivery(handler: resolution.handler, event: $0) }
    }

    /// Takes the outcome of an asked question in.
    mutating func answered(
        _ token: UInt64, _ outcome: QuestionPlan.Outcome, at now: MonotonicInstant
    ) -> [Delivery] {
        guard var question = questions[token] else { return [] }
        let step = question.plan.handle(outcome)
        switch step {
        case .ask(let ask):
            guard !question.waiters.isEmpty else {
                forget(token)
                return []
            }
            questions[token] = question
            outbox.append(Asking(token: token, ask: ask, family: question.key.family))
            return []
        case .addresses(let addresses, let seconds):
            let limits = configuration.positiveTTL
            let ttl = min(limits.upperBound, max(limits.lowerBound, .seconds(Int64(seconds))))
            let changed = cache.store(.success(addresses), for: question.key, ttl: ttl, at: now)
            return settle(
                token,
                .success(
                    FamilyAnswer(
                        family: question.key.family, addresses: addresses, ttl: ttl,
                        cached: false, changed: changed)))
        case .failed(let failure, let seconds):
            if let ttl = negativeTTL(failure, seconds) {
                _ = cache.store(.failure(failure), for: question.key, ttl: ttl, at: now)
            }
            return settle(token, .failure(failure))
        }
    }

    /// Ends a resolution that still waits.
    mutating func cancel(_ id: UInt64) -> [Delivery] {
        guard let resolution = resolutions.removeValue(forKey: id) else { return [] }
        for family in resolution.unanswered {
            guard let token = tokens[resolution.key(family)] else { continue }
            questions[token]?.waiters.remove(id)
        }
        return [Delivery(handler: resolution.handler, event: .done(.failure(.cancelled)))]
    }

    /// Ends every resolution and forgets every question.
    mutating func cancelAll() -> [Delivery] {
        let all = resolutions.values.map {
            Delivery(handler: $0.handler, event: .done(.failure(.cancelled)))
        }
        resolutions = [:]
        questions = [:]
        tokens = [:]
        outbox = []
        return all
    }
}

extension ResolutionTable {
    /// The answer without a question: a name that cannot be, this host, the hosts file, the cache.
    private func known(
        _ family: ResolvedFamily, _ resolution: Resolution, _ now: MonotonicInstant
    ) -> Result<FamilyAnswer, DNSFailure>? {
        let name = resolution.name
        guard HostName.isValid(name) else { return .failure(.notFound("not a host name")) }
        if let addresses = local(HostName.withoutFinalDot(name)) {
            let mine = addresses.filter { $0.family == family }
            guard !mine.isEmpty else {
                return .failure(.noData("\(name): no address of this family in the hosts file"))
            }
            return .success(
                FamilyAnswer(
                    family: family, addresses: mine, ttl: .zero, cached: true, changed: false))
        }
        guard let entry = cache.entry(resolution.key(family), at: now) else { return nil }
        switch entry.result {
        case .failure(let failure): return .failure(failure)
        case .success(let addresses):
            if resolution.fresh { return nil }
            return .success(
                FamilyAnswer(
                    family: family, addresses: addresses, ttl: entry.expires - now, cached: true,
                    changed: false))
        }
    }

    /// What this host knows: `localhost` never leaves it, whatever the file says (RFC 6761,
    /// section 6.3).
    private func local(_ name: String) -> [ResolvedAddress]? {
        let listed = hosts.addresses(of: name)
        guard name == "localhost" || name.hasSuffix(".localhost") else { return listed }
        let loopback = (listed ?? []).filter(\.isLoopback)
        return loopback.isEmpty ? [.loopbackIPv6, .loopbackIPv4] : loopback
    }

    /// Joins the question in flight, or asks; a failure when it cannot be asked.
    private mutating func wait(_ id: UInt64, for key: ResolutionCache.Key) -> DNSFailure? {
        if let token = tokens[key] {
            questions[token]?.waiters.insert(id)
            return nil
        }
        guard questions.count < configuration.questionLimit else { return .overloaded }
        var servers: [DNSServer] = []
        for text in key.resolvers {
            guard let server = DNSServer(text) else {
                return .serverFailure("'\(text)' is not the address of a DNS server")
            }
            servers.append(server)
        }
        // A server that the target names itself is asked for exactly the name: the search list
        // belongs to the system's servers.
        let names =
            servers.isEmpty
            ? QuestionPlan.candidates(key.name, search: resolvConf.search, ndots: resolvConf.ndots)
            : [HostName.withoutFinalDot(key.name)]
        let plan = QuestionPlan(
            names: names, servers: servers.isEmpty ? resolvConf.servers : servers,
            tries: configuration.tries)
        lastToken += 1
        questions[lastToken] = Question(key: key, plan: plan, waiters: [id])
        tokens[key] = lastToken
        outbox.append(Asking(token: lastToken, ask: plan.current, family: key.family))
        return nil
    }

    private mutating func settle(
        _ token: UInt64, _ result: Result<FamilyAnswer, DNSFailure>
    ) -> [Delivery] {
        guard let question = forget(token) else { return [] }
        var deliveries: [Delivery] = []
        for id in question.waiters.sorted() {
            guard var resolution = resolutions[id] else { continue }
            let events = resolution.settle(question.key.family, result)
            resolutions[id] = resolution.unanswered.isEmpty ? nil : resolution
            deliveries += events.map { Delivery(handler: resolution.handler, event: $0) }
        }
        return deliveries
    }

    @discardableResult
    private mutating func forget(_ token: UInt64) -> Question? {
        guard let question = questions.removeValue(forKey: token) else { return nil }
        tokens[question.key] = nil
        return question
    }

    /// How long a failure is kept; nil when it says nothing about the name.
    private func negativeTTL(_ failure: DNSFailure, _ seconds: UInt32?) -> Duration? {
        switch failure {
        case .notFound, .noData:
            guard let seconds else { return configuration.negativeTTL }
            return min(configuration.maximumNegativeTTL, .seconds(Int64(seconds)))
        case .timedOut, .serverFailure, .noResources, .overloaded, .cancelled: return nil
        }
    }
}
