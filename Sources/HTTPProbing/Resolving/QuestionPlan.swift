/// Decides which server is asked for which name next, and what the answers mean together.
///
/// Every server is asked in order, as many rounds as there are tries, until one answers. "No such
/// name" and "no data" lead to the next candidate of the search list; a server that fails does
/// not, because a longer name would then answer for a shorter one that nobody knows about.
struct QuestionPlan: Hashable, Sendable {
    /// One question to one server.
    struct Ask: Hashable, Sendable {
        var server: DNSServer
        var name: String
    }

    /// What came of it.
    enum Outcome: Hashable, Sendable {
        case reply(DNSReply)
        case timedOut
        case unreachable
        case badName
        case noResources(String)
        case failed
    }

    /// What follows.
    enum Step: Hashable, Sendable {
        case ask(Ask)
        case addresses([ResolvedAddress], ttlSeconds: UInt32)
        /// The failure; the seconds are set when it may be kept and the zone says how long.
        case failed(DNSFailure, negativeSeconds: UInt32?)
    }

    private let names: [String]
    private let servers: [DNSServer]
    private let tries: Int
    private var nameIndex = 0
    private var attempt = 0
    private var worst: DNSFailure?
    private var negative: DNSFailure?
    private var negativeSeconds: UInt32?

    /// Makes a plan; neither list is empty.
    init(names: [String], servers: [DNSServer], tries: Int) {
        precondition(!names.isEmpty && !servers.isEmpty && tries > 0, "a plan asks somebody")
        self.names = names
        self.servers = servers
        self.tries = tries
    }

    /// The question that is to be asked now.
    var current: Ask { Ask(server: servers[attempt % servers.count], name: names[nameIndex]) }

    /// Whether another server or round is left for the same name.
    private var hasMoreAttempts: Bool { attempt + 1 < servers.count * tries }

    /// Takes the outcome of ``current`` in.
    mutating func handle(_ outcome: Outcome) -> Step {
        let ask = current
        switch outcome {
        case .reply(.addresses(let addresses, let ttl)):
            return .addresses(addresses, ttlSeconds: ttl)
        case .reply(.noSuchName(let seconds)):
            return nextName(.notFound("\(ask.name): no such name, says \(ask.server)"), seconds)
        case .reply(.noData(let seconds)):
            return nextName(
                .noData("\(ask.name): no address of this family, says \(ask.server)"), seconds)
        case .badName:
            return .failed(.notFound("\(ask.name): not a host name"), negativeSeconds: nil)
        case .noResources(let text):
            return .failed(.noResources(text), negativeSeconds: nil)
        case .timedOut:
            return nextAttempt(.timedOut("\(ask.name): no answer from \(ask.server)"))
        case .unreachable:
            return nextAttempt(.serverFailure("\(ask.server) cannot be reached"))
        case .reply(.failure(let code)):
            return nextAttempt(
                .serverFailure("\(ask.name): \(ask.server) says \(Self.codeName(code))"))
        case .reply(.malformed):
            return nextAttempt(
                .serverFailure("\(ask.name): the answer of \(ask.server) is malformed"))
        case .failed:
            return nextAttempt(.serverFailure("\(ask.name): asking \(ask.server) failed"))
        }
    }

    private mutating func nextName(_ failure: DNSFailure, _ seconds: UInt32?) -> Step {
        negative = negative.map { Self.moreUseful($0, failure) } ?? failure
        if let seconds { negativeSeconds = min(seconds, negativeSeconds ?? .max) }
        guard nameIndex + 1 < names.count else {
            return .failed(negative ?? failure, negativeSeconds: negativeSeconds)
        }
        nameIndex += 1
        attempt = 0
        worst = nil
        return .ask(current)
    }

    /// A name that exists without an address says more than one that does not exist.
    private static func moreUseful(_ left: DNSFailure, _ right: DNSFailure) -> DNSFailure {
        if case .noData = right, case .notFound = left { return right }
        return left
    }

    private mutating func nextAttempt(_ failure: DNSFailure) -> Step {
        let telling = worst.map { DNSFailure.mostTelling($0, failure) } ?? failure
        worst = telling
        guard hasMoreAttempts else { return .failed(telling, negativeSeconds: nil) }
        attempt += 1
        return .ask(current)
    }

    /// The names that a search makes of one, in order (resolv.conf(5), `search` and `ndots`).
    static func candidates(_ name: String, search: [String], ndots: Int) -> [String] {
        if name.hasSuffix(".") { return [String(name.dropLast())] }
        let appended = search.map { "\(name).\($0)" }
        let dots = name.utf8.count { $0 == UInt8(ascii: ".") }
        return dots >= ndots ? [name] + appended : appended + [name]
    }

    /// The mnemonic of a response code (RFC 1035, section 4.1.1; RFC 2136, section 2.2).
    private static func codeName(_ code: Int) -> String {
        switch code {
        case 1: "FORMERR"
        case 2: "SERVFAIL"
        case 4: "NOTIMP"
        case 5: "REFUSED"
        default: "response code \(code)"
        }
    }
}
