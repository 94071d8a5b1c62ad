import Crypto
import Measurements
import SwiftASN1
import X509

/// What is read of one certificate, whatever keys and algorithms it uses (RFC 5280, section 4.1).
///
/// A certificate with a key too small for the verifier still has a name and dates; so the fields
/// are read from the DER itself.
struct CertificateReading: Sendable {
    var notBefore: WallTime
    var notAfter: WallTime
    var subject: String
    var issuer: String
    var names: [String]
    var serial: String
    var key: KeyFact
    var der: [UInt8]

    /// Whether it names itself as its issuer.
    var isSelfIssued: Bool { subject == issuer }

    /// The facts that outcomes carry, for the leaf of a chain.
    func facts(chainNotAfter: WallTime) -> CertificateFacts {
        let digest = SHA256.hash(data: der)
        return CertificateFacts(
            notBefore: notBefore, notAfter: notAfter, chainNotAfter: chainNotAfter,
            subject: subject, issuer: issuer, dnsNames: names, serial: serial,
            key: key.description,
            fingerprint: digest.map { hexadecimal($0) }.joined())
    }
}

/// The kind and the size of a public key.
enum KeyFact: Hashable, Sendable, CustomStringConvertible {
    case rsa(bits: Int)
    case ellipticCurve(String, bits: Int)
    case ed25519
    case other(String)

    var description: String {
        switch self {
        case .rsa(let bits): "RSA \(bits)"
        case .ellipticCurve(let name, _): "EC \(name)"
        case .ed25519: "Ed25519"
        case .other(let identifier): "key \(identifier)"
        }
    }
}

/// A certificate that cannot be read.
struct CertificateFault: Error {
    var detail: String
}

extension CertificateReading {
    private static let subjectAlternativeName: ASN1ObjectIdentifier = [2, 5, 29, 17]

    /// Reads a certificate in DER.
    init(der: [UInt8]) throws {
        let fields = try Self.children(of: try Self.children(of: DER.parse(der)).first)
        var rest = fields[...]
        if rest.first?.identifier == ASN1Identifier(tagWithNumber: 0, tagClass: .contextSpecific) {
            rest.removeFirst()
        }
        // serial, signature algorithm, issuer, validity, subject, key, then optional fields
        let parts = Array(rest)
        guard parts.count >= 6 else { throw CertificateFault(detail: "fields are missing") }
        let validity = try Self.children(of: parts[3])
        guard validity.count == 2 else { throw CertificateFault(detail: "no validity") }
        let extensions = parts.dropFirst(6).first {
            $0.identifier == ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific)
        }
        self.init(
            notBefore: try Self.time(validity[0]), notAfter: try Self.time(validity[1]),
            subject: try DistinguishedName(derEncoded: parts[4]).description,
            issuer: try DistinguishedName(derEncoded: parts[2]).description,
            names: try extensions.map(Self.alternativeNames) ?? [],
            serial: Self.primitive(parts[0]).map { hexadecimal($0) }.joined(),
            key: try Self.key(parts[5]), der: der)
    }

    private static func children(of node: ASN1Node?) throws -> [ASN1Node] {
        guard let node, case .constructed(let nodes) = node.content else {
            throw CertificateFault(detail: "a sequence is missing")
        }
        return Array(nodes)
    }

    private static func primitive(_ node: ASN1Node) -> ArraySlice<UInt8> {
        if case .primitive(let bytes) = node.content { bytes } else { [] }
    }

    private static func time(_ node: ASN1Node) throws -> WallTime {
        if node.identifier == .utcTime {
            let time = try UTCTime(derEncoded: node)
            return WallTime(
                year: time.year, month: time.month, day: time.day, hour: time.hours,
                minute: time.minutes, second: time.seconds)
        }
        let time = try GeneralizedTime(derEncoded: node)
        return WallTime(
            year: time.year, month: time.month, day: time.day, hour: time.hours,
            minute: time.minutes, second: time.seconds)
    }

    private static func key(_ node: ASN1Node) throws -> KeyFact {
        let parts = try children(of: node)
        guard parts.count == 2 else { throw CertificateFault(detail: "no public key") }
        let algorithm = try children(of: parts[0])
        guard let first = algorithm.first else { throw CertificateFault(detail: "no algorithm") }
        let identifier = try ASN1ObjectIdentifier(derEncoded: first)
        if identifier == [1, 2, 840, 113_549, 1, 1, 1]
            || identifier == [1, 2, 840, 113_549, 1, 1, 10]
        {
            let bits = try ASN1BitString(derEncoded: parts[1])
            let modulus = primitive(try children(of: DER.parse(bits.bytes))[0])
                .drop { $0 == 0 }
            guard let top = modulus.first else { return .rsa(bits: 0) }
            return .rsa(bits: modulus.count * 8 - top.leadingZeroBitCount)
        }
        if identifier == [1, 2, 840, 10_045, 2, 1], algorithm.count > 1 {
            return curve(try ASN1ObjectIdentifier(derEncoded: algorithm[1]))
        }
        if identifier == [1, 3, 101, 112] { return .ed25519 }
        return .other("\(identifier)")
    }

    private static func curve(_ identifier: ASN1ObjectIdentifier) -> KeyFact {
        if identifier == [1, 2, 840, 10_045, 3, 1, 7] { return .ellipticCurve("P-256", bits: 256) }
        if identifier == [1, 3, 132, 0, 34] { return .ellipticCurve("P-384", bits: 384) }
        if identifier == [1, 3, 132, 0, 35] { return .ellipticCurve("P-521", bits: 521) }
        if identifier == [1, 3, 132, 0, 33] { return .ellipticCurve("P-224", bits: 224) }
        if identifier == [1, 2, 840, 10_045, 3, 1, 1] {
            return .ellipticCurve("P-192", bits: 192)
        }
        return .ellipticCurve("\(identifier)", bits: 256)
    }

    private static func alternativeNames(_ node: ASN1Node) throws -> [String] {
        guard let list = try children(of: node).first else { return [] }
        for node in try children(of: list) {
            let parts = try children(of: node)
            guard parts.count >= 2,
                try ASN1ObjectIdentifier(derEncoded: parts[0]) == subjectAlternativeName,
                let value = parts.last
            else { continue }
            return try children(of: DER.parse(primitive(value))).compactMap(name)
        }
        return []
    }

    private static func name(_ node: ASN1Node) -> String? {
        let bytes = primitive(node)
        // GeneralName: dNSName [2], iPAddress [7] (RFC 5280, section 4.2.1.6).
        if node.identifier == ASN1Identifier(tagWithNumber: 2, tagClass: .contextSpecific) {
            return String(decoding: bytes, as: UTF8.self)
        }
        if node.identifier == ASN1Identifier(tagWithNumber: 7, tagClass: .contextSpecific) {
            return [4, 16].contains(bytes.count) ? ResolvedAddress(Array(bytes)).text : nil
        }
        return nil
    }
}

/// A byte in two hexadecimal digits.
private func hexadecimal(_ byte: UInt8) -> String {
    byte < 16 ? "0" + String(byte, radix: 16) : String(byte, radix: 16)
}
