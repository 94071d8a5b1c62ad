public import Measurements

/// Everything that was seen of one process's descriptors at one moment; values only.
///
/// All analysis takes this and nothing else, so it runs on recorded snapshots as on live ones.
public struct Snapshot: Hashable, Sendable {
    /// When the look began.
    public var time: WallTime
    /// The same moment on the clock that counts from boot, suspension included
    /// (clock_gettime(2), `CLOCK_BOOTTIME`): what intervals are taken from.
    public var bootTime: Duration
    /// The process.
    public var process: ProcessFacts
    /// Its descriptors, counted.
    public var descriptors: DescriptorTally
    /// Its sockets, by descriptor number.
    public var sockets: [SocketRecord]
    /// What the tables of its network namespace say besides its own sockets.
    public var namespace: NamespaceFacts
    /// What came and went while it was looked at; nil when there was only one look.
    public var churn: Churn?
    /// What could not be seen.
    public var coverage: Coverage

    /// Makes a snapshot of a process in which nothing has been seen yet.
    public init(time: WallTime, bootTime: Duration, process: ProcessFacts) {
        self.time = time
        self.bootTime = bootTime
        self.process = process
        descriptors = DescriptorTally()
        sockets = []
        namespace = NamespaceFacts()
        coverage = Coverage()
    }

    /// The sockets that no table of the process's network namespace lists.
    public var ghosts: Int { sockets.count { $0.ghost != nil } }

    /// How many descriptors may still be opened; nil when the limit could not be read.
    public var room: Int? {
        descriptors.softLimit.map { limit in
            let (room, overflow) = limit.subtractingReportingOverflow(descriptors.open)
            return overflow ? limit : max(0, room)
        }
    }

    /// The places that its sockets lead to, and those that others led to while it was looked at.
    var places: Set<IPEndpoint> {
        Set(sockets.compactMap { SnapshotSeries.peer(of: $0) })
            .union((churn?.passedTo ?? []).map(\.peer.unmapped))
    }
}
