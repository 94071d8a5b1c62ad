import HTTPWire
import Testing

/// One row of the table of body lengths (RFC 9112, section 6.3).
struct FramingRow: Sendable, CustomTestStringConvertible {
    var name: String
    var head: String
    var rest = ""
    var context = ResponseContext.ordinary
    var status = 200
    /// The body, or why there is none.
    var body: Result<String, ResponseFault>
    var persistence = Persistence.reusable
    /// How many bytes of `rest` are after the end of the response.
    var left = 0
    /// Whether only the close of the connection ends the response.
    var endsAtClose = false

    var bytes: [UInt8] { Array((head + rest).utf8) }
    var testDescription: String { name }

    static func ok(
        _ name: String, _ fields: String, _ rest: String = "", body: String = "",
        _ context: ResponseContext = .ordinary, line: String = "HTTP/1.1 200 OK",
        status: Int = 200, persistence: Persistence = .reusable, left: Int = 0,
        endsAtClose: Bool = false
    ) -> FramingRow {
        FramingRow(
            name: name, head: "\(line)\r\n\(fields)\r\n", rest: rest, context: context,
            status: status, body: .success(body), persistence: persistence, left: left,
            endsAtClose: endsAtClose)
    }

    static func refused(
        _ name: String, _ fields: String, _ rest: String = "",
        line: String = "HTTP/1.1 200 OK", _ fault: ResponseFault
    ) -> FramingRow {
        FramingRow(
            name: name, head: "\(line)\r\n\(fields)\r\n", rest: rest, body: .failure(fault))
    }

    private static let chunked = "Transfer-Encoding: chunked\r\n"

    static let noBody: [FramingRow] = [
        .ok("HEAD, length", "Content-Length: 5\r\n", "hello", .head, left: 5),
        .ok("HEAD, chunked", chunked, "0\r\n\r\n", .head, left: 5),
        .ok("HEAD, no length", "", "x", .head, left: 1),
        .ok("HEAD, length over the limit", "Content-Length: 9999999999\r\n", "", .head),
        .ok(
            "204, length", "Content-Length: 5\r\n", "hello", line: "HTTP/1.1 204 No Content",
            status: 204, left: 5),
        .ok("204, chunked", chunked, line: "HTTP/1.1 204 No Content", status: 204),
        .ok("204, no length", "", "x", line: "HTTP/1.1 204 No Content", status: 204, left: 1),
        .ok(
            "304, length of the representation", "Content-Length: 5\r\n",
            line: "HTTP/1.1 304 Not Modified", status: 304),
        .ok("304, chunked", chunked, line: "HTTP/1.1 304 Not Modified", status: 304),
        .ok(
            "CONNECT, 2xx: length ignored", "Content-Length: 5\r\n", "tunnel", .connect,
            persistence: .close, left: 6),
        .ok(
            "CONNECT, 2xx: both lengths ignored", "Content-Length: 5\r\n" + chunked, "",
            .connect, persistence: .close),
        .ok(
            "CONNECT, 407 has a body", "Content-Length: 2\r\n", "no", body: "no", .connect,
            line: "HTTP/1.1 407 Proxy Authentication Required", status: 407),
        .ok("length 0", "Content-Length: 0\r\n", "x", left: 1),
        .ok(
            "205 is framed like any other", "Content-Length: 0\r\n", line: "HTTP/1.1 205 R",
            status: 205),
    ]

