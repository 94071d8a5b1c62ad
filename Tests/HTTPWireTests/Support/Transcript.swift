import HTTPWire

/// All that a parser says about one response, body pieces joined.
struct Transcript: Equatable {
    var informational: [Int] = []
    var status: Int?
    var version: ResponseHead.Version?
    var fields: [String] = []
    var body: [UInt8] = []
    /// The last event: `needsMore`, `end` or `failure`.
    var verdict = ResponseEvent.needsMore
    /// How many bytes were consumed by the time of the verdict; only told when the response ended.
    var consumed: Int?
    /// What `finish` says afterwards.
    var afterClose = ResponseEvent.needsMore

    /// The reason of a failure, before or after the connection closed.
    var fault: ResponseFault? {
        if case .failure(let fault) = verdict { return fault }
        if case .failure(let fault) = afterClose { return fault }
        return nil
    }

    /// The persistence, when the response is complete before or after the connection closed.
    var persistence: Persistence? {
        if case .end(let persistence) = verdict { return persistence }
        if case .end(let persistence) = afterClose { return persistence }
        return nil
    }

    var text: String { String(decoding: body, as: UTF8.self) }

    /// Feeds `pieces` to a parser that has begun, then closes.
    static func of(
        _ pieces: [ArraySlice<UInt8>], _ context: ResponseContext = .ordinary,
        using parser: inout ResponseParser
    ) -> Transcript {
        var transcript = Transcript()
        var consumed = 0
        parser.begin(context)
        for piece in pieces where transcript.verdict == .needsMore {
            var offset = 0
            transcript.take(piece.span, &offset, from: &parser)
            consumed += offset
        }
        if case .end = transcript.verdict { transcript.consumed = consumed }
        transcript.afterClose = parser.finish()
        return transcript
    }

    /// The transcript of `bytes` in one piece, with default limits unless told otherwise.
    static func of(
        _ bytes: [UInt8], _ context: ResponseContext = .ordinary,
        limits: ResponseParserLimits = ResponseParserLimits()
    ) -> Transcript {
        var parser = ResponseParser(limits: limits)
        return of([bytes[...]], context, using: &parser)
    }

    /// The transcript of the UTF-8 bytes of `text`.
    static func of(
        _ text: String, _ context: ResponseContext = .ordinary,
        limits: ResponseParserLimits = ResponseParserLimits()
    ) -> Transcript {
        of(Array(text.utf8), context, limits: limits)
    }

    private mutating func take(
        _ input: Span<UInt8>, _ offset: inout Int, from parser: inout ResponseParser
    ) {
        while true {
            let event = parser.parse(input, from: &offset)
            switch event {
            case .needsMore:
                return
            case .informational(let status):
                informational.append(status)
            case .head:
                note(parser.head)
            case .body(let range):
                precondition(!range.isEmpty, "an empty body event")
                for index in range { body.append(input[index]) }
            case .end, .failure:
                verdict = event
                return
            }
        }
    }

    private mutating func note(_ head: ResponseHead) {
        precondition(status == nil, "a second head")
        status = head.status
        version = head.version
        head.forEachField { name, value in
            fields.append("\(Self.text(name)): \(Self.text(value))")
        }
    }

    private static func text(_ span: Span<UInt8>) -> String {
        // Latin-1, so that every byte counts in a comparison.
        var text = ""
        for index in span.indices { text.unicodeScalars.append(Unicode.Scalar(span[index])) }
        return text
    }
}
