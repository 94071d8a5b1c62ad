public import Measurements

/// What a network namespace's tables say besides one process's own sockets.
public struct NamespaceFacts: Hashable, Sendable {
    /// Connections in TIME_WAIT by the place they went to, most first; at most 256 of them.
    ///
    /// They belong to nobody: the kernel keeps them after the last close(2).
    public var timeWait: [TimeWaitGroup] = []
    /// Listeners of the process whose queue of connections is full, or was seen to overflow.
    public var fullListeners: [IPEndpoint] = []
    /// Connections that listeners of the namespace refused since boot because their queue was
    /// full (`ListenOverflows` of proc_pid_net(5) `netstat`); nil when it could not be read.
    public var listenOverflows: UInt64?
    /// The ports that the kernel gives out itself (ip(7), `ip_local_port_range`).
    public var ephemeralPorts: ClosedRange<UInt16> = 32768...60999

    /// Makes the facts of a namespace in which nothing was seen.
    public init() {}

    /// How many connections to some places wait in TIME_WAIT.
    func timeWaiting(to places: Set<IPEndpoint>) -> Int {
        timeWait.reduce(0) { sum, group in
            // A recording is a file of somebody else's: its numbers may be anything.
            guard places.contains(group.peer.unmapped) else { return sum }
            let (total, overflow) = sum.addingReportingOverflow(group.count)
            return overflow ? .max : total
        }
    }
}

/// Connections in TIME_WAIT to one place.
public struct TimeWaitGroup: Hashable, Sendable {
    /// Where the connections went: the place that was connected to.
    public var peer: IPEndpoint
    /// Whether the end that closed first was the server's: its port is listened on here.
    public var isServerSide: Bool
    /// How many there are, 1 or more.
    public var count: Int
    /// Milliseconds since the youngest was closed; TIME_WAIT lasts 60 s on Linux.
    public var youngest: Int
    /// Milliseconds since the oldest was closed.
    public var oldest: Int

    /// Makes a group.
    public init(
        peer: IPEndpoint, count: Int, youngest: Int, oldest: Int, isServerSide: Bool = false
    ) {
        self.peer = peer
        self.isServerSide = isServerSide
        self.count = count
        self.youngest = youngest
        self.oldest = oldest
    }

    /// How many were closed a second, over the time that the group spans; nil when it is short.
    public var rate: Double? {
        let span = Double(oldest - youngest) / 1_000
        return count >= 5 && span >= 1 ? Double(count - 1) / span : nil
    }
}
