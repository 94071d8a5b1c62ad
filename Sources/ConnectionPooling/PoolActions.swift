/// What to do for a request that wants a connection.
public enum LeaseAction: Hashable, Sendable {
    /// Use this idle connection.
    case use(ConnectionID)
    /// Make a connection under this number, after closing the evicted one, if any.
    case connect(ConnectionID, evicting: Closing?)
    /// The request waits; a later action serves it.
    case wait
    /// The request is refused.
    case exhausted(ExhaustionReason)
}

/// Why a request was refused.
public enum ExhaustionReason: Hashable, Sendable, CustomStringConvertible {
    /// As many requests as may wait for a connection of this origin are waiting already.
    case tooManyWaiting(limit: Int)
    /// The pool is being emptied.
    case draining

    /// A sentence for people.
    public var description: String {
        switch self {
        case .tooManyWaiting(let limit):
            "\(limit) probes wait for a connection of this origin already, the most that may"
        case .draining:
            "the pool is being emptied"
        }
    }
}

/// In which condition a connection comes back.
public enum ReleaseCondition: Hashable, Sendable {
    /// The response was read to its end and the server keeps the connection.
    ///
    /// - Parameters:
    ///   - serverIdle: How long the server says it keeps idle connections (`Keep-Alive: timeout`).
    ///   - remainingRequests: How many more it says it takes (`Keep-Alive: max`).
    case clean(serverIdle: Duration?, remainingRequests: Int?)
    /// It cannot be used again.
    case spent(CloseCause)
}

/// What to do with a connection that came back.
public enum ReleaseAction: Hashable, Sendable {
    /// Keep it idle, after closing the evicted one, if any.
    case keep(evicting: Closing?)
    /// Close it.
    case close(Closing)
    /// Give it to this request, which was waiting.
    case handOver(RequestID)
    /// Close it, then make a connection under the new number for a request that was waiting.
    case closeThenConnect(Closing, ConnectionID, RequestID)
}

/// What to do for the requests that wait, after room was made.
public enum WaiterAction: Hashable, Sendable {
    /// Nothing.
    case none
    /// Make a connection under this number for this request to this origin.
    case connect(ConnectionID, RequestID, OriginID)
}

/// A connection to close, and why.
public struct Closing: Hashable, Sendable {
    /// The connection.
    public var id: ConnectionID
    /// Why it is closed.
    public var cause: CloseCause

    /// Names a connection to close.
    public init(id: ConnectionID, cause: CloseCause) {
        self.id = id
        self.cause = cause
    }
}

/// Who ended a connection, as the socket saw it.
public enum CloseReporter: Hashable, Sendable {
    /// This side closed it, as it was told.
    case us
    /// The other side closed or reset it.
    case peer
    /// An error ended it.
    case error
}

/// Why a connection ended.
public enum CloseCause: String, Hashable, Sendable, CaseIterable {
    /// It had been idle for as long as allowed.
    case idleTimeout = "idle_timeout"
    /// It had lived for as long as allowed.
    case maxLifetime = "max_lifetime"
    /// The response said `Connection: close`, or HTTP/1.0 implied it.
    case serverAsked = "server_asked"
    /// The server would have closed it before its next use.
    case serverWouldClose = "server_would_close"
    /// Nothing will use it.
    case notNeeded = "not_needed"
    /// A budget was full, and this was the one that is needed last.
    case evicted
    /// Its origin has enough idle connections.
    case overIdleLimit = "over_idle_limit"
    /// The other side closed it.
    case peerClosed = "peer_closed"
    /// It was never established.
    case failed
    /// A deadline struck while it was in use.
    case timeout
    /// The response broke the protocol.
    case protocolError = "protocol_error"
    /// Bytes came that belong to no request.
    case extraBytes = "extra_bytes"
    /// A cold probe wanted a fresh one in its place.
    case superseded
    /// DNS no longer names its address.
    case addressChanged = "address_changed"
    /// Its origin has no target any more.
    case originRemoved = "origin_removed"
    /// The pool is being emptied.
    case draining
    /// Its probe was given up.
    case abandoned
}
