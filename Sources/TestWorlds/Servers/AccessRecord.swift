/// One answered request, as the server itself logged it.
public struct AccessRecord: Hashable, Sendable {
    /// The server's name for the connection: nginx's `$connection`, elsewhere the client's port.
    public var connection: String
    /// The client's port, which is the local port of the probe's socket.
    public var clientPort: Int
    /// The how-manieth request on its connection it was, from 1; nil where the server cannot tell.
    public var requestOnConnection: Int?
    /// The protocol of TLS in the server's words, such as `TLSv1.3`; nil without TLS.
    public var tlsVersion: String?
    /// The status that was sent; nginx logs 444 for a connection that it closed without an answer.
    public var status: Int
    /// The request line.
    public var request: String

    /// Reads a line of the form `connection|port|requests|tls|status|request`, with `-` for what
    /// is not known; nil for any other line.
    init?(line: some StringProtocol) {
        let fields = line.split(separator: "|", maxSplits: 5, omittingEmptySubsequences: false)
        guard fields.count == 6, let port = Int(fields[1]), let status = Int(fields[4]) else {
            return nil
        }
        connection = String(fields[0])
        clientPort = port
        requestOnConnection = Int(fields[2])
        tlsVersion = fields[3].isEmpty || fields[3] == "-" ? nil : String(fields[3])
        self.status = status
        request = String(fields[5])
    }
}

extension Sequence<AccessRecord> {
    /// How many requests each connection carried.
    public var requestsByConnection: [String: Int] {
        reduce(into: [:]) { $0[$1.connection, default: 0] += 1 }
    }
}
