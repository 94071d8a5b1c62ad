import Measurements

/// What one look leaves to the next, so that a quiet process is not asked for all of it again.
///
/// A link is read anew where a number is new, where a socket is in no table any more, and of
/// ghosts in turn. What stays believed is a descriptor whose inode a table still lists; a whole
/// look, every so often, corrects what that misses: a socket that another process holds too.
struct LookMemory {
    /// Descriptor and inode of every socket, ascending.
    let sockets: [(descriptor: Int32, inode: UInt64)]
    /// The ghosts, by descriptor.
    private let ghosts: [Int32: SocketRecord]
    private let bootTime: Duration

    /// With at most so many ghosts each one's link is read anew in every look, and of more a part.
    static let ghostsReadEachTime = 1_000
    /// The part of many ghosts that is read anew in each look: one in so many.
    static let ghostParts = 8

    init(_ records: [SocketRecord], at bootTime: Duration) {
        sockets = records.map { ($0.descriptor, $0.inode) }
        ghosts = Dictionary(
            records.lazy.filter { $0.ghost != nil }.map { ($0.descriptor, $0) },
            uniquingKeysWith: { first, _ in first })
        self.bootTime = bootTime
    }

    /// The inodes of ghosts of TCP, which no other table is searched for.
    var deadTCP: [UInt64] { ghosts.values.lazy.filter(\.isTCP).map(\.inode) }

    /// Whether a descriptor was known as this socket.
    func knows(_ descriptor: Int32, _ inode: UInt64) -> Bool {
        var (low, high) = (0, sockets.count)
        while low < high {
            let middle = (low + high) / 2
            if sockets[middle].descriptor < descriptor { low = middle + 1 } else { high = middle }
        }
        return low < sockets.count && sockets[low] == (descriptor, inode)
    }

    /// A ghost as it is at `now` when nothing happened to it; nil when it was none, or when what a
    /// table tells of it is new.
    func ghost(_ record: SocketRecord, at now: Duration) -> SocketRecord? {
        guard var ghost = ghosts[record.descriptor], ghost.inode == record.inode,
            record.state == nil || record.state == ghost.state
        else { return nil }
        ghost.hasTimeWaitTwin = false
        let passed = UInt32(clamping: max(0, (now - bootTime).nanoseconds / 1_000_000))
        ghost.activity?.sinceDataSent &+= passed
        ghost.activity?.sinceDataReceived &+= passed
        ghost.activity?.sinceAcknowledged &+= passed
        return ghost
    }

    /// Whether the link of a ghost is to be read anew in a look of this number.
    func isDue(_ descriptor: Int32, turn: Int) -> Bool {
        ghosts.count <= Self.ghostsReadEachTime
            || Int(descriptor) % Self.ghostParts == turn % Self.ghostParts
    }
}

/// When a look has to be whole.
struct LookCadence {
    /// How many looks in a row may lean on the one before.
    static let mostQuick = 15
    /// How many looks are whole after one that could not.
    static let pauseAfterChange = 15

    private var quick = 0
    private var pause = 0
    private(set) var turn = 0

    /// Whether the next look may lean on the one before.
    mutating func isNextQuick() -> Bool {
        turn &+= 1
        if pause > 0 {
            pause -= 1
            return false
        }
        quick = quick < Self.mostQuick ? quick + 1 : 0
        return quick > 0
    }

    /// A look that leant on the one before met another socket at a number that it knew: this
    /// process opens and closes, and looks at it are whole for a while.
    mutating func noticeChange() {
        pause = Self.pauseAfterChange
        quick = 0
    }
}
