import KernelFormats
import LeakAnalysis
import Measurements

/// Gathers what a namespace's tables say beside the sockets of one process.
struct NamespaceReading {
    let join: SocketJoin
    let listeners: ListenerSet

    /// The most places of connections in TIME_WAIT that are kept.
    static let groupLimit = 256

    /// Fills the snapshot's facts, and marks ghosts that TIME_WAIT has a twin of.
    func fill(_ snapshot: inout Snapshot, _ process: borrowing ProcessHandle) {
        snapshot.namespace.timeWait = groups()
        if join.isTimeWaitCut {
            snapshot.coverage.lacks(
                "connections in TIME_WAIT beyond the first \(SocketJoin.timeWaitLimit)")
        }
        markTwins(&snapshot)
        snapshot.namespace.fullListeners = snapshot.sockets.compactMap { socket in
            guard socket.isTCP, socket.state == .listening,
                socket.receiveQueue > socket.sendQueue
            else { return nil }
            return socket.local?.endpoint
        }
        if snapshot.sockets.contains(where: { $0.state == .listening && $0.isTCP }),
            let text = try? process.text("net/netstat")
        {
            snapshot.namespace.listenOverflows = NetworkCounters.value(
                "ListenOverflows", of: "TcpExt", in: text)
        }
    }

    private func groups() -> [TimeWaitGroup] {
        var groups: [Place: TimeWaitGroup] = [:]
        for row in join.timeWait {
            let isServerSide = listeners.contains(row.local)
            let place = Place(
                endpoint: isServerSide ? row.local : row.peer, isServerSide: isServerSide)
            groups[
                place,
                default: TimeWaitGroup(
                    peer: place.endpoint, count: 0, youngest: row.age, oldest: row.age,
                    isServerSide: isServerSide)
            ].add(row.age)
        }
        let sorted = groups.values.sorted {
            ($0.count, $1.peer) > ($1.count, $0.peer)
        }
        return Array(sorted.prefix(Self.groupLimit))
    }

    private struct Place: Hashable {
        var endpoint: IPEndpoint
        var isServerSide: Bool
    }

    private func markTwins(_ snapshot: inout Snapshot) {
        guard !join.timeWait.isEmpty,
            snapshot.sockets.contains(where: { $0.ghost == .closed })
        else { return }
        let ends = Set(join.timeWait.map { Ends(local: $0.local, peer: $0.peer) })
        for index in snapshot.sockets.indices where snapshot.sockets[index].ghost == .closed {
            guard let local = snapshot.sockets[index].local?.endpoint,
                let peer = snapshot.sockets[index].peer?.endpoint
            else { continue }
            snapshot.sockets[index].hasTimeWaitTwin = ends.contains(
                Ends(local: local.unmapped, peer: peer.unmapped))
        }
    }

    private struct Ends: Hashable {
        var local: IPEndpoint
        var peer: IPEndpoint
    }
}

extension TimeWaitGroup {
    fileprivate mutating func add(_ age: Int) {
        count += 1
        youngest = min(youngest, age)
        oldest = max(oldest, age)
    }
}
