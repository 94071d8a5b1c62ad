/// One endpoint that is probed: where the connection goes, what is asked, and what is expected.
///
/// The address and the server name are separate on purpose. The connection goes to the address;
/// the server name is the `Host` header, the TLS server name (SNI) and the name that the
/// certificate must match.
public struct Target: Hashable, Sendable {
    /// A stable identity: equal before and after a reload while the endpoint is the same one.
    public var id: TargetID
    /// What people call it: unique within a worker, the URL unless it was named.
    public var name: String
    /// An IPv4 or IPv6 literal, without brackets, or a host name to resolve.
    public var address: String
    /// The TCP port, 1 to 65535.
    public var port: Int
    /// The `Host` header, SNI and certificate name, without a port.
    public var serverName: String
    /// Plain HTTP or HTTP over TLS.
    public var scheme: Scheme
    /// The request target in origin form, query included.
    ///
    /// It starts with `/`.
    public var path: String
    /// What is sent beside the path.
    public var request: RequestSettings
    /// How names become addresses and addresses connections.
    public var network: NetworkSettings
    /// What is trusted and what is presented when the scheme is `https`.
    public var tls: TLSSettings
    /// How redirects are treated.
    public var redirects: RedirectPolicy
    /// What must hold of the answer.
    ///
    /// Empty means the status must be 200 to 299.
    public var checks: [CheckSpecification]
    /// The limits on what is accepted from the other side.
    public var limits: ResponseLimits
    /// From one scheduled start to the next.
    public var interval: Duration
    /// The one deadline: from the start of resolving to the last byte of the body.
    public var timeout: Duration
    /// How often the target is probed cold.
    public var freshEvery: FreshCadence
    /// How many results in a row change the state.
    public var thresholds: StateThresholds
    /// The user's own labels, sorted by key when rendered.
    public var tags: [String: String]

    /// Makes a target with the documented default for everything but the endpoint.
    public init(
        id: TargetID? = nil, name: String? = nil, address: String, port: Int? = nil,
        serverName: String? = nil, scheme: Scheme = .http, path: String = "/"
    ) {
        self.address = address
        self.port = port ?? scheme.defaultPort
        self.serverName = serverName ?? address
        self.scheme = scheme
        self.path = path
        request = RequestSettings()
        network = NetworkSettings()
        tls = TLSSettings()
        redirects = RedirectPolicy()
        checks = []
        limits = ResponseLimits()
        interval = .seconds(10)
        timeout = .seconds(5)
        freshEvery = .every(.seconds(300))
        thresholds = StateThresholds()
        tags = [:]
        self.name = ""
        self.id = TargetID(rawValue: "")
        let url = self.url
        self.name = name ?? url
        self.id = id ?? TargetID(rawValue: self.name)
    }

    /// The endpoint as a URL, the default port left out; the server name stands for the address.
    public var url: String {
        let host = serverName.contains(":") ? "[\(serverName)]" : serverName
        let suffix = port == scheme.defaultPort ? "" : ":\(port)"
        return "\(scheme.rawValue)://\(host)\(suffix)\(path)"
    }

    /// What a connection to this target may be reused for.
    public var origin: Origin {
        Origin(
            scheme: scheme, address: address, port: port, serverName: serverName, tls: tls,
            network: network)
    }

    /// The `Host` header: the server name, with the port when it is not the scheme's own
    /// (RFC 9110, section 7.2).
    public var authority: String {
        let host = serverName.contains(":") ? "[\(serverName)]" : serverName
        return port == scheme.defaultPort ? host : "\(host):\(port)"
    }
}

/// The identity of a target, stable across reloads.
public struct TargetID: RawRepresentable, Hashable, Sendable {
    /// The identity as text, at most 512 bytes.
    public var rawValue: String

    /// Makes an identity from its text.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// The URL scheme of a target.
public enum Scheme: String, Hashable, Sendable, CaseIterable {
    case http
    case https

    /// The port that a URL of this scheme means when it names none (RFC 9110, section 4.2).
    public var defaultPort: Int {
        switch self {
        case .http: 80
        case .https: 443
        }
    }
}

/// What a connection may be reused for: two targets with equal origins share connections.
///
/// The address is the configured one, before DNS. The server name and the TLS settings belong to
/// it: a connection that was verified for one name says nothing about another.
public struct Origin: Hashable, Sendable {
    /// Plain HTTP or HTTP over TLS.
    public var scheme: Scheme
    /// The configured address, before DNS.
    public var address: String
    /// The TCP port.
    public var port: Int
    /// The TLS server name; part of the identity for plain HTTP too, so that counts stay honest.
    public var serverName: String
    /// What was trusted and presented.
    public var tls: TLSSettings
    /// How the connection was made.
    public var network: NetworkSettings

    /// Makes an origin.
    public init(
        scheme: Scheme, address: String, port: Int, serverName: String, tls: TLSSettings,
        network: NetworkSettings
    ) {
        self.scheme = scheme
        self.address = address
        self.port = port
        self.serverName = serverName
        self.tls = tls
        self.network = network
    }
}
