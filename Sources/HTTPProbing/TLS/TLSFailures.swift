import Measurements
import NIOSSL

/// What the TLS library's errors mean for a probe.
enum TLSFailures {
    /// The failure of a handshake, certificates aside.
    static func handshake(_ error: any Error) -> ProbeFailure {
        if let error = error as? NIOSSLError, case .uncleanShutdown = error {
            return ProbeFailure(
                .closedEarly, phase: .tls,
                detail: "the server closed the connection during the TLS handshake")
        }
        let words = "\(error)"
        if words.contains("EOF during handshake") {
            return ProbeFailure(
                .closedEarly, phase: .tls,
                detail: "the server closed the connection during the TLS handshake")
        }
        if isAboutClientCertificate(words) {
            return ProbeFailure(
                .tlsClientCertificate, phase: .tls,
                detail: "the server wants a client certificate that it trusts: \(reason(words))")
        }
        return ProbeFailure(.tlsHandshake, phase: .tls, detail: explanation(of: words))
    }

    /// The failure that an error on an established connection is; nil when TLS has no part in it.
    static func exchange(_ error: any Error, phase: ProbePhase?) -> ProbeFailure? {
        guard error is NIOSSLError || error is BoringSSLError else { return nil }
        let words = "\(error)"
        // In TLS 1.3 a server judges the client's certificate after the handshake.
        if isAboutClientCertificate(words) {
            return ProbeFailure(
                .tlsClientCertificate, phase: .tls,
                detail: "the server wants a client certificate that it trusts: \(reason(words))")
        }
        if words.contains("ALERT") {
            return ProbeFailure(
                .reset, phase: phase,
                detail: "the server ended the TLS connection: \(reason(words))")
        }
        return ProbeFailure(
            .malformedResponse, phase: phase,
            detail: "the TLS connection broke: \(reason(words))")
    }

    private static let clientCertificateAlerts = [
        "ALERT_CERTIFICATE_REQUIRED", "ALERT_BAD_CERTIFICATE", "ALERT_UNSUPPORTED_CERTIFICATE",
        "ALERT_CERTIFICATE_REVOKED", "ALERT_CERTIFICATE_EXPIRED", "ALERT_CERTIFICATE_UNKNOWN",
        "ALERT_UNKNOWN_CA", "ALERT_ACCESS_DENIED", "ALERT_NO_CERTIFICATE",
    ]

    /// Alerts about certificates that the *server* sends are about ours (RFC 8446, section 6.2).
    private static func isAboutClientCertificate(_ words: String) -> Bool {
        clientCertificateAlerts.contains { words.contains($0) }
    }

    private static func explanation(of words: String) -> String {
        if words.contains("WRONG_VERSION_NUMBER") || words.contains("HTTP_REQUEST") {
            return "the server answered with something that is not TLS: \(reason(words))"
        }
        if words.contains("PROTOCOL_VERSION") || words.contains("UNSUPPORTED_PROTOCOL") {
            return "no TLS version that both sides accept: \(reason(words))"
        }
        if words.contains("HANDSHAKE_FAILURE") || words.contains("NO_SHARED_CIPHER") {
            return "the server found nothing acceptable in the offer: \(reason(words))"
        }
        if words.contains("UNRECOGNIZED_NAME") {
            return "the server does not know the server name: \(reason(words))"
        }
        return reason(words)
    }

    /// BoringSSL's own name of the reason, without file names and numbers of the library.
    private static func reason(_ words: String) -> String {
        let names = words.split { !($0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_")) }
            .filter { $0.count > 8 && $0.contains("_") && !$0.hasPrefix("OPENSSL_internal") }
        return names.isEmpty ? String(words.prefix(200)) : names.joined(separator: ", ")
    }
}
