public import Measurements

/// Names a socket that no table lists by what it was, from what its duplicate answered.
///
/// Nothing here consumes anything of the process: `SO_ERROR` is not read, since reading it takes
/// the error away from its owner.
public enum GhostNaming {
    /// The name; nil when the evidence says that the socket lives, and a table must have it.
    public static func name(_ evidence: SocketEvidence, direction: SocketDirection) -> GhostKind? {
        switch evidence.transport {
        case .tcp, .mptcp: tcp(evidence, direction: direction)
        case .udp, .udplite, .icmp:
            evidence.peer != nil ? nil : hasLocalPort(evidence) ? nil : .neverConnected
        case .sctp, .raw, .unix, .netlink, .packet, .vsock, .xdp, .other: .other
        }
    }

    private static func tcp(
        _ evidence: SocketEvidence, direction: SocketDirection
    ) -> GhostKind? {
        guard let information = evidence.information else { return .other }
        guard SocketState(tcpNumber: Int(information.state)) == .closed else { return nil }
        guard information.wasEstablished else { return neverStood(evidence, information) }
        if evidence.hasUnreadError { return .reset }
        return closedInOrder(information, direction: direction) ? .closed : .reset
    }

    /// Whether our FIN was acknowledged.
    ///
    /// Without that the connection died otherwise, whether or not the error was read since. Where
    /// nothing tells which side began, one number beyond the payload may be either flag's; an
    /// orderly end is the commoner one.
    private static func closedInOrder(
        _ information: TCPInformation, direction: SocketDirection
    ) -> Bool {
        // A kernel before 4.19 does not tell what was sent.
        guard information.tellsBytesSent else { return true }
        guard let flags = information.acknowledgedFlags else { return false }
        return switch direction {
        case .outbound: flags == 2
        case .inbound, .unknown, .listening, .none: flags >= 1
        }
    }

    private static func neverStood(
        _ evidence: SocketEvidence, _ information: TCPInformation
    ) -> GhostKind {
        // Disconnected by connect(2) with AF_UNSPEC: the counters are gone, the error is not.
        if evidence.hasUnreadError, evidence.peer == nil, information.segmentsOut == 0 {
            return .reset
        }
        // The path's size is set when a connection is asked for, and survives its failure.
        if information.segmentsOut > 0 || evidence.peer != nil || information.pathMTU > 0 {
            return .connectFailed
        }
        return hasLocalPort(evidence) ? .boundOnly : .neverConnected
    }

    private static func hasLocalPort(_ evidence: SocketEvidence) -> Bool {
        guard let endpoint = evidence.local?.endpoint else { return false }
        return endpoint.port != 0 || !endpoint.isUnspecified
    }
}
