import Measurements

/// An IPv4 or IPv6 address without a port.
struct ResolvedAddress: Hashable, Sendable {
    /// Four bytes or sixteen, in network order.
    let bytes: [UInt8]
    /// The address as text: dotted decimal, or RFC 5952.
    let text: String

    /// Makes an address from four bytes or sixteen.
    init(_ bytes: [UInt8]) {
        precondition(bytes.count == 4 || bytes.count == 16, "an address has 4 or 16 bytes")
        self.bytes = bytes
        text = bytes.count == 4 ? IPLiteral.dottedDecimal(bytes) : IPLiteral.rfc5952(bytes)
    }

    /// Makes the address that a text is; nil where ``IPLiteral`` refuses it.
    init?(literal text: some StringProtocol) {
        guard let bytes = IPLiteral.parse(text) else { return nil }
        self.init(bytes)
    }

    /// The family, which the number of bytes tells.
    var family: ResolvedFamily { bytes.count == 4 ? .ipv4 : .ipv6 }
}

/// An address family that is asked for.
enum ResolvedFamily: String, Hashable, Sendable, CaseIterable {
    case ipv6
    case ipv4

    /// The record type that holds such addresses (RFC 1035, RFC 3596).
    var recordType: UInt16 {
        switch self {
        case .ipv4: 1
        case .ipv6: 28
        }
    }
}
