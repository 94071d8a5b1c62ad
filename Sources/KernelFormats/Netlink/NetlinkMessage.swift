/// One message of a netlink datagram (netlink(7), struct nlmsghdr).
public struct NetlinkMessage: Hashable, Sendable {
    /// What it is: one of ``NetlinkMessage/error``, ``NetlinkMessage/done``, or the family's own.
    public var type: UInt16
    /// Its flags.
    public var flags: UInt16
    /// The number of the request that it answers.
    public var sequence: UInt32
    /// Where its payload lies in the datagram.
    public var payload: Range<Int>

    /// The kernel has nothing to say (NLMSG_NOOP).
    public static let nothing: UInt16 = 1
    /// The request failed, or was acknowledged (NLMSG_ERROR).
    public static let error: UInt16 = 2
    /// The dump is at its end (NLMSG_DONE).
    public static let done: UInt16 = 3
    /// A row of sock_diag(7) (SOCK_DIAG_BY_FAMILY).
    public static let socketDiagnosis: UInt16 = 20

    /// A row of the older form of the same, which has TCP over IPv4 and IPv6 in one dump
    /// (TCPDIAG_GETSOCK, include/uapi/linux/inet_diag.h).
    public static let tcpDiagnosis: UInt16 = 18

    /// Whether the table changed while it was dumped, so that rows may be missing or doubled
    /// (NLM_F_DUMP_INTR).
    public var wasInterrupted: Bool { flags & 0x10 != 0 }

    /// The bytes of a request that asks for a dump (NLM_F_REQUEST and NLM_F_DUMP).
    public static func dumpRequest(
        sequence: UInt32, payload: [UInt8], type: UInt16 = socketDiagnosis
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        KernelInteger.append(UInt32(16 + payload.count), to: &bytes)
        KernelInteger.append(type, to: &bytes)
        KernelInteger.append(UInt16(0x301), to: &bytes)
        KernelInteger.append(sequence, to: &bytes)
        KernelInteger.append(UInt32(0), to: &bytes)
        return bytes + payload
    }
}

/// Walks the messages of one netlink datagram.
///
/// Kernel bytes are checked like anyone's: a length that does not fit ends the walk with a fault.
public struct NetlinkReader: Sendable {
    private var offset = 0

    /// Makes a reader that stands at the start of a datagram.
    public init() {}

    /// The next message; nil at the end.
    public mutating func next(
        in datagram: borrowing Span<UInt8>
    ) throws(NetlinkFault) -> NetlinkMessage? {
        guard offset < datagram.count else { return nil }
        guard offset + 16 <= datagram.count else { throw .truncated(offset: offset) }
        let length = Int(KernelInteger.u32(datagram, offset))
        guard length >= 16, length <= datagram.count - offset else {
            throw .badLength(length, offset: offset)
        }
        let message = NetlinkMessage(
            type: KernelInteger.u16(datagram, offset + 4),
            flags: KernelInteger.u16(datagram, offset + 6),
            sequence: KernelInteger.u32(datagram, offset + 8),
            payload: (offset + 16)..<(offset + length))
        // Messages start at multiples of four (NLMSG_ALIGN).
        offset = min(datagram.count, offset + (length + 3) & ~3)
        return message
    }
}

/// Walks the attributes behind the fixed part of a message (struct nlattr).
public struct NetlinkAttributes: Sendable {
    private var offset: Int
    private let end: Int

    /// Makes a walk over the bytes of `range` in the datagram.
    public init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    /// The next attribute's type and where its value lies; nil at the end, and where a length
    /// does not fit: what follows cannot be told from noise then.
    public mutating func next(
        in datagram: borrowing Span<UInt8>
    ) -> (type: UInt16, value: Range<Int>)? {
        guard offset + 4 <= end, end <= datagram.count else { return nil }
        let length = Int(KernelInteger.u16(datagram, offset))
        guard length >= 4, length <= end - offset else { return nil }
        // The two highest bits are flags (NLA_F_NESTED, NLA_F_NET_BYTEORDER).
        let type = KernelInteger.u16(datagram, offset + 2) & 0x3FFF
        let value = (offset + 4)..<(offset + length)
        offset += (length + 3) & ~3
        return (type, value)
    }
}

/// Bytes that are no netlink datagram.
public enum NetlinkFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The datagram ends within a header.
    case truncated(offset: Int)
    /// A message claims a length that cannot be.
    case badLength(Int, offset: Int)

    /// What is wrong, and where.
    public var description: String {
        switch self {
        case .truncated(let offset): "a netlink datagram ends within the header at byte \(offset)"
        case .badLength(let length, let offset):
            "a netlink message at byte \(offset) claims \(length) bytes"
        }
    }
}
