import KernelFormats
import Measurements
import Testing

/// State × evidence → name.
@Suite struct GhostNamingTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var evidence: SocketEvidence
        var direction: SocketDirection
        var ghost: GhostKind?

        init(
            _ name: String, _ evidence: SocketEvidence, _ direction: SocketDirection = .none,
            is ghost: GhostKind?
        ) {
            self.name = name
            self.evidence = evidence
            self.direction = direction
            self.ghost = ghost
        }

        var testDescription: String { name }
    }

    private static func closed(_ fill: (inout TCPBytes) -> Void = { _ in }) -> TCPBytes {
        var bytes = TCPBytes(state: 7)
        fill(&bytes)
        return bytes
    }

    /// A path was looked for, and `segments` were sent.
    private static func asked(_ segments: UInt32) -> TCPBytes {
        closed {
            $0.set(UInt32(1_500), at: 60)
            $0.set(segments, at: 136)
        }
    }

    private static let local = "192.0.2.7:40000"
    private static let peer = "192.0.2.9:443"

    // MARK: Never stood

    static let neverStood = [
        Row("socket()", .tcp(closed(), poll: .neverConnected), is: .neverConnected),
        Row("no name", .tcp(closed(), local: nil, poll: .neverConnected), is: .neverConnected),
        Row(
            "socket() of IPv6", .tcp(closed(), local: "[::]:0", poll: .neverConnected),
            is: .neverConnected),
        Row("bind", .tcp(closed(), local: local, poll: .neverConnected), is: .boundOnly),
        Row(
            "bind to any address", .tcp(closed(), local: "0.0.0.0:80", poll: .neverConnected),
            is: .boundOnly),
        Row(
            "bind without a port", .tcp(closed(), local: "127.0.0.1:0", poll: .neverConnected),
            is: .boundOnly),
        Row(
            "refused", .tcp(asked(1), local: local, peer: peer, poll: .failed), .outbound,
            is: .connectFailed),
        Row(
            "refused, error read", .tcp(asked(1), local: local, peer: peer, poll: .dead),
            .outbound, is: .connectFailed),
        Row(
            "refused while blocking", .tcp(asked(0), local: "0.0.0.0:40000", poll: .neverConnected),
            is: .connectFailed),
        Row(
            "timed out", .tcp(asked(2), local: local, peer: peer, poll: .failed), .outbound,
            is: .connectFailed),
        Row(
            "no path, but a former peer",
            .tcp(closed(), local: local, peer: peer, poll: .dead), is: .connectFailed),
        Row(
            "segments without a path",
            .tcp(closed { $0.set(UInt32(1), at: 136) }, local: local, poll: .dead),
            is: .connectFailed),
        Row(
            "dissolved by AF_UNSPEC", .tcp(asked(0), local: "0.0.0.0:40000", poll: .failed),
            is: .reset),
    ]

    // MARK: Stood

    private static func stood(
        flags: UInt64, _ direction: SocketDirection, _ poll: SocketEvidence.Poll = .dead,
        is ghost: GhostKind
    ) -> Row {
        Row(
            "\(direction.rawValue), \(flags) flags, \(poll)",
            .tcp(closed { $0.establish(flags: flags) }, local: local, peer: peer, poll: poll),
            direction, is: ghost)
    }

    static let stood: [Row] = [
        // A reset leaves an error, which may have been read since.
        stood(flags: 0, .inbound, .failed, is: .reset),
        stood(flags: 1, .outbound, .failed, is: .reset),
        stood(flags: 2, .outbound, .failed, is: .reset),
        stood(flags: 0, .inbound, is: .reset),
        stood(flags: 1, .outbound, is: .reset),
        stood(flags: 0, .unknown, is: .reset),
        stood(flags: 0, .none, is: .reset),
        // Our FIN was acknowledged.
        stood(flags: 1, .inbound, is: .closed),
        stood(flags: 2, .outbound, is: .closed),
        stood(flags: 1, .unknown, is: .closed),
        stood(flags: 2, .unknown, is: .closed),
        stood(flags: 2, .inbound, is: .closed),
        // Payload was still on its way.
        Row(
            "unacknowledged",
            .tcp(
                closed {
                    $0.establish(flags: 0)
                    $0.set(UInt64(40), at: 120)
                }, local: local, peer: peer, poll: .dead), .outbound, is: .reset),
        Row(
            "kernel before 4.19",
            .tcp(
                {
                    var bytes = TCPBytes(state: 7, length: 192)
                    bytes.bytes[5] = 7
                    return bytes
                }(), local: local, peer: peer, poll: .dead), .outbound, is: .closed),
        Row(
            "kernel before 4.19, error unread",
            .tcp(
                {
                    var bytes = TCPBytes(state: 7, length: 192)
                    bytes.bytes[5] = 7
                    return bytes
                }(), local: local, peer: peer, poll: .failed), .outbound, is: .reset),
    ]

    @Test(arguments: neverStood + stood)
    func `A dead socket is named by what it was`(row: Row) {
        #expect(GhostNaming.name(row.evidence, direction: row.direction) == row.ghost)
        var mptcp = row.evidence
        mptcp.transport = .mptcp
        #expect(GhostNaming.name(mptcp, direction: row.direction) == row.ghost)
    }

    @Test(arguments: (0...255).filter { $0 != 7 }, SocketDirection.allCases)
    func `A socket in any other state is no ghost`(state: Int, direction: SocketDirection) {
        var bytes = TCPBytes(state: state)
        for poll in [SocketEvidence.Poll.neverConnected, .dead, .failed] {
            let fresh = SocketEvidence.tcp(bytes, local: Self.local, poll: poll)
            #expect(GhostNaming.name(fresh, direction: direction) == nil)
        }
        bytes.establish(flags: 1)
        let used = SocketEvidence.tcp(bytes, local: Self.local, peer: Self.peer, poll: .failed)
        #expect(GhostNaming.name(used, direction: direction) == nil)
    }

    @Test func `A socket of TCP that tells nothing is a ghost without a name`() {
        let evidence = SocketEvidence.tcp(nil, local: Self.local, poll: .dead)
        #expect(GhostNaming.name(evidence, direction: .unknown) == .other)
    }

    @Test(arguments: [SocketProtocol.udp, .udplite, .icmp])
    func `A datagram socket is a ghost only before it has a place`(transport: SocketProtocol) {
        var evidence = SocketEvidence(family: .inet, type: .dgram, transport: transport)
        #expect(GhostNaming.name(evidence, direction: .none) == .neverConnected)
        evidence.local = SocketAddress(testing: "0.0.0.0:0")
        #expect(GhostNaming.name(evidence, direction: .none) == .neverConnected)
        evidence.local = SocketAddress(testing: "0.0.0.0:53")
        #expect(GhostNaming.name(evidence, direction: .none) == nil)
        evidence.local = SocketAddress(testing: "[2001:db8::1]:0")
        #expect(GhostNaming.name(evidence, direction: .none) == nil)
        evidence.local = nil
        evidence.peer = SocketAddress(testing: "192.0.2.9:53")
        #expect(GhostNaming.name(evidence, direction: .outbound) == nil)
    }

    @Test(arguments: [SocketProtocol.sctp, .raw, .unix, .netlink, .packet, .vsock, .xdp, .other])
    func `What no table lists has no better name`(transport: SocketProtocol) {
        let evidence = SocketEvidence(family: .other, type: .other, transport: transport)
        #expect(GhostNaming.name(evidence, direction: .none) == .other)
    }
}
