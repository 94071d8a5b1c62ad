import Foundation

/// What a server sends, and how it ends, for a fault that shows after the request.
struct FaultScript {
    /// What becomes of the connection when the bytes are sent.
    enum End {
        case keep, close, halfClose, reset
        /// More of these bytes each time that the last ones have left, without end.
        case repeated([UInt8])
        /// One more of these bytes a second, then others.
        case dripping(ArraySlice<UInt8>)
        /// The end comes after a short while.
        case closeLater, resetLater
    }

    var bytes: [UInt8]
    var end: End

    private init(_ text: String, _ end: End) {
        bytes = Array(text.utf8)
        self.end = end
    }

    private init(head: String, body: [UInt8]) {
        bytes = Array((head + "Content-Length: \(body.count)\r\n\r\n").utf8) + body
        end = .keep
    }

    private static let ok = "HTTP/1.1 200 OK\r\n"
    private static let gzip = ok + "Content-Encoding: gzip\r\n"
    private static let chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
    static let healthy = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// The script of a fault; nil for one that shows before any request.
    init?(_ fault: ServerFault, requestNumber: Int, bomb: [UInt8]) {
        let ok = Self.ok
        switch fault {
        case .neverAnswer: self.init("", .keep)
        case .resetAfterRequest: self.init("", .reset)
        case .resetInHeaders: self.init(ok + "Content-", .reset)
        case .resetInBody: self.init(ok + "Content-Length: 10\r\n\r\nabc", .reset)
        case .closeAfterRequest: self.init("", .close)
        case .closeInHeaders: self.init(ok + "Content-", .close)
        case .halfCloseInBody: self.init(ok + "Content-Length: 10\r\n\r\nabc", .halfClose)
        case .slowHeaders: self.init("H", .dripping(Array("TTP/1.1 200 OK\r\nX: ".utf8)[...]))
        case .slowBody, .tlsTruncated: self.init(ok + "Content-Length: 99\r\n\r\na", .dripping([]))
        case .tlsTruncatedUnframed: self.init(ok + "\r\na", .keep)
        case .endlessHeaders: self.init(ok, .repeated(Array("X-More: and more\r\n".utf8)))
        case .hugeField:
            self.init(ok + "X: " + String(repeating: "x", count: 300_000) + "\r\n\r\n", .keep)
        case .lengthTooLong: self.init(ok + "Content-Length: 10\r\n\r\nabc", .close)
        case .lengthTooShort: self.init(ok + "Content-Length: 2\r\n\r\nokay", .keep)
        case .conflictingLengths:
            self.init(ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\nok", .keep)
        case .badLength: self.init(ok + "Content-Length: two\r\n\r\nok", .keep)
        case .badChunkSize: self.init(Self.chunked + "zz\r\nok\r\n", .keep)
        case .hugeChunkSize: self.init(Self.chunked + "fffffffffffffffff\r\nok", .keep)
        case .missingChunkEnd: self.init(Self.chunked + "2\r\nokNO", .keep)
        case .truncatedChunks: self.init(Self.chunked + "5\r\nab", .close)
        case .gzipBomb: self.init(head: Self.gzip, body: bomb)
        case .corruptGzip:
            self.init(head: Self.gzip, body: [0x1F, 0x8B, 8, 0, 1, 2, 3, 4, 0, 3, 0xFF, 0xFF])
        case .truncatedGzip: self.init(head: Self.gzip, body: Array(bomb.prefix(40)))
        case .unknownCoding: self.init(head: ok + "Content-Encoding: zebra\r\n", body: [1, 2, 3])
        case .badStatusLine: self.init("HTTP/1.1 twohundred OK\r\n\r\n", .keep)
        case .http2Frames:
            self.init("", .keep)
            bytes = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100, 0, 0, 0, 4, 1, 0, 0, 0, 0]
        case .endlessContinue:
            self.init("", .repeated(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)))
        case .unaskedUpgrade:
            self.init("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", .keep)
        case .redirectLoop:
            self.init("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", .keep)
        case .redirectNowhere:
            self.init(
                "HTTP/1.1 302 Found\r\nLocation: http://[bad/\r\nContent-Length: 0\r\n\r\n", .keep)
        case .bodyTooLarge:
            self.init(
                ok + "Content-Length: 99999999\r\n\r\n",
                .repeated(Array(repeating: 97, count: 4096)))
        case .idleClose: self.init(Self.healthy, .closeLater)
        case .idleReset: self.init(Self.healthy, .resetLater)
        case .staleClose:
            self.init(requestNumber == 1 ? Self.healthy : "", requestNumber == 1 ? .keep : .close)
        case .extraResponse: self.init(Self.healthy + Self.healthy, .keep)
        case .resetOnAccept, .closeOnAccept, .sshBanner, .refused, .fullQueue, .tlsAlert,
            .tlsPlain, .tlsClose, .tlsReset, .tlsSilent:
            return nil
        }
    }
}

/// Twenty megabytes of zeros in gzip: a few kilobytes, made by the `gzip` command.
func makeGzipBomb() throws -> [UInt8] {
    let directory = try TemporaryDirectory("bomb")
    defer { directory.remove() }
    let file = directory.file("zeros.gz")
    try ChildProcess.run(
        ["/bin/sh", "-c", "head -c 20000000 /dev/zero | gzip -9 > \(file)"],
        outputPath: directory.file("log"))
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    return Array(data)
}
