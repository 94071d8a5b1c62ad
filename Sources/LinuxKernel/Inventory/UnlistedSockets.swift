import KernelFormats
import Measurements

/// Names the sockets that no table listed, by asking each.
struct UnlistedSockets {
    let listeners: ListenerSet
    let homeCookie: UInt64
    /// Whether sockets of TCP that are listed are asked too: tables of text tell no clocks.
    let asksListed: Bool
    /// What could not be asked.
    private(set) var coverage = Coverage()
    /// How many were closed, or became another socket, since the descriptors were read.
    private(set) var gone = 0
    /// Whether something that an earlier look knew is another socket by now.
    private(set) var isStale = false
    private var memory: (LookMemory, now: Duration, turn: Int)?

    init(listeners: ListenerSet, homeCookie: UInt64, asksListed: Bool) {
        self.asksListed = asksListed
        self.listeners = listeners
        self.homeCookie = homeCookie
    }

    /// Leans on what an earlier look saw; `turn` is the number of this look.
    mutating func remember(_ memory: LookMemory, at now: Duration, turn: Int) {
        self.memory = (memory, now, turn)
    }

    /// Fills the records that are not listed, and drops those that are no more.
    mutating func name(_ join: inout SocketJoin, _ process: borrowing ProcessHandle) {
        settleDirections(&join)
        guard join.unlisted > 0 || asksListed else { return }
        guard let reference = process.referenceNumber else {
            for index in join.sockets.indices where !join.isListed[index] {
                noteChange(join.sockets[index].descriptor, join.sockets[index].inode, process)
            }
            return refuse(&join, "the kernel has no pidfd_getfd (Linux 5.6)")
        }
        var examiner = SocketExaminer(reference: reference, homeCookie: homeCookie)
        var left: Set<Int> = []
        var refusal: KernelError?
        var refused = 0
        var unasked = 0
        for index in join.sockets.indices {
            if join.isListed[index] {
                if asksListed, join.sockets[index].isTCP {
                    refine(&join.sockets[index], &examiner)
                }
            } else if let ghost = remembered(join.sockets[index], process) {
                join.sockets[index] = ghost
            } else {
                let (descriptor, known) = (
                    join.sockets[index].descriptor, join.sockets[index].inode
                )
                switch examiner.examine(descriptor) {
                case .socket(known, let evidence, let foreign):
                    take(evidence, foreign, &join.sockets[index])
                case .socket, .gone:
                    left.insert(index)
                    if memory?.0.knows(descriptor, known) == true { isStale = true }
                // Whether it was a ghost will never be known.
                case .ended: unasked += 1
                case .refused(let error):
                    noteChange(descriptor, known, process)
                    refusal = error
                    refused += 1
                    // A dump may have told what it is.
                    join.sockets[index].ghost = join.sockets[index].ghost ?? .other
                }
            }
        }
        gone = left.count
        // Tens of thousands of records are moved only where one went.
        if !left.isEmpty {
            join.sockets = join.sockets.indices.filter { !left.contains($0) }
                .map { join.sockets[$0] }
        }
        if unasked > 0 {
            coverage.lacks(
                "what \(unasked) sockets without a table row were: the process ended meanwhile")
        }
        if let refusal {
            coverage.lacks(
                "what \(refused) sockets without a table row were (\(refusal)): needs "
                    + "CAP_SYS_PTRACE, or the same user and a process that may be traced")
        }
    }

    /// Where a socket may not be asked, its link tells whether it is still the one that was known.
    private mutating func noteChange(
        _ descriptor: Int32, _ inode: UInt64, _ process: borrowing ProcessHandle
    ) {
        guard !isStale, let memory = memory?.0, memory.knows(descriptor, inode) else { return }
        isStale = process.socketInode(of: descriptor) != inode
    }

    /// A ghost that an earlier look knew, when its link still says so, or is not due to be read.
    private func remembered(
        _ record: SocketRecord, _ process: borrowing ProcessHandle
    ) -> SocketRecord? {
        guard let (memory, now, turn) = memory, let ghost = memory.ghost(record, at: now) else {
            return nil
        }
        let isDue = memory.isDue(record.descriptor, turn: turn)
        return !isDue || process.socketInode(of: record.descriptor) == record.inode ? ghost : nil
    }

    /// Adds what a table of text does not tell.
    private func refine(_ record: inout SocketRecord, _ examiner: inout SocketExaminer) {
        guard case .socket(record.inode, let evidence, _) = examiner.examine(record.descriptor)
        else { return }
        record.transport = evidence.transport
        record.hasUnreadError = evidence.hasUnreadError
        guard let information = evidence.information else { return }
        if record.state == .listening {
            record.receiveQueue = information.unacknowledged
            record.sendQueue = information.selectivelyAcknowledged
        } else {
            record.activity = information.activity
            record.direction = evidence.direction ?? record.direction
        }
    }

    private mutating func refuse(_ join: inout SocketJoin, _ reason: String) {
        coverage.lacks("what \(join.unlisted) sockets without a table row were: \(reason)")
        for index in join.sockets.indices where !join.isListed[index] {
            join.sockets[index].ghost = join.sockets[index].ghost ?? .other
        }
    }

    /// Turns what a duplicate answered into a record.
    func take(_ evidence: SocketEvidence, _ foreign: UInt64?, _ record: inout SocketRecord) {
        record.family = evidence.family
        record.type = evidence.type
        record.transport = evidence.transport
        record.local = evidence.local
        record.peer = evidence.peer
        record.hasUnreadError = evidence.hasUnreadError
        record.receiveQueue = evidence.unread ?? 0
        record.direction = direction(evidence)
        if let information = evidence.information {
            record.state = SocketState(tcpNumber: Int(information.state))
            if record.state == .listening {
                record.direction = .listening
            } else {
                record.activity = information.activity
            }
        } else if evidence.transport == .udp || evidence.transport == .udplite {
            record.state = evidence.peer == nil ? .unconnected : .established
        }
        if let foreign {
            record.ghost = .foreignNamespace
            record.foreignNamespace = foreign
            return
        }
        record.ghost = GhostNaming.name(evidence, direction: record.direction)
        if record.ghost == .boundOnly { record.state = .bound }
    }

    private func direction(_ evidence: SocketEvidence) -> SocketDirection {
        if let exact = evidence.direction { return exact }
        guard let local = evidence.local?.endpoint else { return .none }
        guard let peer = evidence.peer?.endpoint else {
            // What failed to connect had asked for it.
            let hadAsked = (evidence.information?.pathMTU ?? 0) > 0
            return hadAsked ? .outbound : .none
        }
        // A connection that never stood was asked for by this side: what was accepted stood.
        if evidence.information?.wasEstablished == false { return .outbound }
        return listeners.direction(local: local, peer: peer)
    }

    /// Where the numbers of a connection did not tell who began, the ports may.
    private func settleDirections(_ join: inout SocketJoin) {
        for index in join.sockets.indices where join.isListed[index] {
            let record = join.sockets[index]
            guard record.isTCP, record.direction == .unknown else { continue }
            if record.state == .listening {
                join.sockets[index].direction = .listening
            } else if let local = record.local?.endpoint {
                join.sockets[index].direction = listeners.direction(
                    local: local, peer: record.peer?.endpoint)
            }
        }
    }
}
