import KernelFormats
import Measurements

/// Reads the socket tables of one network namespace, as far as descriptors are left to name.
struct SocketTables: ~Copyable {
    private var socket: NetlinkSocket
    /// What could not be read.
    var coverage = Coverage()

    init(_ socket: consuming NetlinkSocket) {
        self.socket = socket
    }

    var namespaceCookie: UInt64 { socket.namespaceCookie }

    /// Fills the join from the tables; TCP always, for its listeners and TIME_WAIT.
    mutating func fill(
        _ join: inout SocketJoin, process: borrowing ProcessHandle
    ) throws(KernelError) {
        try fillTCP(&join, process)
        for family in [SocketFamily.inet, .inet6] { try markMPTCP(&join, family) }
        if join.sought > 0 {
            for family in [SocketFamily.inet, .inet6] { try fillUDP(&join, family) }
        }
        if join.sought > 0 { try fillUnix(&join, process) }
        if join.sought > 0 { try fillNetlink(&join) }
        if join.sought > 0 { try fillPacket(&join) }
        if join.sought > 0 { TextTables.fillRare(&join, process) }
    }

    private mutating func fillTCP(
        _ join: inout SocketJoin, _ process: borrowing ProcessHandle
    ) throws(KernelError) {
        for attempt in 1...NetlinkSocket.attempts {
            join.restart()
            // The join is passed in and out: a closure must not keep it.
            var filled = join
            join = SocketJoin([])
            let end = try socket.dump(
                InetDiagnosis.tcpRequest, type: NetlinkMessage.tcpDiagnosis
            ) { datagram, payload in
                guard let row = InetDiagnosis(datagram, payload: payload) else { return }
                filled.add(tcp: row, datagram)
            }
            join = filled
            switch end {
            case .complete: return
            case .unsupported:
                TextTables.fillTCP(&join, process)
                coverage.lacks("the clocks of TCP: the kernel has no sock_diag for it")
                return
            case .interrupted where attempt == NetlinkSocket.attempts:
                coverage.lacks(
                    "the table of TCP changed during each of \(attempt) dumps: rows may be missing")
            case .interrupted: continue
            }
        }
    }

    /// MPTCP sockets stand in the tables of TCP too, under that name.
    private mutating func markMPTCP(
        _ join: inout SocketJoin, _ family: SocketFamily
    ) throws(KernelError) {
        let request = InetDiagnosis.request(
            family: family, protocolNumber: 262, information: false)
        var inodes: [UInt64] = []
        // A kernel without MPTCP, or without its table, has none to tell.
        _ = try socket.dump(request) { datagram, payload in
            guard let row = InetDiagnosis(datagram, payload: payload) else { return }
            inodes.append(UInt64(row.inode))
        }
        for inode in inodes { join.update(inode, listing: false) { $0.transport = .mptcp } }
    }

    private mutating func fillUDP(
        _ join: inout SocketJoin, _ family: SocketFamily
    ) throws(KernelError) {
        let request = InetDiagnosis.request(
            family: family, protocolNumber: 17, states: .max, information: false)
        var filled = join
        join = SocketJoin([])
        let end = try socket.dump(request) { datagram, payload in
            guard let row = InetDiagnosis(datagram, payload: payload) else { return }
            filled.add(inet: row, transport: .udp, type: .dgram)
        }
        join = filled
        note(end, "UDP over \(family.rawValue)")
    }

    private mutating func fillUnix(
        _ join: inout SocketJoin, _ process: borrowing ProcessHandle
    ) throws(KernelError) {
        var rows: [UnixDiagnosis] = []
        let end = try socket.dump(UnixDiagnosis.request) { datagram, payload in
            if let row = UnixDiagnosis(datagram, payload: payload) { rows.append(row) }
        }
        switch end {
        case .unsupported: TextTables.fillUnix(&join, process)
        case .interrupted, .complete:
            note(end, "Unix sockets")
            let names = Dictionary(
                rows.compactMap { row in row.name.map { (row.inode, $0) } },
                uniquingKeysWith: { first, _ in first })
            for row in rows { join.add(unix: row, peerName: row.peerInode.flatMap { names[$0] }) }
        }
    }

    private mutating func fillNetlink(_ join: inout SocketJoin) throws(KernelError) {
        var rows: [NetlinkDiagnosis] = []
        let end = try socket.dump(NetlinkDiagnosis.request) { datagram, payload in
            if let row = NetlinkDiagnosis(datagram, payload: payload) { rows.append(row) }
        }
        note(end, "netlink sockets")
        for row in rows { join.add(netlink: row) }
    }

    private mutating func fillPacket(_ join: inout SocketJoin) throws(KernelError) {
        var rows: [PacketDiagnosis] = []
        let end = try socket.dump(PacketDiagnosis.request) { datagram, payload in
            if let row = PacketDiagnosis(datagram, payload: payload) { rows.append(row) }
        }
        note(end, "packet sockets")
        for row in rows { join.add(packet: row) }
    }

    private mutating func note(_ end: NetlinkSocket.End, _ what: String) {
        switch end {
        case .complete: break
        case .interrupted:
            coverage.lacks("the table of \(what) changed during its dump: rows may be missing")
        case .unsupported: coverage.lacks("the kernel has no sock_diag for \(what)")
        }
    }
}
