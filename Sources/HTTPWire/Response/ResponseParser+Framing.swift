extension ResponseParser {
    /// All fields are here: decides what kind of body follows (RFC 9112, section 6.3).
    mutating func completeHead() -> ResponseEvent {
        if lines.hasFolds { unfold() }
        let status = head.status
        if status < 200 { return completeInformational(status) }
        if let fault = frame() { return fail(fault) }
        return .head
    }

    private mutating func completeInformational(_ status: Int) -> ResponseEvent {
        if status == 101 { return fail(.unexpectedUpgrade) }
        informationals += 1
        if informationals > limits.informationalResponses { return fail(.tooManyInformational) }
        head.reset()
        lines = FieldLineScanner()
        statusStep = .prefix
        return .informational(status: status)
    }

    /// Makes one line of each folded value: its line ends become spaces (RFC 9112, section 5.2).
    private mutating func unfold() {
        for field in head.fields {
            for index in field.value
            where head.bytes[index] == .carriageReturn || head.bytes[index] == .lineFeed {
                head.bytes[index] = .space
            }
        }
    }

    private mutating func frame() -> ResponseFault? {
        var framing = FramingFields()
        // The ranges are taken out and put back, so that bytes and ranges are borrowed apart.
        var fields: [FieldRange] = []
        swap(&fields, &head.fields)
        framing.read(head.bytes.span, &fields)
        swap(&fields, &head.fields)
        head.hasContentCoding = framing.hasContentCoding
        head.keepAliveTimeoutSeconds = framing.keepAlive.timeout
        head.keepAliveMax = framing.keepAlive.max
        // After a 2xx to CONNECT both length fields are ignored (RFC 9112, section 6.3).
        if context == .connect, head.status < 300 {
            stage = .complete
            persistence = .close
            return nil
        }
        if let fault = framing.fault(in: head.version) { return fault }
        persistence = framing.persistence(in: head.version)
        head.contentLength = framing.contentLength
        if context == .head || head.status == 204 || head.status == 304 {
            stage = .complete
        } else if framing.transferCodings > 0 {
            head.isChunked = true
            stage = .chunkSize
        } else if let length = framing.contentLength {
            remaining = length
            stage = length == 0 ? .complete : .counted
            if length > limits.bodyBytes { stage = .failed(.bodyTooLarge) }
        } else {
            head.isCloseDelimited = true
            persistence = .close
            stage = .untilClose
        }
        return nil
    }
}

/// What the fields of a head say about the body and the connection.
struct FramingFields {
    private(set) var contentLength: Int?
    private(set) var transferCodings = 0
    private(set) var hasContentCoding = false
    private(set) var keepAlive = KeepAliveParameters()
    private var hasTransferEncoding = false
    private var isLastChunked = false
    private var lengthFault: ResponseFault?
    private var hasCloseOption = false
    private var hasKeepAliveOption = false

    /// Reads all `fields`, which are ranges of `span`, and takes the blanks off their values.
    mutating func read(_ span: Span<UInt8>, _ fields: inout [FieldRange]) {
        for index in fields.indices {
            let value = span.trimmed(fields[index].value)
            fields[index].valueStart = UInt32(truncatingIfNeeded: value.lowerBound)
            fields[index].valueEnd = UInt32(truncatingIfNeeded: value.upperBound)
            read(span, fields[index].name, value)
        }
    }

    private mutating func read(_ span: Span<UInt8>, _ name: Range<Int>, _ value: Range<Int>) {
        // The length tells apart all names that matter but two.
        switch name.count {
        case 10:
            if span.equalsLowercased("connection", at: name) {
                readConnection(span, value)
            } else if span.equalsLowercased("keep-alive", at: name) {
                keepAlive = KeepAliveParameters(span, value)
            }
        case 14:
            if span.equalsLowercased("content-length", at: name) { readContentLength(span, value) }
        case 16:
            if span.equalsLowercased("content-encoding", at: name) { hasContentCoding = true }
        case 17:
            if span.equalsLowercased("transfer-encoding", at: name) {
                readTransferEncoding(span, value)
            }
        default:
            break
        }
    }

    /// What is wrong with the length fields, if anything.
    func fault(in version: ResponseHead.Version) -> ResponseFault? {
        if let lengthFault { return lengthFault }
        guard hasTransferEncoding else { return nil }
        if version == .http10 { return .transferEncodingInHTTP10 }
        if contentLength != nil { return .contentLengthWithTransferEncoding }
        if !isLastChunked { return .transferCodingNotChunked }
        return transferCodings > 1 ? .unsupportedTransferCoding : nil
    }

    /// Whether the connection persists, close-delimited bodies aside (RFC 9112, section 9.3).
    func persistence(in version: ResponseHead.Version) -> Persistence {
        if hasCloseOption { return .close }
        switch version {
        case .http11: return .reusable
        case .http10: return hasKeepAliveOption ? .reusable : .close
        }
    }

    private mutating func readConnection(_ span: Span<UInt8>, _ value: Range<Int>) {
        var elements = ListElements(value)
        while let element = elements.next(in: span) {
            if span.equalsLowercased("close", at: element) { hasCloseOption = true }
            if span.equalsLowercased("keep-alive", at: element) { hasKeepAliveOption = true }
        }
    }

    private mutating func readContentLength(_ span: Span<UInt8>, _ value: Range<Int>) {
        var start = value.lowerBound
        repeat {
            var stop = start
            while stop < value.upperBound, span[stop] != .comma { stop += 1 }
            guard let length = span.decimal(at: span.trimmed(start..<stop)) else {
                lengthFault = lengthFault ?? .invalidContentLength
                return
            }
            if let contentLength, contentLength != length {
                lengthFault = lengthFault ?? .conflictingContentLength
            }
            contentLength = length
            start = stop + 1
        } while start <= value.upperBound
    }

    private mutating func readTransferEncoding(_ span: Span<UInt8>, _ value: Range<Int>) {
        hasTransferEncoding = true
        var elements = ListElements(value)
        while let element = elements.next(in: span) {
            transferCodings += 1
            isLastChunked = span.equalsLowercased("chunked", at: element)
        }
    }
}

/// The parameters of a Keep-Alive field: `timeout=5, max=100`.
///
/// The field has no current standard; RFC 2068, section 19.7.1.1 named it. What cannot be read is
/// ignored.
struct KeepAliveParameters {
    private(set) var timeout: Int?
    private(set) var max: Int?

    init() {}

    init(_ span: Span<UInt8>, _ value: Range<Int>) {
        var elements = ListElements(value)
        while let element = elements.next(in: span) {
            var split = element.lowerBound
            while split < element.upperBound, span[split] != .equals { split += 1 }
            guard split < element.upperBound else { continue }
            let name = span.trimmed(element.lowerBound..<split)
            let number = span.decimal(at: span.trimmed((split + 1)..<element.upperBound))
            if span.equalsLowercased("timeout", at: name) { timeout = number }
            if span.equalsLowercased("max", at: name) { max = number }
        }
    }
}