    static let counted: [FramingRow] = [
        .ok("length", "Content-Length: 5\r\n", "hello", body: "hello"),
        .ok("length, then more bytes", "Content-Length: 2\r\n", "okHTTP", body: "ok", left: 4),
        .ok("length with blanks", "content-length: \t2 \t\r\n", "ok", body: "ok"),
        .ok("length with leading zeros", "Content-Length: 002\r\n", "ok", body: "ok"),
        .ok(
            "equal lengths in two lines", "Content-Length: 2\r\nCONTENT-LENGTH: 2\r\n", "ok",
            body: "ok"),
        .ok("equal lengths in a list", "Content-Length: 2, 2,2\r\n", "ok", body: "ok"),
        .refused(
            "lengths that differ", "Content-Length: 2\r\nContent-Length: 3\r\n", "ok",
            .conflictingContentLength),
        .refused(
            "lengths that differ in a list", "Content-Length: 2, 3\r\n", "ok",
            .conflictingContentLength),
        .refused("an element missing", "Content-Length: 2,\r\n", "ok", .invalidContentLength),
        .refused("no digits", "Content-Length:\r\n", "ok", .invalidContentLength),
        .refused("a sign", "Content-Length: +2\r\n", "ok", .invalidContentLength),
        .refused("a negative length", "Content-Length: -2\r\n", "ok", .invalidContentLength),
        .refused("hexadecimal", "Content-Length: 0x2\r\n", "ok", .invalidContentLength),
        .refused("a fraction", "Content-Length: 2.0\r\n", "ok", .invalidContentLength),
        .refused("two numbers", "Content-Length: 2 2\r\n", "ok", .invalidContentLength),
        .refused(
            "2^63", "Content-Length: 9223372036854775808\r\n", "ok", .invalidContentLength),
        .refused(
            "2^64 and two more", "Content-Length: 18446744073709551618\r\n", "ok",
            .invalidContentLength),
        .refused("a body too short", "Content-Length: 3\r\n", "ok", .closedInBody),
        .refused(
            "a length in 204 that is none", "Content-Length: x\r\n",
            line: "HTTP/1.1 204 No Content", .invalidContentLength),
    ]

    static let chunkedBodies: [FramingRow] = [
        .ok("chunks", chunked, "2\r\nok\r\n3\r\nyes\r\n0\r\n\r\n", body: "okyes"),
        .ok("an empty body", chunked, "0\r\n\r\n"),
        .ok("many zeros", chunked, "0000000000000002\r\nok\r\n00000\r\n\r\n", body: "ok"),
        .ok(
            "sizes in both cases", chunked, "a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n",
            body: "01234567890123456789"),
        .ok("CRLF in data", chunked, "4\r\n\r\n\r\n\r\n0\r\n\r\n", body: "\r\n\r\n"),
        .ok("extensions", chunked, "2;a;b=c;d=\"e\\\"f\"\r\nok\r\n0;last\r\n\r\n", body: "ok"),
        .ok("blanks before an extension", chunked, "2 \t;a\r\nok\r\n0\r\n\r\n", body: "ok"),
        .ok("trailers", chunked, "2\r\nok\r\n0\r\nDigest: 1\r\nB:\r\n\r\n", body: "ok"),
        .ok("bytes after trailers", chunked, "0\r\nA: b\r\n\r\nHTTP/1.1", left: 8),
        .ok("a trailer that is no framing", chunked, "0\r\nContent-Length: 7\r\n\r\n"),
        .ok("the coding in capitals", "TRANSFER-ENCODING: CHUNKED\r\n", "0\r\n\r\n"),
        .ok("empty list elements", "Transfer-Encoding: , chunked ,\r\n", "0\r\n\r\n"),
        .refused("no size", chunked, "\r\nok\r\n", .invalidChunkSize),
        .refused("no hexadecimal", chunked, "g\r\nok\r\n", .invalidChunkSize),
        .refused("a prefix", chunked, "0x2\r\nok\r\n", .invalidChunkSize),
        .refused("a sign", chunked, "+2\r\nok\r\n", .invalidChunkSize),
        .refused("a leading blank", chunked, " 2\r\nok\r\n", .invalidChunkSize),
        .refused("a blank within", chunked, "1 0\r\nok\r\n", .invalidChunkSize),
        .refused("2^63", chunked, "8000000000000000\r\n", .chunkSizeOverflow),
        .refused("17 digits", chunked, "00000000000000002\r\nok\r\n", .chunkSizeOverflow),
        .refused("a bare LF after the size", chunked, "2\nok\r\n", .invalidChunkSize),
        .refused("a bare CR after the size", chunked, "2\rok\r\n", .bareCarriageReturn),
        .refused("a bare LF in an extension", chunked, "2;a\nok\r\n", .invalidChunkExtension),
        .refused("a bare LF after data", chunked, "2\r\nok\n0\r\n\r\n", .invalidChunkTerminator),
        .refused("data longer than told", chunked, "2\r\nokay\r\n", .invalidChunkTerminator),
        .refused(
            "data shorter than told", chunked, "4\r\nok\r\n0\r\n\r\n", .invalidChunkTerminator),
        .refused("closed within data", chunked, "4\r\nok", .closedInBody),
        .refused("closed before the last chunk", chunked, "2\r\nok\r\n", .closedInBody),
        .refused("closed before the last line", chunked, "2\r\nok\r\n0\r\n", .closedInBody),
        .refused("closed within trailers", chunked, "0\r\nA: b\r\n", .closedInBody),
        .refused("a broken trailer", chunked, "0\r\nA b\r\n\r\n", .whitespaceBeforeColon),
        .refused(
            "a fold without a trailer", chunked, "0\r\n A: b\r\n\r\n",
            .whitespaceBeforeFirstField),
    ]

