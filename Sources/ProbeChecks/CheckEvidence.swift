public import Measurements

/// What checks may look at: one response and how it came.
public struct CheckEvidence {
    /// The status of the last response.
    public var status: Int
    /// The HTTP version of its status line.
    public var httpVersion: HTTPVersionFact?
    /// The time the whole probe took.
    public var elapsed: Duration
    /// The facts of the connection's handshake; nil on a plain connection.
    public var tls: TLSFacts?
    /// Civil time of the probe.
    public var now: WallTime
    /// The decoded body, or its first part.
    public var body: [UInt8]
    /// Whether the body was longer than what was kept.
    public var bodyIsCut: Bool
    /// The fields of the response.
    public var headers: any HeaderLookup

    /// Gathers the evidence of one response.
    public init(
        status: Int, httpVersion: HTTPVersionFact?, elapsed: Duration, tls: TLSFacts?,
        now: WallTime, body: [UInt8], bodyIsCut: Bool, headers: any HeaderLookup
    ) {
        self.status = status
        self.httpVersion = httpVersion
        self.elapsed = elapsed
        self.tls = tls
        self.now = now
        self.body = body
        self.bodyIsCut = bodyIsCut
        self.headers = headers
    }
}

/// Looks response fields up.
public protocol HeaderLookup {
    /// The values of all field lines with this name, compared without regard to case, in order.
    func values(of name: String) -> [String]
}
