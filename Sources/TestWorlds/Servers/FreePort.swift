import Glibc

/// Finds ports and connects to them with plain sockets.
enum LoopbackPort {
    /// A TCP port that was free a moment ago; another process may take it before it is used.
    static func free(on address: String = "127.0.0.1") -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var name = sockaddr(address, port: 0)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &name) {
            $0.withMemoryRebound(to: Glibc.sockaddr.self, capacity: 1) {
                guard bind(descriptor, $0, size) == 0, getsockname(descriptor, $0, &size) == 0
                else { return }
            }
            return UInt16(bigEndian: $0.pointee.sin_port)
        }
    }

    /// Whether a server accepts on the port now.
    static func accepts(_ address: String, port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return connect(descriptor, to: address, port: port) == 0
    }

    /// connect(2) on a descriptor.
    static func connect(_ descriptor: Int32, to address: String, port: UInt16) -> Int32 {
        var name = sockaddr(address, port: port)
        return withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: Glibc.sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    static func sockaddr(_ address: String, port: UInt16) -> sockaddr_in {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &name.sin_addr)
        return name
    }
}
