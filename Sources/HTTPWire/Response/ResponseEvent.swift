/// What a ``ResponseParser`` found next.
public enum ResponseEvent: Sendable, Equatable {
    /// All input is consumed and the response is not complete, or nothing is left to say.
    case needsMore
    /// An interim response other than 101 came and went (RFC 9110, section 15.2).
    case informational(status: Int)
    /// The final status line and its fields are in ``ResponseParser/head``.
    case head
    /// A piece of the body: these bytes of the input, framing removed, never empty.
    case body(Range<Int>)
    /// The response is complete; bytes after it are left in the input.
    case end(persistence: Persistence)
    /// The response is refused. Every later call gives the same answer until `begin`.
    case failure(ResponseFault)
}

/// Whether a connection can carry another request after a response (RFC 9112, section 9.3).
public enum Persistence: Sendable, Hashable {
    /// The server keeps the connection open.
    case reusable
    /// The connection is over: the server said so, or nothing but its end delimits the body.
    case close
}

/// What kind of request a response answers, since that decides its body (RFC 9112, section 6.3).
public enum ResponseContext: Sendable, Hashable {
    /// Any request but the two below.
    case ordinary
    /// A HEAD request: the response has no body, whatever its fields say.
    case head
    /// A CONNECT request: a 2xx response has no body and ends HTTP on the connection.
    case connect
}
