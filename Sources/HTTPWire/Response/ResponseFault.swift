/// Why a response was refused: a closed list.
public enum ResponseFault: Error, Sendable, Hashable, CaseIterable {
    /// The first bytes are not those of an HTTP/1 status line.
    case malformedStatusLine
    /// The status line names a version that is neither HTTP/1.0 nor HTTP/1.1 or later 1.x.
    case invalidVersion
    /// The status code is not three digits from 100 to 999.
    case invalidStatusCode
    /// The reason phrase holds a control character.
    case invalidReason
    /// A field line has an empty name, or a byte in its name that is no token character.
    case invalidFieldName
    /// A field line has no colon.
    case missingColon
    /// White space stands between a field name and its colon.
    case whitespaceBeforeColon
    /// White space begins the first line after the status line or of the trailer section.
    case whitespaceBeforeFirstField
    /// A field value holds NUL or another control character.
    case invalidFieldValue
    /// A CR is not followed by LF.
    case bareCarriageReturn
    /// A Content-Length value is not a decimal number that fits.
    case invalidContentLength
    /// Content-Length values differ.
    case conflictingContentLength
    /// Content-Length and Transfer-Encoding stand in one response.
    case contentLengthWithTransferEncoding
    /// Transfer-Encoding does not end in chunked.
    case transferCodingNotChunked
    /// Transfer-Encoding names a coding beside one chunked, which was not asked for.
    case unsupportedTransferCoding
    /// Transfer-Encoding stands in an HTTP/1.0 response.
    case transferEncodingInHTTP10
    /// A chunk size line does not have the right form.
    case invalidChunkSize
    /// A chunk size is too large for this machine, or has more than 16 digits.
    case chunkSizeOverflow
    /// A chunk extension holds a control character, or its line does not end in CRLF.
    case invalidChunkExtension
    /// The chunk extensions are larger than their limit.
    case chunkExtensionTooLong
    /// Chunk data are not followed by CRLF.
    case invalidChunkTerminator
    /// The status line and fields are larger than their limit.
    case headersTooLarge
    /// The trailer section is larger than its limit.
    case trailersTooLarge
    /// The body is larger than its limit, or says that it will be.
    case bodyTooLarge
    /// More 1xx responses came than the limit allows.
    case tooManyInformational
    /// 101 Switching Protocols came, though no upgrade was asked for.
    case unexpectedUpgrade
    /// The connection ended before a single byte of the response.
    case closedBeforeHead
    /// The connection ended within the head, or between an interim response and the final one.
    case closedInHead
    /// The connection ended before the body was complete.
    case closedInBody

    /// The coarse class of a fault.
    public enum Kind: Sendable, Hashable {
        /// The bytes break RFC 9112.
        case malformed
        /// The head or the trailer section is over its limit.
        case headersTooLarge
        /// The body is over its limit.
        case bodyTooLarge
        /// The connection ended too soon.
        case closedEarly
    }

    /// The coarse class of this fault.
    public var kind: Kind {
        switch self {
        case .malformedStatusLine, .invalidVersion, .invalidStatusCode, .invalidReason,
            .invalidFieldName, .missingColon, .whitespaceBeforeColon, .whitespaceBeforeFirstField,
            .invalidFieldValue, .bareCarriageReturn, .invalidContentLength,
            .conflictingContentLength, .contentLengthWithTransferEncoding,
            .transferCodingNotChunked, .unsupportedTransferCoding, .transferEncodingInHTTP10,
            .invalidChunkSize, .chunkSizeOverflow, .invalidChunkExtension, .chunkExtensionTooLong,
            .invalidChunkTerminator, .tooManyInformational, .unexpectedUpgrade:
            .malformed
        case .headersTooLarge, .trailersTooLarge: .headersTooLarge
        case .bodyTooLarge: .bodyTooLarge
        case .closedBeforeHead, .closedInHead, .closedInBody: .closedEarly
        }
    }
}

extension ResponseFault: CustomStringConvertible {
    /// One sentence for a person, with the section of the standard.
    public var description: String { "\(sentence) (\(section))" }

