import Crypto
import Measurements
import SwiftASN1
import Synchronization
// The chain has to be judged apart from its dates, to tell an expired certificate from an
// untrusted one.
@_spi(DisableValidityCheck) import X509

/// What verification made of a chain for one server name.
enum TrustVerdict: Sendable {
    case trusted
    case refused(ProbeErrorClass, String)
}

/// Verifies chains against a set of roots, and remembers verdicts for as long as they hold.
///
/// A thousand cold probes of one endpoint then cost one verification. Safe to use from any thread.
final class TrustVerifier: Sendable {
    /// How many verdicts are remembered.
    static let cacheLimit = 4096
    /// How long a refusal is remembered: a corrected root store or clock is seen after it.
    static let refusalLife = Duration.seconds(60)

    private struct Known {
        var verdict: TrustVerdict
        var from: WallTime
        var until: WallTime
    }

    private let roots: [Certificate]?
    private let minimumRSABits: Int
    private let known = Mutex<[SHA256Digest: Known]>([:])

    /// - Parameter roots: The trusted roots; nil for the system's.
    init(roots: [Certificate]?, minimumRSABits: Int) {
        self.roots = roots
        self.minimumRSABits = minimumRSABits
    }

    /// The verdict that is known already.
    func remembered(_ chain: [CertificateReading], name: String, at now: WallTime)
        -> TrustVerdict?
    {
        let key = Self.key(chain, name)
        return known.withLock { known in
            guard let entry = known[key], entry.from <= now, now < entry.until else { return nil }
            return entry.verdict
        }
    }

    /// Verifies a chain, the leaf first, as the server sent it.
    func verify(_ chain: [CertificateReading], name: String, at now: WallTime) async
        -> TrustVerdict
    {
        let (verdict, from, until) = await judge(chain, name: name, at: now)
        let key = Self.key(chain, name)
        known.withLock { known in
            if known.count >= Self.cacheLimit { known.removeAll() }
            known[key] = Known(verdict: verdict, from: from, until: until)
        }
        return verdict
    }

    private static func key(_ chain: [CertificateReading], _ name: String) -> SHA256Digest {
        var hash = SHA256()
        for certificate in chain { hash.update(data: certificate.der) }
        hash.update(data: Array(name.utf8))
        return hash.finalize()
    }

    private typealias Judgement = (TrustVerdict, from: WallTime, until: WallTime)

    private func judge(_ chain: [CertificateReading], name: String, at now: WallTime) async
        -> Judgement
    {
        func refused(_ error: ProbeErrorClass, _ detail: String) -> Judgement {
            (.refused(error, detail), from: now, until: now + Self.refusalLife)
        }
        let weak = chain.first(where: isWeak)
        let weakDetail = weak.map {
            "\($0.subject) has the key \($0.key); the smallest accepted are RSA "
                + "\(minimumRSABits) and 224 bits on an elliptic curve"
        }
        var certificates: [Certificate] = []
        do {
            for reading in chain { certificates.append(try Certificate(derEncoded: reading.der)) }
        } catch {
            if let weakDetail { return refused(.tlsWeakKey, weakDetail) }
            return refused(.tlsUntrusted, "a certificate cannot be verified: \(error)")
        }
        guard let leaf = certificates.first else {
            return refused(.tlsUntrusted, "the server sent no certificate")
        }
        let intermediates = CertificateStore(certificates.dropFirst())
        let store = roots.map { CertificateStore($0) } ?? CertificateStore.systemTrustRoots
        var verifier = Verifier(rootCertificates: store) { RFC5280Policy() }
        var path: [CertificateReading]
        switch await verifier.validate(leaf: leaf, intermediates: intermediates) {
        case .validCertificate(let valid):
            path = valid.compactMap { try? CertificateReading(der: Self.der(of: $0)) }
        case .couldNotValidate:
            var undated = Verifier(rootCertificates: store) {
                RFC5280Policy.withValidityCheckDisabled()
            }
            switch await undated.validate(leaf: leaf, intermediates: intermediates) {
            case .couldNotValidate(let reasons):
                return refused(.tlsUntrusted, ChainProblem.describe(chain, reasons: reasons))
            case .validCertificate(let valid):
                path = valid.compactMap { try? CertificateReading(der: Self.der(of: $0)) }
                if let (error, detail) = dateProblem(of: path, at: now) {
                    return refused(error, detail)
                }
            }
        }
        if let detail = await nameProblem(of: leaf, chain[0], intermediates, store, name: name) {
            return refused(.tlsWrongName, detail)
        }
        if let weakDetail { return refused(.tlsWeakKey, weakDetail) }
        path += chain.prefix(1)
        return (
            .trusted, from: path.map(\.notBefore).max() ?? now,
            until: path.map(\.notAfter).min() ?? now
        )
    }

    private static func der(of certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }

    private func isWeak(_ certificate: CertificateReading) -> Bool {
        switch certificate.key {
        case .rsa(let bits): bits < minimumRSABits
        case .ellipticCurve(_, let bits): bits < 224
        case .ed25519, .other: false
        }
    }

    private func dateProblem(of path: [CertificateReading], at now: WallTime)
        -> (ProbeErrorClass, String)?
    {
        for certificate in path {
            if certificate.notAfter < now {
                return (
                    .tlsExpired,
                    "\(certificate.subject) expired on \(certificate.notAfter.rfc3339), "
                        + "\(DurationText.format(now - certificate.notAfter)) ago"
                )
            }
            if certificate.notBefore > now {
                return (
                    .tlsNotYetValid,
                    "\(certificate.subject) is valid from \(certificate.notBefore.rfc3339) on, "
                        + "in \(DurationText.format(certificate.notBefore - now))"
                )
            }
        }
        return nil
    }

    private func nameProblem(
        of leaf: Certificate, _ reading: CertificateReading, _ intermediates: CertificateStore,
        _ store: CertificateStore, name: String
    ) async -> String? {
        guard !reading.names.isEmpty else {
            // Common names are not looked at (RFC 9110, section 4.3.4).
            return "the certificate has no subject alternative name"
        }
        let isAddress = IPLiteral.parse(name) != nil
        // The chain is judged already; what fails now is the name.
        var verifier = Verifier(rootCertificates: store) {
            RFC5280Policy.withValidityCheckDisabled()
            ServerIdentityPolicy(
                serverHostname: isAddress ? nil : name, serverIP: isAddress ? name : nil)
        }
        if case .validCertificate = await verifier.validate(
            leaf: leaf, intermediates: intermediates)
        {
            return nil
        }
        let names = reading.names.prefix(10).joined(separator: ", ")
        return "the certificate is for \(names), not for \(name)"
    }
}
