/// Reads the responses on one HTTP/1.x connection (RFC 9112), one request at a time.
///
/// Bytes go in as they come, in pieces of any size; events come out. The verdict depends on the
/// bytes alone, never on where the pieces were cut. Bodies are ranges of the input and are not
/// copied; the head is copied once into storage that the next response uses again.
///
/// Where the standard leaves a choice:
/// - A line of the head or trailer section may end in a bare LF (section 2.2); chunk framing may
///   not. A CR without LF is refused.
/// - A folded field value becomes one line with spaces (section 5.2).
/// - Nothing may precede the status line, and its end may follow the status code directly.
/// - Equal Content-Length values are taken as one (RFC 9110, section 8.6).
/// - Transfer-Encoding is `chunked` alone, in HTTP/1.1, and without Content-Length; anything else
///   is refused, since this client never offers another coding.
/// - Blanks may follow a chunk size.
public struct ResponseParser: Sendable {
    /// The head of the final response: valid from ``ResponseEvent/head`` until `begin`.
    public internal(set) var head = ResponseHead()
    /// Whether any byte of the response, an interim one included, has been seen.
    public internal(set) var hasBegunReceiving = false

    let limits: ResponseParserLimits
    var context = ResponseContext.ordinary
    var stage = Stage.head
    var statusStep = StatusStep.prefix
    /// How the current head or trailer section continues.
    var lines = FieldLineScanner()
    /// The bytes of the trailer section so far.
    var trailerLength = 0
    /// Informational responses so far.
    var informationals = 0
    /// Body bytes of the counted body or the current chunk that are still to come.
    var remaining = 0
    /// Body bytes delivered or announced so far.
    var received = 0
    /// The digits of the chunk size so far, leading zeros counted.
    var chunkDigits = 0
    /// The bytes of chunk extensions so far, of the whole body.
    var extensionLength = 0
    var persistence = Persistence.close

    /// Where the parser stands in a status line.
    enum StatusStep: Sendable {
        /// Within `HTTP/1.1 200`.
        case prefix
        /// Right behind the status code.
        case afterCode
        /// Within the reason phrase.
        case reason
        /// After the CR.
        case lineEnd
        /// The status line is complete.
        case done
    }

    /// Where the parser stands between two calls.
    enum Stage: Sendable {
        /// Within the status line or fields of an interim or final response.
        case head
        /// `remaining` bytes of body, then the end.
        case counted
        /// Body until the connection ends.
        case untilClose
        /// Within the digits of a chunk size.
        case chunkSize
        /// Among blanks behind a chunk size.
        case chunkPadding
        /// Within chunk extensions.
        case chunkExtension
        /// After the CR of a chunk size line.
        case chunkSizeEnd
        /// `remaining` bytes of chunk data, then CRLF.
        case chunkData
        /// Before the CR that follows chunk data.
        case chunkDataEnd
        /// Before the LF that follows chunk data.
        case chunkDataLineFeed
        /// Within the trailer section.
        case trailers
        /// The response is complete, and `end` not yet told.
        case complete
        /// `end` was told.
        case over
        /// `failure` was told, or is told next.
        case failed(ResponseFault)
    }

    /// Makes a parser that is ready for the response to an ordinary request.
    public init(limits: ResponseParserLimits) {
        var limits = limits
        // Field positions are 32 bits wide.
        limits.headerBytes = max(0, min(limits.headerBytes, 1 << 30))
        limits.bodyBytes = max(0, limits.bodyBytes)
        limits.trailerBytes = max(0, limits.trailerBytes)
        limits.chunkExtensionBytes = max(0, limits.chunkExtensionBytes)
        self.limits = limits
    }

    /// Gets ready for the next response on the same connection; small storage is kept.
    public mutating func begin(_ context: ResponseContext) {
        self.context = context
        head.reset()
        lines = FieldLineScanner()
        statusStep = .prefix
        hasBegunReceiving = false
        stage = .head
        trailerLength = 0
        informationals = 0
        remaining = 0
        received = 0
        chunkDigits = 0
        extensionLength = 0
        persistence = .close
    }

    /// Consumes from `input` starting at `offset`, advances it, and returns the next event.
    ///
    /// Call it again with the same input until it returns ``ResponseEvent/needsMore``, `end` or
    /// `failure`. After `end`, bytes of the input beyond `offset` do not belong to the response.
    public mutating func parse(_ input: Span<UInt8>, from offset: inout Int) -> ResponseEvent {
        precondition(0 <= offset && offset <= input.count, "the offset is outside of the input")
        switch stage {
        case .head:
            return parseHead(input, &offset)
        case .counted:
            return takeCounted(input, &offset)
        case .untilClose:
            return takeUntilClose(input, &offset)
        case .chunkSize, .chunkPadding, .chunkExtension, .chunkSizeEnd, .chunkData, .chunkDataEnd,
            .chunkDataLineFeed, .trailers:
            return parseChunked(input, &offset)
        case .complete:
            stage = .over
            return .end(persistence: persistence)
        case .over:
            return .needsMore
        case .failed(let fault):
            return .failure(fault)
        }
    }

    /// The other side closed: ends a close-delimited body, or says what is missing.
    ///
    /// Returns `end`, always with ``Persistence/close``, or `failure`.
    public mutating func finish() -> ResponseEvent {
        switch stage {
        case .head:
            return fail(hasBegunReceiving ? .closedInHead : .closedBeforeHead)
        case .untilClose, .complete, .over:
            stage = .over
            return .end(persistence: .close)
        case .counted, .chunkSize, .chunkPadding, .chunkExtension, .chunkSizeEnd, .chunkData,
            .chunkDataEnd, .chunkDataLineFeed, .trailers:
            return fail(.closedInBody)
        case .failed(let fault):
            return .failure(fault)
        }
    }

    mutating func fail(_ fault: ResponseFault) -> ResponseEvent {
        stage = .failed(fault)
        return .failure(fault)
    }
}
