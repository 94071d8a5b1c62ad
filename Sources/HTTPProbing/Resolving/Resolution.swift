import Measurements

/// One caller's wish for the addresses of a name, and what is known of it so far.
struct Resolution: Sendable {
    /// The name in lower case; a dot at the end says that nothing is appended.
    let name: String
    /// The servers as the target names them; empty means the system's.
    let resolvers: [String]
    /// Whether cached addresses are passed over.
    let fresh: Bool
    /// Who is told.
    let handler: @Sendable (ResolutionEvent) -> Void

    /// The wanted families that are not known yet, IPv6 first.
    private(set) var unanswered: [ResolvedFamily]
    private var answers: [FamilyAnswer] = []
    private var failure: DNSFailure?

    init(
        name: String, settings: NetworkSettings, fresh: Bool,
        handler: @escaping @Sendable (ResolutionEvent) -> Void
    ) {
        self.name = name.lowercased()
        resolvers = settings.resolvers
        self.fresh = fresh
        self.handler = handler
        unanswered =
            switch settings.family {
            case .any: [.ipv6, .ipv4]
            case .ipv4: [.ipv4]
            case .ipv6: [.ipv6]
            }
    }

    /// What the cache calls the question for a family.
    func key(_ family: ResolvedFamily) -> ResolutionCache.Key {
        ResolutionCache.Key(name: name, family: family, resolvers: resolvers)
    }

    /// Takes the answer of a family in, and says what the handler hears.
    mutating func settle(
        _ family: ResolvedFamily, _ result: Result<FamilyAnswer, DNSFailure>
    ) -> [ResolutionEvent] {
        guard let index = unanswered.firstIndex(of: family) else { return [] }
        unanswered.remove(at: index)
        var events: [ResolutionEvent] = []
        switch result {
        case .success(let answer):
            answers.append(answer)
            events.append(.answered(answer))
        case .failure(let failure):
            self.failure = self.failure.map { DNSFailure.mostTelling($0, failure) } ?? failure
            events.append(.failed(family, failure))
        }
        if unanswered.isEmpty { events.append(.done(verdict)) }
        return events
    }

    private var verdict: Result<DNSFacts, DNSFailure> {
        guard !answers.isEmpty else { return .failure(failure ?? .notFound(name)) }
        return .success(
            DNSFacts(
                addresses: inTurn.map(\.text), changed: answers.contains(where: \.changed),
                cached: answers.allSatisfy(\.cached)))
    }

    /// The addresses in the order in which they are tried: the families take turns, IPv6 first.
    private var inTurn: [ResolvedAddress] {
        let lists = ResolvedFamily.allCases.map { family in
            answers.first { $0.family == family }?.addresses ?? []
        }
        let longest = lists.map(\.count).max() ?? 0
        return (0..<longest).flatMap { index in
            lists.compactMap { $0.indices.contains(index) ? $0[index] : nil }
        }
    }
}
