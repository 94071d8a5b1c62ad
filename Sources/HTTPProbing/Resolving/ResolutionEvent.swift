import Measurements

/// What a resolution reports: one event for each wanted family, then ``done(_:)``, exactly once.
enum ResolutionEvent: Sendable {
    /// A family has addresses, never none.
    case answered(FamilyAnswer)
    /// A family has none.
    case failed(ResolvedFamily, DNSFailure)
    /// Nothing more follows. The facts when any family has an address, otherwise the failure that
    /// tells the most.
    case done(Result<DNSFacts, DNSFailure>)
}

/// The addresses of one family.
struct FamilyAnswer: Hashable, Sendable {
    /// The family of every address.
    var family: ResolvedFamily
    /// The addresses in the order of the answer, not empty.
    var addresses: [ResolvedAddress]
    /// How long they may still be used; ``Duration/zero`` when they come from no DNS answer (the
    /// hosts file, `localhost`).
    var ttl: Duration
    /// Whether no question was asked for this resolution.
    var cached: Bool
    /// Whether the set of addresses differs from the answer before this one.
    var changed: Bool
}

/// Why a name has no address.
enum DNSFailure: Error, Hashable, Sendable {
    /// The name does not exist (NXDOMAIN), or cannot exist.
    case notFound(String)
    /// The name exists and has no address of the wanted family.
    case noData(String)
    /// No server answered in time.
    case timedOut(String)
    /// A server answered with a failure (SERVFAIL, REFUSED, …), with nonsense, or not at all.
    case serverFailure(String)
    /// This process had no descriptor, thread or memory for the question.
    case noResources(String)
    /// Too many questions or resolutions are under way; see ``ResolverConfiguration``.
    case overloaded
    /// The resolution was cancelled, or the resolver was shut down.
    case cancelled

    /// The class that reports use.
    var errorClass: ProbeErrorClass {
        switch self {
        case .notFound, .noData: .dnsNotFound
        case .timedOut, .serverFailure, .overloaded: .dnsFailed
        case .noResources: .noDescriptors
        case .cancelled: .cancelled
        }
    }

    /// Whose fault it is, where the class does not decide.
    var fault: Fault? {
        switch self {
        case .overloaded: .us
        case .notFound, .noData, .timedOut, .serverFailure, .noResources, .cancelled: nil
        }
    }

    /// One line for people.
    var detail: String {
        switch self {
        case .notFound(let text), .noData(let text), .timedOut(let text),
            .serverFailure(let text), .noResources(let text):
            text
        case .overloaded: "too many DNS questions are under way"
        case .cancelled: "cancelled"
        }
    }

    /// Of two failures the one that says more about what to repair: our own troubles first, then
    /// servers that failed, then names that do not exist.
    static func mostTelling(_ left: DNSFailure, _ right: DNSFailure) -> DNSFailure {
        left.rank >= right.rank ? left : right
    }

    private var rank: Int {
        switch self {
        case .noData: 0
        case .notFound: 1
        case .timedOut: 2
        case .serverFailure: 3
        case .overloaded: 4
        case .noResources: 5
        case .cancelled: 6
        }
    }
}
