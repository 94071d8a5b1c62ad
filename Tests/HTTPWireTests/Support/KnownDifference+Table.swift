import HTTPWire
import NIOHTTP1

// The table. Each row has a section of its name in docs/http-parser-differences.md.

extension KnownDifference {
    private static let ok = "HTTP/1.1 200 OK\r\n"
    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    static let takenHereOnly: [KnownDifference] = [
        .taken(
            "A bare LF ends a line of the head or trailer section", "RFC 9112, section 2.2",
            "HTTP/1.1 204 No\nA: b\n\n",
            faults: [.unknown, .invalidHeaderToken, .invalidStatus, .invalidContentLength],
            where: \.bytes.hasBareLineFeed),
        .taken(
            "A folded field value is one line with spaces", "RFC 9112, section 5.2",
            ok + "A: b\r\n c\r\nContent-Length: 0\r\n\r\n",
            faults: [.invalidHeaderToken],
            where: { $0.bytes.contains(text: "\n ") || $0.bytes.contains(text: "\n\t") }),
        .taken(
            "Equal Content-Length values are one", "RFC 9110, section 8.6",
            ok + "Content-Length: 2\r\nContent-Length: 2\r\n\r\nok",
            faults: [.unexpectedContentLength], where: { $0.ours.lengths.count > 1 }),
        .taken(
            "A list of equal Content-Length values is one", "RFC 9110, section 8.6",
            ok + "Content-Length: 2, 2\r\n\r\nok",
            faults: [.invalidContentLength],
            where: { $0.ours.lengths.contains { $0.contains(",") } }),
        .taken(
            "A tab is white space around Content-Length too", "RFC 9110, section 5.6.3",
            ok + "Content-Length:\t2\t\r\n\r\nok",
            faults: [.invalidContentLength],
            where: { $0.bytes.contains(text: "content-length") && $0.bytes.contains(0x09) }),
        .taken(
            "A later minor version is read as HTTP/1.1", "RFC 9110, section 2.5",
            "HTTP/1.2 204 No\r\n\r\n", faults: [.invalidVersion],
            where: { comparison in
                (2...9).contains { comparison.bytes.contains(text: "HTTP/1.\($0)") }
            }),
        .taken(
            "Blanks may follow a chunk size", "RFC 9112, section 7.1.1",
            chunked + "2 ;a\r\nok\r\n0 \r\n\r\n", faults: [.invalidChunkSize],
            where: \.ours.isChunked),
        .taken(
            "A chunk extension is skipped, whatever its text", "RFC 9112, section 7.1.1",
            chunked + "2;(\r\nok\r\n0;\r\n\r\n", faults: [.strictModeAssertion],
            where: { $0.ours.isChunked && $0.bytes.contains(text: ";") }),
        .taken(
            "An interim response does not end the connection", "RFC 9110, section 15.2",
            "HTTP/1.0 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", faults: [.closedConnection],
            where: { !$0.ours.informational.isEmpty }),
        .taken(
            "The length fields of an interim response mean nothing", "RFC 9112, section 6.3",
            "HTTP/1.1 103 Early\r\nContent-Length: x\r\n\r\nHTTP/1.1 204 No\r\n\r\n",
            faults: [.invalidContentLength, .unexpectedContentLength, .unknown],
            where: {
                !$0.ours.informational.isEmpty
                    && $0.bytes.occurrences(of: "content-length") > $0.ours.lengths.count
            }),
        .taken(
            "The length fields of a trailer section mean nothing", "RFC 9110, section 6.5.1",
            chunked + "0\r\nContent-Length: 7\r\n\r\n",
            faults: [.invalidContentLength, .unexpectedContentLength, .unknown],
            where: { comparison in
                comparison.ours.isChunked && comparison.ours.lengths.isEmpty
                    && comparison.bytes.contains(text: "\nContent-Length:")
            }),
        .taken(
            "The length fields of a 2xx to CONNECT mean nothing", "RFC 9112, section 6.3",
            ok + "Content-Length: x\r\n\r\n", .connect,
            faults: [.invalidContentLength, .unexpectedContentLength, .unknown],
            where: \.isTunnel),
    ]

