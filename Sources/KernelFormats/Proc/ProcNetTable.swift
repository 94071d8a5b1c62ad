public import Measurements

/// A row of one of the tables of text in `/proc/PID/net` (proc_pid_net(5)).
///
/// They are read where the kernel has no sock_diag(7) for a protocol.
public struct ProcNetRow: Hashable, Sendable {
    /// The inode.
    public var inode: UInt64
    /// The kernel's number of the state, as for TCP; nil where the table has none.
    public var state: UInt8?
    /// The local end.
    public var local: SocketAddress?
    /// The other end.
    public var peer: SocketAddress?
    /// The number of the type, as of socket(2); nil where the table has none.
    public var type: Int?
    /// Bytes not read.
    public var receiveQueue: UInt32 = 0
    /// Bytes not sent.
    public var sendQueue: UInt32 = 0

    /// Reads a line of `tcp`, `udp`, `udplite`, `raw`, `icmp` or of one of their IPv6 forms; nil
    /// for the headline and for what is no such line.
    public init?(inet line: Substring) {
        let fields = line.split(separator: " ", maxSplits: 10)
        guard fields.count > 9, let local = Self.endpoint(fields[1]),
            let peer = Self.endpoint(fields[2]), let state = UInt8(fields[3], radix: 16),
            let inode = UInt64(fields[9])
        else { return nil }
        self.inode = inode
        self.state = state
        self.local = .ip(local)
        self.peer = peer.port == 0 && peer.isUnspecified ? nil : .ip(peer)
        let queues = fields[4].split(separator: ":")
        if queues.count == 2 {
            sendQueue = UInt32(queues[0], radix: 16) ?? 0
            receiveQueue = UInt32(queues[1], radix: 16) ?? 0
        }
    }

    /// Reads a line of `unix`: the inode is the seventh field, the path the rest.
    public init?(unix line: Substring) {
        // Bytes are split: a path may begin with a mark that joins the blank before it.
        let fields = line.utf8.split(separator: UInt8(ascii: " "), maxSplits: 7).map(Substring.init)
        guard fields.count >= 7, let inode = UInt64(fields[6]), let state = UInt8(fields[5]),
            let flags = UInt32(fields[3], radix: 16)
        else { return nil }
        self.inode = inode
        type = Int(fields[4], radix: 16)
        // 3 is SS_CONNECTED; the flag is __SO_ACCEPTCON.
        self.state = flags & 0x10000 != 0 ? 10 : state == 3 ? 1 : 7
        local = fields.count > 7 ? .path(String(fields[7])) : nil
    }

    /// Reads a line of `packet` or `netlink`, whose inode is the last field.
    public init?(lastField line: Substring) {
        let fields = line.split(separator: " ")
        guard fields.count >= 9, let last = fields.last, let inode = UInt64(last) else {
            return nil
        }
        self.inode = inode
    }

    /// Reads `0100007F:0050`: four-byte words in the machine's order, the port in plain hex.
    static func endpoint(_ text: Substring) -> IPEndpoint? {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16),
            parts[0].utf8.count == 8 || parts[0].utf8.count == 32
        else { return nil }
        var bytes: [UInt8] = []
        var rest = parts[0]
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            KernelInteger.append(word, to: &bytes)
            rest = rest.dropFirst(8)
        }
        return IPEndpoint(bytes: bytes, port: port)
    }
}
