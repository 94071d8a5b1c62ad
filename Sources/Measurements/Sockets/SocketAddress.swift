/// An IPv4 or IPv6 address and a port.
public struct IPEndpoint: Hashable, Sendable {
    /// The first eight bytes of the address in network order; 0 for IPv4.
    public var high: UInt64
    /// The last eight bytes; for IPv4 the four bytes of the address stand lowest.
    public var low: UInt64
    /// The port, 0 when none was given or bound.
    public var port: UInt16
    /// Whether the address is IPv6.
    public var isIPv6: Bool

    /// Makes an endpoint of four bytes of address or sixteen, in network order.
    ///
    /// Any other count gives the unspecified IPv4 address.
    public init(bytes: [UInt8], port: UInt16) {
        self.port = port
        isIPv6 = bytes.count == 16
        var halves: (UInt64, UInt64) = (0, 0)
        if bytes.count == 4 || bytes.count == 16 {
            for byte in bytes {
                halves = (halves.0 << 8 | halves.1 >> 56, halves.1 << 8 | UInt64(byte))
            }
        }
        (high, low) = halves
    }

    /// Makes an endpoint of the two halves of an address.
    public init(high: UInt64, low: UInt64, port: UInt16, isIPv6: Bool) {
        self.high = high
        self.low = low
        self.port = port
        self.isIPv6 = isIPv6
    }

    /// Whether the address is `0.0.0.0` or `::`.
    public var isUnspecified: Bool { high == 0 && low == 0 }

    /// The same endpoint as IPv4 where it is an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2): two
    /// sockets that talk to each other may write one address in both ways.
    public var unmapped: IPEndpoint {
        guard isIPv6, high == 0, low >> 32 == 0xFFFF else { return self }
        return IPEndpoint(high: 0, low: low & 0xFFFF_FFFF, port: port, isIPv6: false)
    }

    /// Whether the address is of the machine itself: 127.0.0.0/8 or `::1`.
    public var isLoopback: Bool {
        let plain = unmapped
        return plain.isIPv6 ? plain.high == 0 && plain.low == 1 : plain.low >> 24 == 127
    }

    /// The address without the port, as text.
    public var addressText: String {
        let bytes = (0..<16).map { index in
            UInt8(truncatingIfNeeded: (index < 8 ? high : low) >> UInt64(56 - 8 * (index % 8)))
        }
        return isIPv6 ? IPLiteral.rfc5952(bytes) : IPLiteral.dottedDecimal(Array(bytes[12...]))
    }
}

extension IPEndpoint: Comparable {
    /// IPv4 before IPv6, then by the numbers of the address and of the port.
    public static func < (left: Self, right: Self) -> Bool {
        (left.isIPv6 ? 1 : 0, left.high, left.low, left.port)
            < (right.isIPv6 ? 1 : 0, right.high, right.low, right.port)
    }
}

extension IPEndpoint: CustomStringConvertible {
    /// `192.0.2.1:80` or `[2001:db8::1]:80`.
    public var description: String {
        isIPv6 ? "[\(addressText)]:\(port)" : "\(addressText):\(port)"
    }
}

/// What one end of a socket is called.
public enum SocketAddress: Hashable, Sendable {
    /// An IP address and a port; both are zero for a socket that was never given any.
    case ip(IPEndpoint)
    /// A path, or a name in the abstract namespace written with `@` first (unix(7)).
    case path(String)
    /// Another family's address, in words: `port 4711` of netlink, `eth0` of packet.
    case other(String)

    /// The endpoint, when it is one of IP.
    public var endpoint: IPEndpoint? {
        if case .ip(let endpoint) = self { endpoint } else { nil }
    }
}

extension SocketAddress: CustomStringConvertible {
    /// The address as a person writes it.
    public var description: String {
        switch self {
        case .ip(let endpoint): endpoint.description
        case .path(let path): path
        case .other(let text): text
        }
    }
}
