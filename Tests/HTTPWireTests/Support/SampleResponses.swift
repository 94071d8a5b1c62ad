import HTTPWire
import Testing

/// A response for the tests that cut and change it.
struct SampleResponse: Sendable, CustomTestStringConvertible {
    var text: String
    var context = ResponseContext.ordinary

    var bytes: [UInt8] { Array(text.utf8) }
    var testDescription: String { text.prefix(60).debugDescription }

    /// Well-formed responses of every kind.
    static let wellFormed: [SampleResponse] = [
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 0\r\n\r\n"),
        .init(text: "HTTP/1.1 200\r\nContent-Length:1\r\n\r\n1"),
        .init(text: "HTTP/1.1 200 \r\nA:\r\nContent-Length: \t1 \t\r\n\r\n1"),
        .init(text: "HTTP/1.1 200 OK\nA: b\nContent-Length: 1\n\n1"),
        .init(text: "HTTP/1.0 200 OK\r\n\r\nuntil close"),
        .init(text: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\n1"),
        .init(text: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil close"),
        .init(text: "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n"),
        .init(text: "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", context: .head),
        .init(text: "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n", context: .head),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ntunnel", context: .connect),
        .init(text: "HTTP/1.1 407 No\r\nContent-Length: 2\r\n\r\nno", context: .connect),
        .init(text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"),
        .init(
            text: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 102\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"),
        .init(
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "02;a=b\r\nab\r\nA;c=\"d\"\r\n0123456789\r\n000\r\n\r\nrest"),
        .init(
            text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1 ; a\r\nx\r\n1 \r\ny\r\n0\r\nDigest: 1\r\nB: 2\r\n c\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 2 , 2\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\td\r\nContent-Length: 2\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\n\r\nok"),
        .init(text: "HTTP/1.1 500 \u{e9}\r\nA: \u{e9}\tb\r\nKeep-Alive: timeout=5\r\n\r\nx"),
        .init(text: "HTTP/1.9 999 Odd\r\nContent-Length: 1\r\n\r\n1"),
    ]

    /// Broken, oversize and unfinished responses.
    static let broken: [SampleResponse] = [
        .init(text: ""),
        .init(text: "\r\nHTTP/1.1 200 OK\r\n\r\n"),
        .init(text: "SSH-2.0-OpenSSH_9.2\r\n"),
        .init(text: "HTTP/2 200\r\n\r\n"),
        .init(text: "HTTP/1.x 200 OK\r\n\r\n"),
        .init(text: "HTTP/1.1  200 OK\r\n\r\n"),
        .init(text: "HTTP/1.1 099 OK\r\n\r\n"),
        .init(text: "HTTP/1.1 20 OK\r\n\r\n"),
        .init(text: "HTTP/1.1 2000 OK\r\n\r\n"),
        .init(text: "HTTP/1.1 200 O\u{0}K\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\rA: b\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\n A: b\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nA : b\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\n: b\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nA\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nA(: b\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nA: b\u{0}\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nA: b\r\n\rx"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nok"),
        .init(
            text: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
        .init(text: "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nab\r\n0\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\n0\r\n\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nA\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000000\r\n"),
        .init(text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;a\u{1}\r\nab\r\n"),
        .init(text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
        .init(text: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 1"),
    ]
}
