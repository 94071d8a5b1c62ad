public import Measurements

/// Reads the addresses that getsockname(2) gives (struct sockaddr and its kin).
public enum SocketAddressBytes {
    /// The address in `bytes`; nil for an empty one, and for one that is cut.
    public static func read(_ bytes: [UInt8]) -> SocketAddress? {
        guard bytes.count >= 2 else { return nil }
        let span = bytes.span
        switch SocketFamily(number: Int(KernelInteger.u16(span, 0))) {
        case .inet:
            guard bytes.count >= 8 else { return nil }
            return .ip(
                IPEndpoint(
                    bytes: Array(bytes[4..<8]), port: KernelInteger.networkU16(span, 2)))
        case .inet6:
            guard bytes.count >= 24 else { return nil }
            return .ip(
                IPEndpoint(
                    bytes: Array(bytes[8..<24]), port: KernelInteger.networkU16(span, 2)))
        case .unix: return UnixName.text(Array(bytes[2...])).map { .path($0) }
        case .netlink:
            guard bytes.count >= 12 else { return nil }
            let port = KernelInteger.u32(span, 4)
            return port == 0 ? nil : .other("port \(port)")
        case .packet:
            guard bytes.count >= 8 else { return nil }
            let index = KernelInteger.u32(span, 4)
            return index == 0 ? nil : .other("interface \(index)")
        case .vsock:
            guard bytes.count >= 12 else { return nil }
            let (port, context) = (KernelInteger.u32(span, 4), KernelInteger.u32(span, 8))
            if port == .max { return nil }
            return .other("\(context == .max ? "any" : String(context)):\(port)")
        case .xdp, .other: return nil
        }
    }
}
