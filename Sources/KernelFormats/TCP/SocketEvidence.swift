public import Measurements

/// What a duplicate of a descriptor answered, in the microseconds that it was held.
public struct SocketEvidence: Hashable, Sendable {
    /// The family.
    public var family: SocketFamily
    /// The type.
    public var type: SocketType
    /// The protocol.
    public var transport: SocketProtocol
    /// What TCP tells; nil for other protocols.
    public var information: TCPInformation?
    /// The local end (getsockname(2)).
    public var local: SocketAddress?
    /// The other end, or the former one (getsockopt(2), `SO_PEERNAME`).
    public var peer: SocketAddress?
    /// What poll(2) said, as its bits.
    public var pollEvents: Int32
    /// Bytes that were received and not read (ioctl(2), `FIONREAD`); nil where that has no sense.
    public var unread: UInt32?

    /// Makes the evidence of a socket that answered nothing else.
    public init(family: SocketFamily, type: SocketType, transport: SocketProtocol) {
        self.family = family
        self.type = type
        self.transport = transport
        pollEvents = 0
    }

    /// Whether an error waits to be read (poll(2), `POLLERR`).
    public var hasUnreadError: Bool { pollEvents & 0x08 != 0 }

    /// Which side began a TCP connection that has sent no FIN, by the number that the SYN of the
    /// side that asked takes (RFC 9293, section 3.4); nil when that cannot be told.
    public var direction: SocketDirection? {
        guard let information, information.wasEstablished,
            let state = SocketState(tcpNumber: Int(information.state))
        else { return nil }
        return Self.direction(information, state: state)
    }

    /// The same for a connection whose state and information a table told.
    public static func direction(
        _ information: TCPInformation, state: SocketState
    ) -> SocketDirection? {
        switch state {
        case .established, .closeWait:
            switch information.acknowledgedFlags {
            case 0: .inbound
            case 1: .outbound
            default: nil
            }
        // A FIN of ours may be on its way or acknowledged: two of them only an asking side has.
        case .finWait1, .finWait2, .closing, .lastAck, .closed, .timeWait:
            information.acknowledgedFlags == 2 ? .outbound : nil
        case .synSent: .outbound
        case .listening: .listening
        // Two sides that ask at once are in SYN_RECV both: only a listener tells.
        case .synReceived, .bound, .unconnected: nil
        }
    }
}
