/// The status line and fields of one response, kept as the bytes that came.
///
/// A copy shares the bytes with the parser until the parser begins the next response.
public struct ResponseHead: Sendable {
    /// An HTTP version that this parser reads.
    public enum Version: Sendable, Hashable {
        /// HTTP/1.0.
        case http10
        /// HTTP/1.1, or a later 1.x that is read as 1.1 (RFC 9110, section 2.5).
        case http11
    }

    /// A content coding (RFC 9110, section 8.4.1).
    public enum ContentCoding: Sendable, Hashable {
        /// `gzip` or `x-gzip`.
        case gzip
        /// `deflate`.
        case deflate
        /// `br` (RFC 7932).
        case br
        /// `identity`, which changes nothing.
        case identity
        /// Any other name.
        case other
    }

    /// The status code, 100 to 999; 0 before the first head.
    public internal(set) var status = 0
    /// The version of the status line.
    public internal(set) var version = Version.http11
    /// The value of Content-Length, in bytes, when there is one.
    public internal(set) var contentLength: Int?
    /// Whether the body is chunked.
    public internal(set) var isChunked = false
    /// Whether nothing but the end of the connection delimits the body.
    public internal(set) var isCloseDelimited = false
    /// The `timeout` of a Keep-Alive field, in seconds: how long the server keeps idle connections.
    public internal(set) var keepAliveTimeoutSeconds: Int?
    /// The `max` of a Keep-Alive field: how many more requests the server takes here.
    public internal(set) var keepAliveMax: Int?

    var bytes: [UInt8] = []
    var fields: [FieldRange] = []
    var reasonRange = 0..<0
    var hasContentCoding = false
}

/// Where one field stands in the bytes of a head.
struct FieldRange: Sendable {
    var nameStart: UInt32
    var nameEnd: UInt32
    var valueStart: UInt32
    var valueEnd: UInt32

    var name: Range<Int> { Int(nameStart)..<Int(nameEnd) }
    var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
}

extension ResponseHead {
    /// How many field lines there are.
    public var fieldCount: Int { fields.count }

    /// The reason phrase as received, of unknown encoding; clients should not read meaning into it.
    public var reason: ArraySlice<UInt8> { bytes[reasonRange] }

    /// Calls `body` with the name and the value of each field line, in order.
    ///
    /// Values have no white space around them; a folded value is one line (RFC 9112, section 5.2).
    public func forEachField(_ body: (_ name: Span<UInt8>, _ value: Span<UInt8>) -> Void) {
        let span = bytes.span
        for field in fields {
            body(span.extracting(field.name), span.extracting(field.value))
        }
    }

    /// The values of all field lines with this name, in order.
    ///
    /// Names are compared without regard to case; bytes that are not UTF-8 are replaced by U+FFFD.
    public func values(of name: String) -> [String] {
        var values: [String] = []
        for field in fields where matches(field, name) {
            values.append(String(decoding: bytes[field.value], as: UTF8.self))
        }
        return values
    }

    /// The value of the first field line with this name; otherwise as ``values(of:)``.
    public func firstValue(of name: String) -> String? {
        for field in fields where matches(field, name) {
            return String(decoding: bytes[field.value], as: UTF8.self)
        }
        return nil
    }

    /// The content codings in the order in which they were applied; unknown ones are `other`.
    public var contentCodings: [ContentCoding] {
        guard hasContentCoding else { return [] }
        var codings: [ContentCoding] = []
        let span = bytes.span
        for field in fields where matches(field, "content-encoding") {
            var elements = ListElements(field.value)
            while let element = elements.next(in: span) {
                codings.append(Self.contentCoding(span, element))
            }
        }
        return codings
    }

    private static func contentCoding(_ span: Span<UInt8>, _ name: Range<Int>) -> ContentCoding {
        if span.equalsLowercased("gzip", at: name) { return .gzip }
        if span.equalsLowercased("br", at: name) { return .br }
        if span.equalsLowercased("deflate", at: name) { return .deflate }
        if span.equalsLowercased("x-gzip", at: name) { return .gzip }
        if span.equalsLowercased("identity", at: name) { return .identity }
        return .other
    }

    private func matches(_ field: FieldRange, _ name: String) -> Bool {
        guard field.nameEnd - field.nameStart == name.utf8.count else { return false }
        var index = Int(field.nameStart)
        for byte in name.utf8 {
            guard bytes[index].lowercased == byte.lowercased else { return false }
            index += 1
        }
        return true
    }

    /// Forgets everything but the storage, and a large storage too.
    ///
    /// An idle connection keeps at most 2 KiB of bytes and 64 field ranges.
    mutating func reset() {
        status = 0
        version = .http11
        contentLength = nil
        isChunked = false
        isCloseDelimited = false
        keepAliveTimeoutSeconds = nil
        keepAliveMax = nil
        reasonRange = 0..<0
        hasContentCoding = false
        if !bytes.isEmpty { bytes.removeAll(keepingCapacity: bytes.capacity <= 2 << 10) }
        if !fields.isEmpty { fields.removeAll(keepingCapacity: fields.capacity <= 64) }
    }
}
