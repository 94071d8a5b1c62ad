public import Measurements

/// The sockets of a process that are alike, counted.
public struct SocketGroup: Hashable, Sendable {
    /// Their state.
    public var state: SocketState?
    /// What they speak.
    public var transport: SocketProtocol
    /// What they were, for ghosts.
    public var ghost: GhostKind?
    /// Where they lead, or led; for what was accepted the local end.
    ///
    /// Nil for none.
    public var peer: String?
    /// Which side began.
    public var direction: SocketDirection
    /// How many there are, 1 or more.
    public var count: Int
    /// Seconds since anything last went over them; nil where no clock tells.
    public var idle: (min: Double, p50: Double, max: Double)? {
        idleSeconds.map { ($0[0], $0[1], $0[2]) }
    }
    private var idleSeconds: [Double]?

    /// The groups of some sockets, the largest first.
    public static func groups(of sockets: [SocketRecord]) -> [SocketGroup] {
        // Only the clocks are kept of each member, not the whole record.
        var classes: [Key: (count: Int, clocks: [Double])] = [:]
        for socket in sockets {
            let hasClock = socket.activity?.wasEstablished == true
            let key = Key(socket)
            classes[key, default: (0, [])].count += 1
            if hasClock { classes[key, default: (0, [])].clocks.append(socket.idle) }
        }
        return classes.map { key, members in
            let clocks = members.clocks.sorted()
            return SocketGroup(
                state: key.state, transport: key.transport, ghost: key.ghost,
                peer: key.peer?.description, direction: key.direction, count: members.count,
                idleSeconds: clocks.isEmpty
                    ? nil : [clocks[0], clocks[clocks.count / 2], clocks[clocks.count - 1]])
        }
        .sorted {
            ($0.count, $1.peer ?? "", $1.state?.rawValue ?? "")
                > ($1.count, $0.peer ?? "", $0.state?.rawValue ?? "")
        }
    }

    private struct Key: Hashable {
        var state: SocketState?
        var transport: SocketProtocol
        var ghost: GhostKind?
        var peer: SocketAddress?
        var direction: SocketDirection

        init(_ socket: SocketRecord) {
            state = socket.state
            transport = socket.transport
            ghost = socket.ghost
            direction = socket.direction
            // What came in has as many other sides as there are: the place it came in at counts.
            let isLocal = socket.direction == .inbound || socket.direction == .listening
            peer = isLocal ? socket.local : socket.peer
            if case .ip(let endpoint)? = peer { peer = .ip(endpoint.unmapped) }
        }
    }
}
