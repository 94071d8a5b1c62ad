/// A row of the kernel's table of netlink sockets (struct netlink_diag_msg).
public struct NetlinkDiagnosis: Hashable, Sendable {
    /// The netlink protocol, such as 0 for routes (netlink(7)).
    public var protocolNumber: UInt8
    /// Its port, which is how netlink calls an address.
    public var port: UInt32
    /// The port it is connected to, 0 for the kernel.
    public var peerPort: UInt32
    /// Its inode.
    public var inode: UInt32

    /// The bytes of a request for all protocols (struct netlink_diag_req).
    public static var request: [UInt8] {
        // 255 is NDIAG_PROTO_ALL.
        [16, 255] + [UInt8](repeating: 0, count: 18)
    }

    /// Reads a row; nil when the payload is too short or of another family.
    public init?(_ datagram: borrowing Span<UInt8>, payload: Range<Int>) {
        let start = payload.lowerBound
        guard payload.count >= 28, payload.upperBound <= datagram.count, datagram[start] == 16
        else { return nil }
        protocolNumber = datagram[start + 2]
        port = KernelInteger.u32(datagram, start + 4)
        peerPort = KernelInteger.u32(datagram, start + 8)
        inode = KernelInteger.u32(datagram, start + 16)
    }
}

/// A row of the kernel's table of packet sockets (struct packet_diag_msg).
public struct PacketDiagnosis: Hashable, Sendable {
    /// The number of its type, as of socket(2).
    public var type: UInt8
    /// The protocol it receives, an EtherType; 0 for none.
    public var etherType: UInt16
    /// Its inode.
    public var inode: UInt32

    /// The bytes of a request for all (struct packet_diag_req).
    public static var request: [UInt8] {
        [17] + [UInt8](repeating: 0, count: 19)
    }

    /// Reads a row; nil when the payload is too short or of another family.
    public init?(_ datagram: borrowing Span<UInt8>, payload: Range<Int>) {
        let start = payload.lowerBound
        guard payload.count >= 16, payload.upperBound <= datagram.count, datagram[start] == 17
        else { return nil }
        type = datagram[start + 1]
        etherType = KernelInteger.u16(datagram, start + 2)
        inode = KernelInteger.u32(datagram, start + 4)
    }
}
