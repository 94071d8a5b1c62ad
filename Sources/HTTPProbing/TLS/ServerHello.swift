import Measurements

/// Reads the first record that a TLS server sends, as far as the cipher suite and the version.
///
/// The TLS library does not tell which cipher suite was agreed; the ServerHello says it in plain
/// text in every version (RFC 5246, section 7.4.1.3; RFC 8446, section 4.1.3).
struct ServerHello: Hashable, Sendable {
    var version: TLSVersion?
    var cipher: UInt16

    /// The most bytes of the server that have to be looked at.
    static let limit = 1024

    /// Reads the bytes that came first; nil when they are no whole ServerHello.
    init?(_ bytes: [UInt8]) {
        func number(_ offset: Int, _ count: Int) -> Int? {
            guard offset >= 0, offset + count <= bytes.count else { return nil }
            return bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
        }
        // Record: type 22, version, length; handshake: type 2, length; then the hello.
        guard number(0, 1) == 22, number(5, 1) == 2, let legacy = number(9, 2),
            let sessionLength = number(43, 1), sessionLength <= 32,
            let cipher = number(44 + sessionLength, 2)
        else { return nil }
        self.cipher = UInt16(cipher)
        version = Self.version(legacy)
        // Then a byte of compression, and extensions: type, length, data.
        var offset = 47 + sessionLength
        guard let length = number(offset, 2) else { return }
        offset += 2
        let end = min(bytes.count, offset + length)
        while let type = number(offset, 2), let size = number(offset + 2, 2), offset + 4 <= end {
            // supported_versions carries the real version of TLS 1.3.
            if type == 43, let real = number(offset + 4, 2) { version = Self.version(real) }
            offset += 4 + size
        }
    }

    private static func version(_ number: Int) -> TLSVersion? {
        switch number {
        case 0x0301: .tls10
        case 0x0302: .tls11
        case 0x0303: .tls12
        case 0x0304: .tls13
        default: nil
        }
    }

    /// The cipher suite's name in the IANA registry; its number when it is not a common one.
    var cipherName: String {
        Self.names[cipher] ?? "0x" + String(cipher, radix: 16)
    }

    private static let names: [UInt16: String] = [
        0x1301: "TLS_AES_128_GCM_SHA256",
        0x1302: "TLS_AES_256_GCM_SHA384",
        0x1303: "TLS_CHACHA20_POLY1305_SHA256",
        0xc02b: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        0xc02c: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        0xc02f: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        0xc030: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        0xcca8: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        0xcca9: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        0xc009: "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
        0xc00a: "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        0xc013: "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        0xc014: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        0x009c: "TLS_RSA_WITH_AES_128_GCM_SHA256",
        0x009d: "TLS_RSA_WITH_AES_256_GCM_SHA384",
        0x002f: "TLS_RSA_WITH_AES_128_CBC_SHA",
        0x0035: "TLS_RSA_WITH_AES_256_CBC_SHA",
        0x000a: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
    ]
}
