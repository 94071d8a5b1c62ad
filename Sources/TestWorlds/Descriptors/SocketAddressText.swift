import Glibc

/// Writes the two addresses of a socket as text.
enum SocketAddressText {
    static func local(of descriptor: Int32) -> String? {
        text { getsockname(descriptor, $0, $1) }
    }

    static func peer(of descriptor: Int32) -> String? {
        text { getpeername(descriptor, $0, $1) }
    }

    private static func text(
        _ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
    ) -> String? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let asked = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask($0, &size) }
        }
        guard asked == 0 else { return nil }
        return withUnsafeBytes(of: storage) { bytes in
            switch Int32(storage.ss_family) {
            case AF_INET:
                let address = bytes.loadUnaligned(as: sockaddr_in.self)
                let host = withUnsafeBytes(of: address.sin_addr) { numeric(AF_INET, $0) }
                return "\(host):\(UInt16(bigEndian: address.sin_port))"
            case AF_INET6:
                let address = bytes.loadUnaligned(as: sockaddr_in6.self)
                let host = withUnsafeBytes(of: address.sin6_addr) { numeric(AF_INET6, $0) }
                return "[\(host)]:\(UInt16(bigEndian: address.sin6_port))"
            case AF_UNIX:
                let path = bytes[2..<min(Int(size), bytes.count)].prefix { $0 != 0 }
                return path.isEmpty ? "unnamed" : String(decoding: path, as: UTF8.self)
            default:
                return "family \(storage.ss_family)"
            }
        }
    }

    private static func numeric(_ family: Int32, _ address: UnsafeRawBufferPointer) -> String {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(family, address.baseAddress, &buffer, socklen_t(buffer.count)) != nil else {
            return "?"
        }
        return String(
            decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
