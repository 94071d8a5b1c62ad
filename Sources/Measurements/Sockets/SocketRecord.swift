/// One descriptor of a process that is a socket, as it was at one moment.
public struct SocketRecord: Hashable, Sendable {
    /// The number of the descriptor in its process, 0 or more.
    public var descriptor: Int32
    /// The inode of the socket: who it is, whatever descriptors lead to it.
    ///
    /// The kernel gives numbers out anew after 2³² sockets.
    public var inode: UInt64
    /// The family of its addresses.
    public var family: SocketFamily
    /// Its type.
    public var type: SocketType
    /// What it speaks.
    public var transport: SocketProtocol
    /// Its state; nil where the family has none or nothing told it.
    public var state: SocketState?
    /// What it was, when no table of its process's network namespace lists it.
    public var ghost: GhostKind?
    /// Its own address; nil where it has none or nothing told it.
    public var local: SocketAddress?
    /// The other side, or for a ghost the former one.
    public var peer: SocketAddress?
    /// Which side began.
    public var direction: SocketDirection
    /// Bytes that arrived and were not read; for a listener the connections not accepted yet.
    public var receiveQueue: UInt32
    /// Bytes not acknowledged yet; for a listener the most connections that may wait.
    public var sendQueue: UInt32
    /// What TCP counted; nil for other protocols, listeners, and where it could not be asked.
    public var activity: TCPActivity?
    /// Whether an error waits to be read by the process (poll(2), `POLLERR`).
    public var hasUnreadError: Bool
    /// Whether a TIME_WAIT row has the same two ends: the connection was closed from this side
    /// while the descriptor stayed.
    public var hasTimeWaitTwin: Bool
    /// The inode of its network namespace, when it is not that of its process.
    public var foreignNamespace: UInt64?

    /// Makes a record of a socket about which nothing is known yet.
    public init(descriptor: Int32, inode: UInt64) {
        self.descriptor = descriptor
        self.inode = inode
        family = .other
        type = .other
        transport = .other
        direction = .unknown
        receiveQueue = 0
        sendQueue = 0
        hasUnreadError = false
        hasTimeWaitTwin = false
    }

    /// Whether it speaks TCP, by itself or under MPTCP.
    public var isTCP: Bool { transport == .tcp || transport == .mptcp }
}

/// What TCP counted about one connection (struct tcp_info, include/uapi/linux/tcp.h).
public struct TCPActivity: Hashable, Sendable {
    /// Whether the connection ever stood: the handshake's options are there, or bytes went over.
    public var wasEstablished: Bool
    /// Segments sent, of any kind.
    public var segmentsOut: UInt32
    /// Segments with data sent: about the number of requests of a client.
    public var dataSegmentsOut: UInt32
    /// Segments with data received.
    public var dataSegmentsIn: UInt32
    /// Bytes of ours that the other side acknowledged.
    public var bytesAcknowledged: UInt64
    /// Bytes received in order.
    public var bytesReceived: UInt64
    /// Milliseconds since data was last sent; since the handshake when none ever was.
    public var sinceDataSent: UInt32
    /// Milliseconds since data was last received.
    ///
    /// Meaningless when ``dataSegmentsIn`` is 0.
    public var sinceDataReceived: UInt32
    /// Milliseconds since the last acknowledgement, keep-alive probes included.
    public var sinceAcknowledged: UInt32
    /// The smoothed round trip, in microseconds.
    public var roundTrip: UInt32
    /// Segments that were sent again, ever.
    public var retransmissions: UInt32

    /// Makes the activity of a connection that has done nothing.
    public init() {
        wasEstablished = false
        segmentsOut = 0
        dataSegmentsOut = 0
        dataSegmentsIn = 0
        bytesAcknowledged = 0
        bytesReceived = 0
        sinceDataSent = 0
        sinceDataReceived = 0
        sinceAcknowledged = 0
        roundTrip = 0
        retransmissions = 0
    }
}
