import Measurements

extension ByteWriter {
    /// A byte 4 or 6, the address in network order, the port.
    mutating func endpoint(_ endpoint: IPEndpoint) {
        if endpoint.isIPv6 {
            byte(6)
            network(endpoint.high, bytes: 8)
            network(endpoint.low, bytes: 8)
        } else {
            byte(4)
            network(endpoint.low, bytes: 4)
        }
        network(UInt64(endpoint.port), bytes: 2)
    }

    private mutating func network(_ value: UInt64, bytes: Int) {
        for index in (0..<bytes).reversed() {
            byte(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }

    /// An endpoint, or a byte 1 for a path and 2 for other words, and the text.
    mutating func address(_ address: SocketAddress) {
        switch address {
        case .ip(let endpoint): self.endpoint(endpoint)
        case .path(let path):
            byte(1)
            text(path)
        case .other(let words):
            byte(2)
            text(words)
        }
    }
}

extension ByteReader {
    mutating func endpoint() throws(Fault) -> IPEndpoint {
        let start = position
        guard let endpoint = try endpoint(ofKind: try byte()) else {
            throw .malformed(offset: start, "an endpoint is neither of IPv4 nor of IPv6")
        }
        return endpoint
    }

    private mutating func endpoint(ofKind kind: UInt8) throws(Fault) -> IPEndpoint? {
        guard kind == 4 || kind == 6 else { return nil }
        let high = kind == 6 ? try network(8) : 0
        let low = try network(kind == 6 ? 8 : 4)
        let port = UInt16(truncatingIfNeeded: try network(2))
        return IPEndpoint(high: high, low: low, port: port, isIPv6: kind == 6)
    }

    private mutating func network(_ count: Int) throws(Fault) -> UInt64 {
        var value: UInt64 = 0
        for _ in 0..<count { value = value << 8 | UInt64(try byte()) }
        return value
    }

    mutating func address() throws(Fault) -> SocketAddress {
        let start = position
        let kind = try byte()
        if let endpoint = try endpoint(ofKind: kind) { return .ip(endpoint) }
        switch kind {
        case 1: return .path(try text())
        case 2: return .other(try text())
        default: throw .malformed(offset: start, "an address is of unknown kind \(kind)")
        }
    }
}
