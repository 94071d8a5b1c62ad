import Glibc

/// One entry of this process's descriptor table.
public struct OpenDescriptor: Hashable, Sendable {
    /// What a descriptor stands for, read off its link target (proc(5), `/proc/PID/fd`).
    public enum Kind: String, Hashable, Sendable {
        case socket, pipe, eventpoll, eventfd, timerfd, signalfd, pidfd, file, other
    }

    /// Its number.
    public let number: Int32
    /// The text of its link, such as `socket:[4711]`; the inode tells two lives of one number apart.
    public let target: String

    /// The kind that the link's text names.
    public var kind: Kind {
        if target.hasPrefix("socket:") { return .socket }
        if target.hasPrefix("pipe:") { return .pipe }
        if target.hasPrefix("anon_inode:") {
            let name = target.dropFirst("anon_inode:".count).filter { $0.isLetter }
            return Kind(rawValue: name) ?? .other
        }
        return target.hasPrefix("/") ? .file : .other
    }

    /// The descriptor as one line: number, kind, and for a socket what the kernel knows of it.
    ///
    /// Reads the socket now, so call it while the descriptor is still open.
    public func described() -> String {
        guard kind == .socket else { return "\(number): \(kind.rawValue) \(target)" }
        let local = SocketAddressText.local(of: number) ?? "?"
        let peer = SocketAddressText.peer(of: number) ?? "none"
        return "\(number): \(socketType()) \(target) local \(local) peer \(peer)"
    }

    private func socketType() -> String {
        switch option(SO_DOMAIN) {
        case AF_UNIX: return "unix socket"
        case AF_INET, AF_INET6:
            guard option(SO_PROTOCOL) == Int32(IPPROTO_TCP) else { return "udp socket" }
            return "tcp socket (\(tcpState()))"
        default: return "socket"
        }
    }

    private func option(_ name: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(number, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
    }

    /// The first byte of `struct tcp_info` is the state of tcp(7), numbered from 1.
    private func tcpState() -> String {
        let names = [
            "?", "established", "syn sent", "syn received", "fin wait 1", "fin wait 2",
            "time wait", "closed", "close wait", "last ack", "listening", "closing",
        ]
        var state: UInt8 = 0
        var size = socklen_t(1)
        guard getsockopt(number, Int32(IPPROTO_TCP), TCP_INFO, &state, &size) == 0 else {
            return "?"
        }
        return Int(state) < names.count ? names[Int(state)] : "?"
    }
}

/// The descriptor table of this process at one moment.
public struct DescriptorTable: Hashable, Sendable {
    /// The open descriptors, without the one that the listing itself needs.
    public let descriptors: Set<OpenDescriptor>

    /// How many descriptors are open.
    public var count: Int { descriptors.count }

    /// Reads `/proc/self/fd` now; the result is empty when it cannot be opened.
    public static func current() -> DescriptorTable {
        guard let directory = opendir("/proc/self/fd") else {
            return DescriptorTable(descriptors: [])
        }
        defer { closedir(directory) }
        let own = dirfd(directory)
        var found: Set<OpenDescriptor> = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let number = Int32(name), number != own,
                let target = link(at: "/proc/self/fd/\(name)")
            else { continue }
            found.insert(OpenDescriptor(number: number, target: target))
        }
        return DescriptorTable(descriptors: found)
    }

    /// The descriptors that are open here and were not in `earlier`, by number.
    public func opened(since earlier: DescriptorTable) -> [OpenDescriptor] {
        descriptors.subtracting(earlier.descriptors).sorted { $0.number < $1.number }
    }

    private static func link(at path: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 512)
        let length = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { readlink(path, $0, text.count) } ?? -1
            }
        }
        return length >= 0 ? String(decoding: buffer[..<length], as: UTF8.self) : nil
    }
}
