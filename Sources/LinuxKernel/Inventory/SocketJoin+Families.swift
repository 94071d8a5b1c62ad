import KernelFormats
import Measurements

extension SocketJoin {
    /// Takes a row of Unix sockets.
    mutating func add(unix row: UnixDiagnosis, peerName: String?) {
        update(UInt64(row.inode)) { record in
            record.family = .unix
            record.type = SocketType(number: Int(row.type))
            record.transport = .unix
            record.state = Self.unixState(row.state)
            record.local = row.name.map { .path($0) }
            record.peer = peerName.map { .path($0) }
            record.receiveQueue = row.receiveQueue
            record.sendQueue = row.sendQueue
            record.direction = Self.unixDirection(row)
        }
    }

    /// An accepted socket has its listener's name, and one that connected has none as a rule.
    private static func unixDirection(_ row: UnixDiagnosis) -> SocketDirection {
        switch unixState(row.state) {
        case .listening: .listening
        case .established: row.name != nil ? .inbound : .unknown
        default: .none
        }
    }

    private static func unixState(_ number: UInt8) -> SocketState {
        switch number {
        case 1: .established
        case 10: .listening
        default: .unconnected
        }
    }

    /// Takes a row of netlink sockets.
    mutating func add(netlink row: NetlinkDiagnosis) {
        update(UInt64(row.inode)) { record in
            record.family = .netlink
            record.type = .raw
            record.transport = .netlink
            record.local = .other("port \(row.port), protocol \(row.protocolNumber)")
            record.direction = .none
        }
    }

    /// Takes a row of packet sockets.
    mutating func add(packet row: PacketDiagnosis) {
        update(UInt64(row.inode)) { record in
            record.family = .packet
            record.type = SocketType(number: Int(row.type))
            record.transport = .packet
            record.direction = .none
        }
    }

    /// Takes a row of TCP's table of text, which tells states and ends.
    mutating func add(tcp row: ProcNetRow) {
        let state = row.state.flatMap { SocketState(tcpNumber: Int($0)) }
        if state == .listening, let local = row.local?.endpoint { addListener(local) }
        update(row.inode) { record in
            record.family = row.local?.endpoint?.isIPv6 == true ? .inet6 : .inet
            record.type = .stream
            record.transport = .tcp
            record.state = state
            record.local = row.local
            record.peer = row.peer
            record.receiveQueue = row.receiveQueue
            record.sendQueue = row.sendQueue
            record.direction = state == .listening ? .listening : .unknown
        }
    }

    /// Takes a row of which only the family and the inode are of use.
    mutating func add(_ row: ProcNetRow, of family: SocketFamily) {
        update(row.inode) { record in
            record.family = family
            record.type = .raw
            record.transport = family == .netlink ? .netlink : .packet
            record.direction = .none
        }
    }

    /// Takes a row of a table of text.
    mutating func add(text row: ProcNetRow, transport: SocketProtocol, type: SocketType) {
        update(row.inode) { record in
            record.transport = transport
            record.type = type
            switch transport {
            case .unix:
                record.family = .unix
                record.state = row.state.map(Self.unixState)
                record.direction = record.state == .listening ? .listening : .unknown
            default:
                record.family = row.local?.endpoint?.isIPv6 == true ? .inet6 : .inet
                record.state = row.state == 1 ? .established : .unconnected
                record.direction = row.peer == nil ? .none : .outbound
            }
            record.local = row.local
            record.peer = row.peer
            record.receiveQueue = row.receiveQueue
            record.sendQueue = row.sendQueue
        }
    }
}