    static let codings: [FramingRow] = [
        .refused(
            "length and chunked", "Content-Length: 2\r\n" + chunked, "ok",
            .contentLengthWithTransferEncoding),
        .refused(
            "chunked and length", chunked + "Content-Length: 2\r\n", "ok",
            .contentLengthWithTransferEncoding),
        .refused("identity", "Transfer-Encoding: identity\r\n", "ok", .transferCodingNotChunked),
        .refused("gzip alone", "Transfer-Encoding: gzip\r\n", "ok", .transferCodingNotChunked),
        .refused("no coding", "Transfer-Encoding:\r\n", "ok", .transferCodingNotChunked),
        .refused(
            "chunked not last", "Transfer-Encoding: chunked, gzip\r\n", "ok",
            .transferCodingNotChunked),
        .refused(
            "chunked not last, in two lines", chunked + "Transfer-Encoding: gzip\r\n", "ok",
            .transferCodingNotChunked),
        .refused("chunked twice", chunked + chunked, "0\r\n\r\n", .unsupportedTransferCoding),
        .refused(
            "gzip before chunked", "Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n",
            .unsupportedTransferCoding),
        .refused(
            "a name that only begins so", "Transfer-Encoding: chunkedx\r\n", "0\r\n\r\n",
            .transferCodingNotChunked),
        .refused(
            "a parameter", "Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n",
            .transferCodingNotChunked),
        .refused(
            "HTTP/1.0 and chunked", chunked, "0\r\n\r\n", line: "HTTP/1.0 200 OK",
            .transferEncodingInHTTP10),
        .refused(
            "HTTP/1.0 and both", "Content-Length: 2\r\n" + chunked, "ok",
            line: "HTTP/1.0 200 OK", .transferEncodingInHTTP10),
    ]

    static let untilClose: [FramingRow] = [
        .ok(
            "until close", "", "all of it", body: "all of it", persistence: .close,
            endsAtClose: true),
        .ok("until close, empty", "", persistence: .close, endsAtClose: true),
        .ok(
            "until close, though keep-alive is said", "Connection: keep-alive\r\n", "x",
            body: "x", persistence: .close, endsAtClose: true),
        .ok(
            "HTTP/1.0 until close", "", "x", body: "x", line: "HTTP/1.0 200 OK",
            persistence: .close, endsAtClose: true),
        .ok(
            "HTTP/1.0 with length", "Content-Length: 1\r\n", "x", body: "x",
            line: "HTTP/1.0 200 OK", persistence: .close),
    ]

    static let informational: [FramingRow] = [
        .ok(
            "100", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n", "x", body: "x",
            line: "HTTP/1.1 100 Continue"),
        .ok(
            "103 with fields, and lengths that mean nothing",
            "Link: </a>\r\nContent-Length: 9\r\n" + chunked
                + "\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n", "x", body: "x",
            line: "HTTP/1.1 103 Early Hints"),
        .ok(
            "100 before the answer to HEAD", "\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n", "",
            .head, line: "HTTP/1.1 100 Continue"),
        .refused("100 alone", "", line: "HTTP/1.1 100 Continue", .closedInHead),
        .refused("101", "Upgrade: h2c\r\n", line: "HTTP/1.1 101 S", .unexpectedUpgrade),
    ]

