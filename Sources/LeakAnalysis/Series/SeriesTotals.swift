public import Measurements

/// The sockets of one look, counted.
public struct SocketTally: Hashable, Sendable {
    /// Descriptors that are sockets.
    public internal(set) var total = 0
    /// Those in no table of their network namespace.
    public internal(set) var ghosts = 0
    /// How many of each kind of ghost; a kind of which there is none is absent.
    public internal(set) var byGhost: [GhostKind: Int] = [:]
    /// How many in each state, ghosts left out; a state of which there is none is absent.
    public internal(set) var byState: [SocketState: Int] = [:]

    /// A tally of nothing.
    public init() {}

    mutating func count(_ record: SocketRecord) {
        total += 1
        if let ghost = record.ghost {
            ghosts += 1
            byGhost[ghost, default: 0] += 1
        } else if let state = record.state {
            byState[state, default: 0] += 1
        }
    }
}

/// What the looks of a series add up to.
struct SeriesTotals: Sendable {
    /// What one look added.
    struct Recent: Sendable {
        var time: Double
        var born: Int
        var died: Int
    }

    /// How many of the last looks are kept one by one.
    private static let mostRecent = 128

    var born = 0
    var died = 0
    var reused = 0
    /// Segments with data that were sent, as far as looks saw them.
    var segments: UInt64 = 0
    var sockets = SocketTally()
    var peakSockets = 0
    var peakGhosts = 0
    var peakOpen = 0
    var recent: [Recent] = []

    mutating func add(_ look: SnapshotSeries.Look, _ snapshot: Snapshot) {
        born += look.born
        died += look.died
        reused += look.reused
        segments += look.segments
        sockets = look.sockets
        peakSockets = max(peakSockets, sockets.total)
        peakGhosts = max(peakGhosts, sockets.ghosts)
        peakOpen = max(peakOpen, snapshot.descriptors.open)
        if recent.count == Self.mostRecent { recent.removeFirst(Self.mostRecent / 2) }
        recent.append(Recent(time: look.time, born: look.born, died: look.died))
    }
}
