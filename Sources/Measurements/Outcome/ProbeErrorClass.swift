/// Why a probe failed: a closed list.
///
/// The raw value is the word that reports use.
public enum ProbeErrorClass: String, Hashable, Sendable, CaseIterable {
    /// It did not fail.
    case noError = "noerror"
    /// The request could not be built from the configuration.
    case requestBuild = "req_build"
    /// The name does not exist, or has no address of the wanted family.
    case dnsNotFound = "dns_not_found"
    /// No DNS server gave a usable answer.
    case dnsFailed = "dns_failed"
    /// The host answered the connection attempt with a reset.
    case connectRefused = "connect_refused"
    /// The connect phase met its own limit.
    case connectTimeout = "connect_timeout"
    /// The network has no way to the host.
    case connectUnreachable = "connect_unreachable"
    /// The attempt was reset after it had begun.
    case connectReset = "connect_reset"
    /// The certificate chain leads to no trusted root.
    case tlsUntrusted = "tls_untrusted"
    /// A certificate in the chain has expired.
    case tlsExpired = "tls_expired"
    /// A certificate in the chain is not valid yet.
    case tlsNotYetValid = "tls_not_yet_valid"
    /// The certificate is for another name.
    case tlsWrongName = "tls_wrong_name"
    /// A key in the chain is smaller than allowed.
    case tlsWeakKey = "tls_weak_key"
    /// The server wanted a client certificate, or refused ours.
    case tlsClientCertificate = "tls_client_certificate"
    /// The handshake failed in another way.
    case tlsHandshake = "tls_handshake"
    /// The deadline struck; the phase says where.
    case timeout
    /// The connection was reset.
    case reset
    /// The connection was closed before the response was complete.
    case closedEarly = "closed_early"
    /// The response breaks RFC 9112.
    case malformedResponse = "malformed_response"
    /// The status line and fields are larger than the limit.
    case headersTooLarge = "headers_too_large"
    /// The body, as received or decoded, is larger than the limit.
    case bodyTooLarge = "body_too_large"
    /// The content coding is unknown or its data are broken.
    case badEncoding = "bad_encoding"
    /// There were more redirects than the limit.
    case tooManyRedirects = "too_many_redirects"
    /// The answer came whole, and a check did not pass.
    case checkFailed = "check_failed"
    /// This process, or the machine, had no descriptor left.
    case noDescriptors = "no_descriptors"
    /// The pool had no place and its queue was full.
    case poolExhausted = "pool_exhausted"
    /// HTTP/2: the stream was reset.
    case streamReset = "stream_reset"
    /// HTTP/2: the connection is going away.
    case goaway
    /// The probe was abandoned because Sockeye is stopping or the target was removed.
    case cancelled

    /// Whose fault it is, where the class alone decides.
    public var usualFault: Fault? {
        switch self {
        case .noError: nil
        case .requestBuild: .configuration
        case .dnsNotFound: .configuration
        case .dnsFailed, .connectTimeout, .connectUnreachable: .network
        case .connectRefused, .connectReset, .tlsUntrusted, .tlsExpired, .tlsNotYetValid,
            .tlsWrongName, .tlsWeakKey, .tlsHandshake, .timeout, .reset, .closedEarly,
            .malformedResponse, .headersTooLarge, .bodyTooLarge, .badEncoding,
            .tooManyRedirects, .checkFailed, .streamReset, .goaway:
            .target
        case .tlsClientCertificate: .configuration
        case .noDescriptors, .poolExhausted, .cancelled: .us
        }
    }
}

/// Whose fault a failure is.
public enum Fault: String, Hashable, Sendable, CaseIterable {
    /// The endpoint misbehaved.
    case target
    /// Something between here and the endpoint.
    case network
    /// What we were told to do cannot work.
    case configuration
    /// Sockeye, or the machine it runs on.
    case us
}

/// The steps of a probe, in order.
public enum ProbePhase: String, Hashable, Sendable, CaseIterable {
    /// From the start to the first usable address.
    case resolve
    /// The TCP handshake.
    case connect
    /// The TLS handshake, verification included.
    case tls
    /// Writing the request.
    case send
    /// From the request's last byte to the response's first.
    case wait
    /// From the response's first byte to its last.
    case receive
}

/// A failure: its class, where it struck, whose fault it is, and what the other side or the
/// kernel said.
public struct ProbeFailure: Hashable, Sendable {
    /// The class, never ``ProbeErrorClass/noError``.
    public var error: ProbeErrorClass
    /// The phase it struck in; nil when no phase had begun.
    public var phase: ProbePhase?
    /// Whose fault it is.
    public var fault: Fault
    /// One line for people, escaped before it is shown.
    public var detail: String

    /// Makes a failure; the fault follows from the class unless it is given.
    public init(
        _ error: ProbeErrorClass, phase: ProbePhase?, fault: Fault? = nil, detail: String = ""
    ) {
        precondition(error != .noError, "a failure needs a class")
        self.error = error
        self.phase = phase
        self.fault = fault ?? error.usualFault ?? .us
        self.detail = detail
    }
}

extension ProbeErrorClass {
    /// The place of the class in ``allCases``, for counting by class in an array.
    public var ordinal: Int {
        // Nearly every outcome passed: no hashing for those.
        if case .noError = self { return 0 }
        return Self.ordinals[self] ?? 0
    }

    private static let ordinals: [ProbeErrorClass: Int] = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
