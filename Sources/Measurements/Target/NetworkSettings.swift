/// How names become addresses and addresses become connections.
public struct NetworkSettings: Hashable, Sendable {
    /// Which address families may be used.
    public var family: AddressFamilyPreference
    /// DNS servers to ask instead of the system's, as `IP` or `IP:port`.
    ///
    /// Empty means the system's.
    public var resolvers: [String]
    /// The limit of the connect phase; ``Target/timeout`` still covers all phases.
    ///
    /// Default 5 s.
    public var connectTimeout: Duration
    /// The idle time before TCP keep-alive probes start (tcp(7), `TCP_KEEPIDLE`); zero turns them
    /// off.
    ///
    /// Default 30 s.
    public var keepalive: Duration

    /// Makes the default settings.
    public init() {
        family = .any
        resolvers = []
        connectTimeout = .seconds(5)
        keepalive = .seconds(30)
    }
}

/// Which address families a target may use.
public enum AddressFamilyPreference: String, Hashable, Sendable, CaseIterable {
    /// Both are resolved and raced, IPv6 first (RFC 8305).
    case any
    /// IPv4 only.
    case ipv4
    /// IPv6 only.
    case ipv6
}

/// What is trusted and what is presented on a TLS connection.
public struct TLSSettings: Hashable, Sendable {
    /// A PEM file of trusted roots instead of the system's.
    public var caFile: String?
    /// The client certificate chain, a PEM file.
    public var certificateFile: String?
    /// The client certificate's key, a PEM file.
    public var keyFile: String?
    /// The oldest protocol version that is accepted.
    ///
    /// Default TLS 1.2.
    public var minimumVersion: TLSVersion
    /// The smallest RSA key that is accepted in the chain, in bits.
    ///
    /// Default 2048. An elliptic curve key below 224 bits is always too small.
    public var minimumRSAKeyBits: Int
    /// Accept any certificate.
    ///
    /// Every result is then marked `verified: false`.
    public var insecureSkipVerify: Bool

    /// Makes the default settings: system roots, no client certificate, TLS 1.2, RSA 2048.
    public init() {
        minimumVersion = .tls12
        minimumRSAKeyBits = 2048
        insecureSkipVerify = false
    }
}

/// A TLS protocol version.
public enum TLSVersion: String, Hashable, Comparable, Sendable, CaseIterable {
    case tls10 = "TLS 1.0"
    case tls11 = "TLS 1.1"
    case tls12 = "TLS 1.2"
    case tls13 = "TLS 1.3"

    /// Older versions come first.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// How often a target is probed cold: with fresh DNS, TCP and TLS.
public enum FreshCadence: Hashable, Sendable {
    /// Every probe is cold.
    case always
    /// Only the first, and whenever no connection is at hand.
    case never
    /// At least one cold probe in each period.
    case every(Duration)
}

/// How many results in a row change the state of a target.
public struct StateThresholds: Hashable, Sendable {
    /// Failures in a row before the target is down, 1 or more.
    public var failuresToDown: Int
    /// Successes in a row before it is up again, 1 or more.
    public var successesToUp: Int

    /// Makes thresholds; one result decides unless told otherwise.
    public init(failuresToDown: Int = 1, successesToUp: Int = 1) {
        self.failuresToDown = failuresToDown
        self.successesToUp = successesToUp
    }
}
