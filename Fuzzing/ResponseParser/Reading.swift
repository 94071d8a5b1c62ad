import HTTPWire

/// All that a parser says about one response, with the promises checked that hold of each call.
struct Reading: Equatable {
    /// Informational codes, then what the head says, in order.
    private var head: [UInt8] = []
    private var body: [UInt8] = []
    private var hasHead = false
    private var interims = 0
    private var verdict = ResponseEvent.needsMore
    /// The bytes consumed; only compared where the response ended.
    private var consumed = 0
    private var afterClose = ResponseEvent.needsMore

    static func == (one: Reading, other: Reading) -> Bool {
        guard
            one.head == other.head, one.body == other.body, one.hasHead == other.hasHead,
            one.verdict == other.verdict, one.afterClose == other.afterClose
        else { return false }
        if case .end = one.verdict { return one.consumed == other.consumed }
        return true
    }

    /// Reads `pieces` of the response of `input`, then closes.
    init(
        _ pieces: [ArraySlice<UInt8>], of input: FuzzInput, using parser: inout ResponseParser
    ) {
        parser.begin(input.context)
        for piece in pieces where verdict == .needsMore {
            take(piece.span, limits: input.limits, from: &parser)
        }
        checkSilence(after: &parser)
        afterClose = parser.finish()
        if case .end = afterClose { checkLength(parser.head, in: input.context) }
        switch (verdict, afterClose) {
        case (.end, .end(let persistence)), (.needsMore, .end(let persistence)):
            promise(persistence == .close, "a closed connection persists")
        case (.needsMore, .failure): break
        case (.failure, .failure): promise(verdict == afterClose, "another failure")
        default: fatalError("finish says \(afterClose) after \(verdict)")
        }
    }

    private mutating func take(
        _ piece: Span<UInt8>, limits: ResponseParserLimits, from parser: inout ResponseParser
    ) {
        var offset = 0
        var events = 0
        while verdict == .needsMore {
            let before = offset
            let event = parser.parse(piece, from: &offset)
            promise(before <= offset, "the offset went back")
            promise(offset <= piece.count, "more was consumed than there is")
            consumed += offset - before
            // Each event but the head of a counted body of nothing, and the last, takes a byte.
            events += 1
            promise(events <= piece.count + 2, "more events than bytes")
            switch event {
            case .needsMore:
                promise(offset == piece.count, "bytes are left and more are wanted")
                return
            case .informational(let status):
                promise(!hasHead && 100..<200 ~= status, "no informational response")
                promise(status != 101, "101 is no interim response")
                interims += 1
                promise(interims <= limits.informationalResponses, "too many interim responses")
                note(status)
            case .head:
                promise(!hasHead, "a second head")
                hasHead = true
                note(parser.head)
            case .body(let range):
                promise(hasHead && !range.isEmpty, "a body of no head, or nothing of it")
                promise(
                    before <= range.lowerBound && range.upperBound <= offset,
                    "the body is not what was consumed")
                for index in range { body.append(piece[index]) }
                promise(body.count <= limits.bodyBytes, "the body is over its limit")
            case .end, .failure:
                verdict = event
            }
        }
    }

    /// A complete body is as long as the head says, and none is where there can be none.
    private func checkLength(_ head: ResponseHead, in context: ResponseContext) {
        promise(hasHead, "an end without a head")
        let isTunnel = context == .connect && head.status < 300
        if context == .head || head.status == 204 || head.status == 304 || isTunnel {
            promise(body.isEmpty, "a body that cannot be")
        } else if let length = head.contentLength {
            promise(body.count == length, "\(body.count) bytes of \(length)")
        }
        promise(
            head.isCloseDelimited == (verdict == .needsMore), "the close ended \(verdict)")
    }

    /// The verdict stands, whatever comes.
    private func checkSilence(after parser: inout ResponseParser) {
        guard verdict != .needsMore else { return }
        let more: [UInt8] = [0x30, 0x0d, 0x0a]
        var offset = 0
        let event = parser.parse(more.span, from: &offset)
        promise(offset == 0, "bytes were consumed after \(verdict)")
        if case .failure = verdict {
            promise(event == verdict, "the failure did not stand")
        } else {
            promise(event == .needsMore, "an event after the end")
        }
    }

    private mutating func note(_ number: Int) {
        promise(100..<1000 ~= number, "no status code")
        head.append(UInt8(number / 100))
        head.append(UInt8(number % 100))
    }

    private mutating func note(_ found: ResponseHead) {
        note(found.status)
        head.append(found.version == .http10 ? 0 : 1)
        head.append((found.isChunked ? 1 : 0) | (found.isCloseDelimited ? 2 : 0))
        for number in [found.contentLength, found.keepAliveTimeoutSeconds, found.keepAliveMax] {
            promise((number ?? 0) >= 0, "a number below 0")
            note(UInt64(bitPattern: Int64(number ?? -1)))
        }
        head += found.reason
        var fields = 0
        // Each name and value with its length before it, so that no two heads are noted alike.
        var bytes: [UInt8] = []
        found.forEachField { name, value in
            promise(!name.isEmpty, "a field without a name")
            fields += 1
            for part in [0, 1] {
                let span = part == 0 ? name : value
                bytes.append(UInt8(truncatingIfNeeded: span.count))
                bytes.append(UInt8(truncatingIfNeeded: span.count >> 8))
                for index in span.indices {
                    promise(Self.isAllowed(span[index], inName: part == 0), "a control character")
                    bytes.append(span[index])
                }
            }
        }
        promise(fields == found.fieldCount, "the count of fields is wrong")
        head += bytes
    }

    /// Of names only what must never be in one; the tests have the whole table.
    private static func isAllowed(_ byte: UInt8, inName: Bool) -> Bool {
        if inName { return 0x21..<0x7F ~= byte && byte != 0x3A }
        return byte >= 0x20 ? byte != 0x7F : byte == 0x09
    }

    private mutating func note(_ word: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            head.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }
}

/// Stops with `breach` unless the promise is kept; unlike a precondition it speaks when optimized.
func promise(_ isKept: Bool, _ breach: @autoclosure () -> String) {
    if !isKept { fatalError(breach()) }
}
