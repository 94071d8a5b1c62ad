import KernelFormats
import Measurements

/// Joins the rows of socket tables to the descriptors of one process, by inode.
///
/// Rows of other sockets are passed over, so a dump of a whole namespace costs no memory.
struct SocketJoin {
    /// The records, by their place in the table of descriptors.
    var sockets: [SocketRecord]
    /// Which records were found in a table.
    var isListed: [Bool]
    /// Where listeners of the namespace are: their port, and with it whether they take any
    /// address.
    private(set) var listeners: Set<IPEndpoint> = []
    /// Connections in TIME_WAIT: both ends, and milliseconds since they were closed.
    private(set) var timeWait: [TimeWaitRow] = []
    /// Whether some were left out for their number.
    private(set) var isTimeWaitCut = false

    struct TimeWaitRow {
        var local: IPEndpoint
        var peer: IPEndpoint
        var age: Int
    }

    /// The most connections in TIME_WAIT that are looked at.
    static let timeWaitLimit = 131_072

    private var first: [UInt64: Int32]
    // Descriptors that share an inode are chained: the next one's index, or −1.
    private var following: [Int32]
    private(set) var unlisted: Int
    /// How many of those are not listed that are looked for: ghosts that are known are not.
    private(set) var sought: Int
    private var isExpected: [Bool] = []

    init(_ descriptors: [(descriptor: Int32, inode: UInt64)]) {
        sockets = descriptors.map { SocketRecord(descriptor: $0.descriptor, inode: $0.inode) }
        isListed = [Bool](repeating: false, count: sockets.count)
        following = [Int32](repeating: -1, count: sockets.count)
        first = [:]
        first.reserveCapacity(sockets.count)
        for index in sockets.indices.reversed() {
            following[index] = first.updateValue(Int32(index), forKey: sockets[index].inode) ?? -1
        }
        unlisted = sockets.count
        sought = unlisted
    }

    /// Says that some inodes are ghosts: no table is read on their account.
    mutating func expect(_ inodes: [UInt64]) {
        isExpected = [Bool](repeating: false, count: sockets.count)
        for inode in inodes {
            var index = first[inode] ?? -1
            while index >= 0 {
                if !isExpected[Int(index)] { sought -= 1 }
                isExpected[Int(index)] = true
                index = following[Int(index)]
            }
        }
    }

    /// Forgets what a dump told beside the records, so that it can be made again.
    mutating func restart() {
        timeWait = []
        isTimeWaitCut = false
        listeners = []
    }

    /// Changes the records of an inode; false when the process has none.
    ///
    /// Without `listing` they stay to be asked: the row of a dump that no table of /proc shows.
    @discardableResult
    mutating func update(
        _ inode: UInt64, listing: Bool = true, _ change: (inout SocketRecord) -> Void
    ) -> Bool {
        guard inode != 0, var index = first[inode] else { return false }
        while index >= 0 {
            let place = Int(index)
            change(&sockets[place])
            if listing, !isListed[place] {
                isListed[place] = true
                unlisted -= 1
                if isExpected.isEmpty || !isExpected[place] { sought -= 1 }
            }
            index = following[place]
        }
        return true
    }

    /// Takes a row of TCP.
    mutating func add(tcp row: InetDiagnosis, _ datagram: borrowing Span<UInt8>) {
        let state = SocketState(tcpNumber: Int(row.state))
        switch state {
        case .timeWait: addTimeWait(row)
        case .listening: listeners.insert(row.local)
        default: break
        }
        guard row.inode != 0, first[UInt64(row.inode)] != nil else { return }
        let information = row.information.flatMap { TCPInformation(datagram, $0) }
        // A dump of bound sockets gives those that are closed, and nothing else does.
        let isBound = state == .closed || state == .bound
        update(UInt64(row.inode), listing: !isBound) { record in
            record.family = row.family
            record.type = .stream
            record.transport = .tcp
            record.state = isBound ? .bound : state
            record.local = .ip(row.local)
            record.peer = row.peer.port == 0 ? nil : .ip(row.peer)
            record.receiveQueue = row.receiveQueue
            record.sendQueue = row.sendQueue
            if isBound {
                // The path's size stays when a connection that was asked for fails.
                record.ghost = (information?.pathMTU ?? 0) > 0 ? .connectFailed : .boundOnly
            }
            if state == .listening { record.direction = .listening }
            guard let information, let state, state != .listening, !isBound else { return }
            record.activity = information.activity
            record.direction = SocketEvidence.direction(information, state: state) ?? .unknown
        }
    }

    /// Takes a row of another protocol over IP.
    mutating func add(
        inet row: InetDiagnosis, transport: SocketProtocol, type: SocketType
    ) {
        update(UInt64(row.inode)) { record in
            record.family = row.family
            record.type = type
            record.transport = transport
            record.state = row.state == 1 ? .established : .unconnected
            record.local = .ip(row.local)
            let hasPeer = row.peer.port != 0 || !row.peer.isUnspecified
            record.peer = hasPeer ? .ip(row.peer) : nil
            record.receiveQueue = row.receiveQueue
            record.sendQueue = row.sendQueue
            record.direction = hasPeer ? .outbound : .none
        }
    }

    mutating func addListener(_ endpoint: IPEndpoint) { listeners.insert(endpoint) }

    private mutating func addTimeWait(_ row: InetDiagnosis) {
        guard timeWait.count < Self.timeWaitLimit else {
            isTimeWaitCut = true
            return
        }
        // The timer counts down from 60 s (include/net/tcp.h, TCP_TIMEWAIT_LEN).
        timeWait.append(
            TimeWaitRow(
                local: row.local.unmapped, peer: row.peer.unmapped,
                age: max(0, 60_000 - Int(row.expires))))
    }
}