    static let refusedHereOnly: [KnownDifference] = [
        .refused(
            "Nothing precedes the status line", "RFC 9112, section 2.2",
            "\r\nHTTP/1.1 204 No\r\n\r\n", .malformedStatusLine,
            where: { comparison in
                comparison.bytes.first == 0x0D || comparison.bytes.first == 0x0A
                    || !comparison.ours.informational.isEmpty
            }),
        .refused(
            "A CR after the status code is followed by LF", "RFC 9112, section 2.2",
            "HTTP/1.1 204\r\rA: b\r\n\r\n", .bareCarriageReturn,
            where: { $0.bytes.contains(text: "\r\r") }),
        .refused(
            "A chunk extension holds no DEL", "RFC 9112, section 7.1.1",
            chunked + "0;a=\"\u{7f}\"\r\n\r\n", .invalidChunkExtension,
            where: { $0.bytes.contains(0x7F) }),
        .refused(
            "A status code below 100 is none", "RFC 9110, section 15",
            "HTTP/1.1 099 No\r\nContent-Length: 0\r\n\r\n", .invalidStatusCode),
        .refused(
            "A reason phrase holds no control characters", "RFC 9112, section 4",
            "HTTP/1.1 204 N\u{0}\r\n\r\n", .invalidReason),
        .refused(
            "Transfer-Encoding in HTTP/1.0 is faulty framing", "RFC 9112, section 6.1",
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            .transferEncodingInHTTP10),
        .refused(
            "Transfer-Encoding ends in chunked", "RFC 9112, section 6.3",
            ok + "Transfer-Encoding: gzip\r\n\r\nok", .transferCodingNotChunked),
        .refused(
            "No coding but chunked was asked for", "RFC 9112, section 7",
            ok + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", .unsupportedTransferCoding),
        .refused(
            "101 needs an Upgrade in the request", "RFC 9110, section 7.8",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", .unexpectedUpgrade),
    ]

    static let readOtherwise: [KnownDifference] = [
        KnownDifference(
            name: "White space after a value is no part of it", section: "RFC 9112, section 5.1",
            example: "HTTP/1.1 204 No\r\nA: b \r\n\r\n", aspects: [.fields],
            applies: { comparison in
                comparison.ours.decodedFields.map(\.withoutLastBlanks)
                    == comparison.theirs.fields.map(\.withoutLastBlanks)
            }),
        KnownDifference(
            name: "The answer to HEAD needs no length to keep the connection",
            section: "RFC 9112, section 6.3", example: ok + "\r\n", context: .head,
            aspects: [.persistence],
            applies: { comparison in
                comparison.context == .head && comparison.ours.persistence == .reusable
                    && comparison.ours.lengths.isEmpty
            }),
        KnownDifference(
            name: "Any close option closes", section: "RFC 9112, section 9.3",
            example: "HTTP/1.0 204 No\r\nConnection: keep-alive, close\r\n\r\n",
            aspects: [.persistence],
            applies: { comparison in
                comparison.ours.persistence == .close
                    && comparison.ours.connectionOptions.contains("close")
            }),
        KnownDifference(
            name: "Tabs and empty elements around chunked change nothing",
            section: "RFC 9110, section 5.6.1",
            example: ok + "Transfer-Encoding: chunked\t,\r\n\r\n0\r\n\r\n",
            aspects: [.body, .persistence, .acceptance],
            applies: { comparison in
                comparison.theirs.hasEnded && comparison.theirs.codingHasLooseEnd
            }),
        KnownDifference(
            name: "A refusal of CONNECT has a body", section: "RFC 9112, section 6.3",
            example: "HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno", context: .connect,
            aspects: [.body, .acceptance, .persistence],
            applies: { comparison in
                comparison.context == .connect && comparison.theirs.hasEnded
                    && (comparison.ours.status ?? 0) >= 300
            }),
        KnownDifference(
            name: "A tunnel carries no other request", section: "RFC 9110, section 9.3.6",
            example: ok + "Content-Length: 0\r\n\r\n", context: .connect, aspects: [.persistence],
            applies: \.isTunnel),
        KnownDifference(
            name: "Proxy-Connection means nothing", section: "RFC 9112, appendix C.2.2",
            example: "HTTP/1.1 204 No\r\nProxy-Connection: close\r\n\r\n",
            aspects: [.persistence],
            applies: { $0.bytes.contains(text: "proxy-connection") }),
    ]
}