    private var sentence: String {
        switch self {
        case .malformedStatusLine: "the answer does not begin with an HTTP/1 status line"
        case .invalidVersion: "the status line names a version other than HTTP/1.0 and HTTP/1.1"
        case .invalidStatusCode: "the status code is not three digits from 100 to 999"
        case .invalidReason: "the reason phrase holds a control character"
        case .invalidFieldName: "a field name is empty or holds a byte that is not allowed"
        case .missingColon: "a field line has no colon"
        case .whitespaceBeforeColon: "white space stands between a field name and its colon"
        case .whitespaceBeforeFirstField: "white space begins the line before the first field"
        case .invalidFieldValue: "a field value holds a control character"
        case .bareCarriageReturn: "a CR is not followed by LF"
        case .invalidContentLength: "a Content-Length value is not a decimal number that fits"
        case .conflictingContentLength: "the Content-Length values differ"
        case .contentLengthWithTransferEncoding:
            "Content-Length and Transfer-Encoding stand in one response"
        case .transferCodingNotChunked: "Transfer-Encoding does not end in chunked"
        case .unsupportedTransferCoding: "Transfer-Encoding names a coding that was not asked for"
        case .transferEncodingInHTTP10: "Transfer-Encoding stands in an HTTP/1.0 response"
        case .invalidChunkSize: "a chunk size line does not have the right form"
        case .chunkSizeOverflow: "a chunk size is too large"
        case .invalidChunkExtension: "a chunk extension holds a control character or a bare LF"
        case .chunkExtensionTooLong: "the chunk extensions are larger than the limit"
        case .invalidChunkTerminator: "the data of a chunk are not followed by CRLF"
        case .headersTooLarge: "the status line and fields are larger than the limit"
        case .trailersTooLarge: "the trailer section is larger than the limit"
        case .bodyTooLarge: "the body is larger than the limit"
        case .tooManyInformational: "more interim 1xx responses came than the limit allows"
        case .unexpectedUpgrade: "101 Switching Protocols came, though no upgrade was asked for"
        case .closedBeforeHead: "the connection ended before the first byte of the response"
        case .closedInHead: "the connection ended before the head was complete"
        case .closedInBody: "the connection ended before the body was complete"
        }
    }

    private var section: String {
        switch self {
        case .malformedStatusLine, .invalidReason: "RFC 9112, section 4"
        case .invalidVersion: "RFC 9112, section 2.3"
        case .invalidStatusCode: "RFC 9110, section 15"
        case .invalidFieldName: "RFC 9110, section 5.1"
        case .missingColon: "RFC 9112, section 5"
        case .whitespaceBeforeColon: "RFC 9112, section 5.1"
        case .whitespaceBeforeFirstField, .bareCarriageReturn: "RFC 9112, section 2.2"
        case .invalidFieldValue: "RFC 9110, section 5.5"
        case .invalidContentLength, .conflictingContentLength: "RFC 9110, section 8.6"
        case .contentLengthWithTransferEncoding: "RFC 9112, section 6.3"
        case .transferCodingNotChunked: "RFC 9112, section 6.3"
        case .unsupportedTransferCoding: "RFC 9112, section 7"
        case .transferEncodingInHTTP10: "RFC 9112, section 6.1"
        case .invalidChunkSize, .chunkSizeOverflow, .invalidChunkTerminator:
            "RFC 9112, section 7.1"
        case .invalidChunkExtension, .chunkExtensionTooLong: "RFC 9112, section 7.1.1"
        case .headersTooLarge: "RFC 9110, section 5.4"
        case .trailersTooLarge: "RFC 9112, section 7.1.2"
        case .bodyTooLarge: "RFC 9110, section 8.6"
        case .tooManyInformational: "RFC 9110, section 15.2"
        case .unexpectedUpgrade: "RFC 9110, section 7.8"
        case .closedBeforeHead: "RFC 9112, section 9.5"
        case .closedInHead, .closedInBody: "RFC 9112, section 8"
        }
    }
}
