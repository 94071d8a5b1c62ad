/// The family of a socket's addresses (address_families(7)).
public enum SocketFamily: String, Hashable, Sendable, CaseIterable {
    case inet, inet6, unix, netlink, packet, vsock, xdp, other

    /// The family that the kernel's number means on Linux; ``other`` for the rest.
    public init(number: Int) {
        self =
            switch number {
            case 1: .unix
            case 2: .inet
            case 10: .inet6
            case 16: .netlink
            case 17: .packet
            case 40: .vsock
            case 44: .xdp
            default: .other
            }
    }
}

/// The type of a socket (socket(2)).
public enum SocketType: String, Hashable, Sendable, CaseIterable {
    case stream, dgram, raw, rdm, seqpacket, other

    /// The type that the kernel's number means on Linux; ``other`` for the rest.
    public init(number: Int) {
        self =
            switch number {
            case 1: .stream
            case 2: .dgram
            case 3: .raw
            case 4: .rdm
            case 5: .seqpacket
            default: .other
            }
    }
}

/// The protocol that a socket speaks.
public enum SocketProtocol: String, Hashable, Sendable, CaseIterable {
    case tcp, udp, udplite, mptcp, sctp, icmp, raw, unix, netlink, packet, vsock, xdp, other

    /// The protocol of a family, a type and a protocol's number (ip(7), protocols(5)).
    public init(family: SocketFamily, type: SocketType, number: Int) {
        switch family {
        case .inet, .inet6:
            switch (type, number) {
            case (.raw, _): self = .raw
            case (_, 6): self = .tcp
            case (_, 17): self = .udp
            case (_, 136): self = .udplite
            case (_, 262): self = .mptcp
            case (_, 132): self = .sctp
            case (_, 1), (_, 58): self = .icmp
            default: self = .other
            }
        case .unix: self = .unix
        case .netlink: self = .netlink
        case .packet: self = .packet
        case .vsock: self = .vsock
        case .xdp: self = .xdp
        case .other: self = .other
        }
    }
}

/// The state of a socket, in the words of ss(8) and of the kernel's `tcp_states.h`.
public enum SocketState: String, Hashable, Sendable, CaseIterable {
    case established = "ESTABLISHED"
    case synSent = "SYN_SENT"
    case synReceived = "SYN_RECV"
    case finWait1 = "FIN_WAIT1"
    case finWait2 = "FIN_WAIT2"
    case timeWait = "TIME_WAIT"
    case closed = "CLOSE"
    case closeWait = "CLOSE_WAIT"
    case lastAck = "LAST_ACK"
    case listening = "LISTEN"
    case closing = "CLOSING"
    /// Bound to a port and nothing else; the kernel says so only to a dump that asks for it.
    case bound = "BOUND"
    /// A socket without connections: of UDP, or a Unix one that has no peer.
    case unconnected = "UNCONNECTED"

    /// The state of the kernel's number, 1 to 13 (include/net/tcp_states.h, Linux 6.8 for 13).
    public init?(tcpNumber: Int) {
        switch tcpNumber {
        case 1: self = .established
        case 2: self = .synSent
        case 3, 12: self = .synReceived
        case 4: self = .finWait1
        case 5: self = .finWait2
        case 6: self = .timeWait
        case 7: self = .closed
        case 8: self = .closeWait
        case 9: self = .lastAck
        case 10: self = .listening
        case 11: self = .closing
        case 13: self = .bound
        default: return nil
        }
    }
}

/// What a socket was that has no row in its process's socket tables.
///
/// The raw values are the keys of `sockets.by_ghost`.
public enum GhostKind: String, Hashable, Sendable, CaseIterable {
    /// Made by socket(2), and never connected, bound or listening.
    case neverConnected = "never_connected"
    /// Given a local address, and nothing else.
    case boundOnly = "bound_only"
    /// A connection was asked for and did not come about.
    case connectFailed = "connect_failed"
    /// Was connected; the other side's RST, or an error, ended it.
    case reset
    /// Was connected and closed in order by both sides, or its error was read already.
    case closed
    /// Belongs to another network namespace than its process.
    case foreignNamespace = "foreign_netns"
    /// No table lists its kind, or what it was could not be asked.
    case other
}

/// Which side began.
public enum SocketDirection: String, Hashable, Sendable, CaseIterable {
    /// The other side connected to a port that is listened on.
    case inbound
    /// This process asked for the connection.
    case outbound
    /// It waits for connections.
    case listening
    /// It has no other side.
    case none
    /// It has one, and nothing says who began.
    case unknown
}

/// What a descriptor stands for, as its link in `/proc/PID/fd` names it (proc_pid_fd(5)).
public enum DescriptorKind: String, Hashable, Sendable, CaseIterable {
    case socket, eventpoll, eventfd, pipe, file, directory, device, timerfd, signalfd, inotify
    case fanotify, pidfd, memfd, bpf, perf, iouring = "io_uring", namespace, other
}
