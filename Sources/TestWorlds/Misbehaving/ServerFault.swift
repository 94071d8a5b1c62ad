public import Measurements

/// One way in which a server can fail its clients.
public enum ServerFault: String, CaseIterable, Hashable, Sendable {
    /// Reads the request and never answers.
    case neverAnswer
    /// Resets the connection as soon as it is accepted.
    case resetOnAccept
    /// Resets the connection when the request has come.
    case resetAfterRequest
    /// Resets the connection within the fields.
    case resetInHeaders
    /// Resets the connection within the body.
    case resetInBody
    /// Closes the connection as soon as it is accepted.
    case closeOnAccept
    /// Closes the connection when the request has come.
    case closeAfterRequest
    /// Closes the connection within the fields.
    case closeInHeaders
    /// Ends its direction within the body and goes on reading.
    case halfCloseInBody
    /// Sends the status line one byte a second.
    case slowHeaders
    /// Sends the body one byte a second.
    case slowBody
    /// Sends fields without end.
    case endlessHeaders
    /// Sends one field that is longer than any limit.
    case hugeField
    /// Announces more bytes than it sends, then closes.
    case lengthTooLong
    /// Sends more bytes than it announced.
    case lengthTooShort
    /// Sends two different lengths.
    case conflictingLengths
    /// Sends a length that is no number.
    case badLength
    /// Sends a chunk size that is no number.
    case badChunkSize
    /// Sends a chunk size beyond 64 bits.
    case hugeChunkSize
    /// Leaves out the line end after a chunk.
    case missingChunkEnd
    /// Closes within a chunked body.
    case truncatedChunks
    /// Sends a few kilobytes of gzip that become twenty megabytes.
    case gzipBomb
    /// Sends gzip data that are broken.
    case corruptGzip
    /// Sends gzip data that end too early.
    case truncatedGzip
    /// Names a content coding that nobody knows.
    case unknownCoding
    /// Answers with a status line that is none.
    case badStatusLine
    /// Answers with the frames of HTTP/2.
    case http2Frames
    /// Greets as an SSH server, before any request.
    case sshBanner
    /// Sends 100 Continue for ever.
    case endlessContinue
    /// Switches protocols although nobody asked.
    case unaskedUpgrade
    /// Redirects to itself.
    case redirectLoop
    /// Redirects to something that is no URL.
    case redirectNowhere
    /// Sends a body beyond the limit.
    case bodyTooLarge
    /// Answers well, and closes the idle connection soon after.
    case idleClose
    /// Answers well, and resets the idle connection soon after.
    case idleReset
    /// Answers the first request of a connection and closes upon the second.
    case staleClose
    /// Answers once more than it was asked.
    case extraResponse
    /// Nobody listens.
    case refused
    /// The queue of the listener is full.
    case fullQueue
    /// TLS: answers the ClientHello with an alert.
    case tlsAlert
    /// TLS: answers the ClientHello in plain HTTP.
    case tlsPlain
    /// TLS: closes upon the ClientHello.
    case tlsClose
    /// TLS: resets upon the ClientHello.
    case tlsReset
    /// TLS: never answers the ClientHello.
    case tlsSilent
    /// TLS: closes the socket within the body, without a goodbye.
    case tlsTruncated
    /// TLS: the same, within a body that nothing but the end delimits.
    case tlsTruncatedUnframed
}

/// The verdicts on a fault that are right.
public struct FaultExpectation: Hashable, Sendable {
    /// The classes; more than one where the kernel decides which of two events comes first.
    public var errors: Set<ProbeErrorClass>
    /// The phases; empty for an outcome that passed.
    public var phases: Set<ProbePhase>

    init(_ errors: Set<ProbeErrorClass>, _ phases: Set<ProbePhase>) {
        self.errors = errors
        self.phases = phases
    }
}

extension ServerFault {
    /// Whether the probe has to speak TLS to meet it.
    public var needsTLS: Bool {
        switch self {
        case .tlsAlert, .tlsPlain, .tlsClose, .tlsReset, .tlsSilent, .tlsTruncated,
            .tlsTruncatedUnframed:
            true
        default: false
        }
    }

    /// Whether it shows only after a handshake that ends well.
    var isWithinTLS: Bool { self == .tlsTruncated || self == .tlsTruncatedUnframed }

    /// What a probe has to say about it.
    public var expectation: FaultExpectation {
        switch self {
        case .neverAnswer: .init([.timeout], [.wait])
        // The reset can arrive before, while or after the request is written.
        case .resetOnAccept: .init([.reset, .connectReset], [.connect, .send, .wait])
        case .resetAfterRequest: .init([.reset], [.wait])
        case .resetInHeaders, .resetInBody: .init([.reset], [.receive])
        // Closing with the request unread makes the kernel send a reset (RFC 1122, 4.2.2.13).
        case .closeOnAccept: .init([.closedEarly, .reset], [.send, .wait])
        case .closeAfterRequest: .init([.closedEarly], [.wait])
        case .closeInHeaders, .halfCloseInBody, .lengthTooLong, .truncatedChunks, .tlsTruncated,
            .tlsTruncatedUnframed:
            .init([.closedEarly], [.receive])
        case .slowHeaders, .slowBody: .init([.timeout], [.receive])
        case .endlessHeaders, .hugeField: .init([.headersTooLarge], [.receive])
        case .conflictingLengths, .badLength, .badChunkSize, .hugeChunkSize, .missingChunkEnd,
            .badStatusLine, .http2Frames, .unaskedUpgrade:
            .init([.malformedResponse], [.receive])
        case .sshBanner: .init([.malformedResponse], [.send, .wait, .receive])
        case .redirectNowhere: .init([.malformedResponse], [.receive])
        case .gzipBomb, .bodyTooLarge: .init([.bodyTooLarge], [.receive])
        case .corruptGzip, .truncatedGzip, .unknownCoding: .init([.badEncoding], [.receive])
        case .endlessContinue: .init([.malformedResponse, .headersTooLarge], [.receive])
        case .redirectLoop: .init([.tooManyRedirects], [.receive])
        case .lengthTooShort, .idleClose, .idleReset, .staleClose, .extraResponse:
            .init([.noError], [])
        case .refused: .init([.connectRefused], [.connect])
        case .fullQueue: .init([.timeout, .connectTimeout], [.connect])
        case .tlsAlert, .tlsPlain: .init([.tlsHandshake], [.tls])
        case .tlsClose: .init([.closedEarly], [.tls])
        case .tlsReset: .init([.reset], [.tls])
        case .tlsSilent: .init([.timeout], [.tls])
        }
    }
}