    static let all = noBody + counted + chunkedBodies + codings + untilClose + informational
}

/// Where a body ends (RFC 9112, section 6.3).
struct FramingTests {
    @Test(arguments: FramingRow.all)
    func `A response has the body, the end and the persistence of its row`(row: FramingRow) {
        let transcript = Transcript.of(row.bytes, row.context)
        switch row.body {
        case .failure(let fault):
            #expect(transcript.fault == fault)
            #expect(transcript.persistence == nil)
        case .success(let body):
            #expect(transcript.fault == nil)
            #expect(transcript.status == row.status)
            #expect(transcript.text == body)
            #expect(transcript.persistence == row.persistence)
            // The close afterwards is the end of the connection, whatever the server said.
            #expect(transcript.afterClose == .end(persistence: .close))
            if row.endsAtClose {
                #expect(transcript.verdict == .needsMore)
            } else {
                #expect(transcript.consumed == row.bytes.count - row.left)
            }
        }
    }

    @Test func `Bytes after the end are left, and the parser takes none of them`() {
        var parser = ResponseParser(limits: ResponseParserLimits())
        parser.begin(.ordinary)
        let bytes = Array(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n\r\n".utf8)
        var offset = 0
        #expect(parser.parse(bytes.span, from: &offset) == .head)
        #expect(parser.head.contentLength == 1)
        let body = bytes.count - 20..<bytes.count - 19
        #expect(parser.parse(bytes.span, from: &offset) == .body(body))
        #expect(parser.parse(bytes.span, from: &offset) == .end(persistence: .reusable))
        #expect(parser.parse(bytes.span, from: &offset) == .needsMore)
        #expect(offset == body.upperBound)
    }

    @Test func `The head says how the body is framed`() {
        func head(_ fields: String) -> ResponseHead? {
            var parser = ResponseParser(limits: ResponseParserLimits())
            parser.begin(.ordinary)
            let bytes = Array("HTTP/1.1 200 Fine\r\n\(fields)\r\n".utf8)
            var offset = 0
            return parser.parse(bytes.span, from: &offset) == .head ? parser.head : nil
        }
        #expect(head("Content-Length: 7\r\n")?.contentLength == 7)
        #expect(head("Content-Length: 7\r\n")?.isChunked == false)
        #expect(head("Transfer-Encoding: chunked\r\n")?.isChunked == true)
        #expect(head("Transfer-Encoding: chunked\r\n")?.contentLength == nil)
        #expect(head("")?.isCloseDelimited == true)
        #expect(head("").map { Array($0.reason) } == Array("Fine".utf8))
    }

    @Test func `After a failure every call gives it again, until the next response begins`() {
        var parser = ResponseParser(limits: ResponseParserLimits())
        parser.begin(.ordinary)
        let bytes = Array("HTTP/2 200\r\n\r\n".utf8)
        var offset = 0
        #expect(parser.parse(bytes.span, from: &offset) == .failure(.invalidVersion))
        let stopped = offset
        #expect(parser.parse(bytes.span, from: &offset) == .failure(.invalidVersion))
        #expect(offset == stopped)
        #expect(parser.finish() == .failure(.invalidVersion))
        let next = Transcript.of(
            [SampleResponse.wellFormed[0].bytes[...]], using: &parser)
        #expect(next.text == "ok")
    }

    @Test func `A close before the first byte differs from a close within the head`() {
        var parser = ResponseParser(limits: ResponseParserLimits())
        parser.begin(.ordinary)
        #expect(!parser.hasBegunReceiving)
        #expect(parser.finish() == .failure(.closedBeforeHead))
        parser.begin(.ordinary)
        let bytes: [UInt8] = [0x48]
        var offset = 0
        #expect(parser.parse(bytes.span, from: &offset) == .needsMore)
        #expect(parser.hasBegunReceiving)
        #expect(parser.finish() == .failure(.closedInHead))
    }
}
