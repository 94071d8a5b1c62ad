/// What one probe found.
///
/// Every field is a fact of this probe; nothing is inferred later.
public struct ProbeOutcome: Sendable {
    /// When the probe started, in civil time.
    public var time: WallTime
    /// What was probed.
    public var target: TargetReference
    /// On a reused connection, or with fresh DNS, TCP and TLS.
    public var kind: ProbeKind
    /// The status of the last response, −1 when there was none.
    public var status: Int
    /// The failure, nil when the probe passed.
    public var failure: ProbeFailure?
    /// From the start to the end, whatever the end was.
    public var elapsed: Duration
    /// The time of each phase, of the last hop when redirects were followed.
    public var phases: PhaseTimings
    /// The connection that carried the last request; nil when there was none.
    public var connection: ConnectionFacts?
    /// The version in the status line, `1.0` or `1.1` or `2`; nil without a response.
    public var httpVersion: HTTPVersionFact?
    /// The bytes of body received, before decoding.
    public var bodyBytes: Int
    /// Every hop that was followed, the last response left out.
    ///
    /// Empty without redirects.
    public var hops: [RedirectHop]
    /// What DNS said; nil when the address is a literal or the connection was reused.
    public var dns: DNSFacts?
    /// The TLS facts of the connection's handshake; nil on plain connections.
    public var tls: TLSFacts?
    /// Each check's result, in the order of the configuration.
    public var checks: [CheckResult]
    /// 1, or 2 when a reused connection had died while it was idle.
    public var attempts: Int
    /// Actual start minus scheduled start.
    public var lateness: Duration
    /// Whether a body check saw only the first part of the body.
    public var bodyCut: Bool

    /// Makes an outcome in which nothing has happened yet.
    public init(
        time: WallTime, target: TargetReference, kind: ProbeKind, lateness: Duration = .zero
    ) {
        self.time = time
        self.target = target
        self.kind = kind
        self.lateness = lateness
        status = -1
        elapsed = .zero
        phases = PhaseTimings()
        bodyBytes = 0
        hops = []
        checks = []
        attempts = 1
        bodyCut = false
    }

    /// The error class, `noerror` when the probe passed.
    public var error: ProbeErrorClass { failure?.error ?? .noError }
}

/// A target shared by reference, so that an outcome costs one retain and not a copy of a
/// configuration.
public final class TargetReference: Sendable {
    /// The target.
    public let value: Target

    /// Shares a target.
    public init(_ value: Target) {
        self.value = value
    }
}

/// Warm on a reused connection, cold on a fresh one.
public enum ProbeKind: String, Hashable, Sendable, CaseIterable {
    case warm
    case cold
}

/// An HTTP version as the status line gave it.
public enum HTTPVersionFact: String, Hashable, Sendable, CaseIterable {
    case http10 = "1.0"
    case http11 = "1.1"
    case http2 = "2"
}

/// The connection that carried a probe.
public struct ConnectionFacts: Hashable, Sendable {
    /// Whether it had carried a request before this probe.
    public var reused: Bool
    /// From the connection's establishment to the start of this probe.
    public var age: Duration
    /// The requests it has carried, this one included.
    public var requests: Int
    /// The two ends, shared by every outcome of the connection.
    public var endpoints: ConnectionEndpoints

    /// Makes the facts of one use.
    public init(reused: Bool, age: Duration, requests: Int, endpoints: ConnectionEndpoints) {
        self.reused = reused
        self.age = age
        self.requests = requests
        self.endpoints = endpoints
    }
}

/// The two ends of a connection, as `address:port` (an IPv6 address in brackets).
public final class ConnectionEndpoints: Hashable, Sendable {
    /// Our end.
    public let local: String
    /// The other end.
    public let peer: String

    /// Makes the two ends.
    public init(local: String, peer: String) {
        self.local = local
        self.peer = peer
    }

    /// Compares the texts.
    public static func == (left: ConnectionEndpoints, right: ConnectionEndpoints) -> Bool {
        left.local == right.local && left.peer == right.peer
    }

    /// Feeds both texts to the hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(local)
        hasher.combine(peer)
    }
}

/// What DNS said about a target's name.
public struct DNSFacts: Hashable, Sendable {
    /// Every usable address, in the order they are tried.
    public var addresses: [String]
    /// Whether the set of addresses differs from the one seen before.
    public var changed: Bool
    /// Whether the answer came from the cache.
    public var cached: Bool

    /// Makes the facts.
    public init(addresses: [String], changed: Bool, cached: Bool) {
        self.addresses = addresses
        self.changed = changed
        self.cached = cached
    }
}

/// The facts of one TLS handshake, kept for as long as the connection lives.
public final class TLSFacts: Sendable {
    /// The protocol version; nil when the handshake ended before one was agreed.
    public let version: TLSVersion?
    /// The cipher suite's IANA name, where it is known.
    public let cipher: String?
    /// Whether the chain and the name were verified.
    ///
    /// False when that was told not to matter.
    public let verified: Bool
    /// The leaf certificate's facts; nil when the server sent none.
    public let certificate: CertificateFacts?

    /// Makes the facts.
    public init(
        version: TLSVersion?, cipher: String?, verified: Bool, certificate: CertificateFacts?
    ) {
        self.version = version
        self.cipher = cipher
        self.verified = verified
        self.certificate = certificate
    }
}

/// The facts of a leaf certificate and of the chain it came with.
public struct CertificateFacts: Hashable, Sendable {
    /// The first moment of the leaf's validity.
    public var notBefore: WallTime
    /// The last moment of the leaf's validity.
    public var notAfter: WallTime
    /// The earliest `notAfter` of the chain as it was sent.
    public var chainNotAfter: WallTime
    /// The subject, RFC 4514.
    public var subject: String
    /// The issuer, RFC 4514.
    public var issuer: String
    /// The DNS names and IP addresses of the subject alternative name.
    public var dnsNames: [String]
    /// The serial number in hexadecimal.
    public var serial: String
    /// The key in words: `RSA 2048`, `EC P-256`.
    public var key: String
    /// The SHA-256 of the leaf's DER in hexadecimal.
    public var fingerprint: String

    /// Makes the facts.
    public init(
        notBefore: WallTime, notAfter: WallTime, chainNotAfter: WallTime, subject: String,
        issuer: String, dnsNames: [String], serial: String, key: String, fingerprint: String
    ) {
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.chainNotAfter = chainNotAfter
        self.subject = subject
        self.issuer = issuer
        self.dnsNames = dnsNames
        self.serial = serial
        self.key = key
        self.fingerprint = fingerprint
    }
}

/// One redirect that was followed.
public struct RedirectHop: Hashable, Sendable {
    /// The URL that answered with the redirect.
    public var url: String
    /// Its status.
    public var status: Int
    /// The time of each of its phases.
    public var phases: PhaseTimings

    /// Makes a hop.
    public init(url: String, status: Int, phases: PhaseTimings) {
        self.url = url
        self.status = status
        self.phases = phases
    }
}

/// The result of one check.
public struct CheckResult: Hashable, Sendable {
    /// What was checked, in words that are stable: `status`, `body`, `header content-type`.
    public var name: String
    /// Whether it held.
    public var passed: Bool
    /// What was found and what was expected; empty when there is nothing to add.
    public var detail: String

    /// Makes a result.
    public init(name: String, passed: Bool, detail: String = "") {
        self.name = name
        self.passed = passed
        self.detail = detail
    }
}
