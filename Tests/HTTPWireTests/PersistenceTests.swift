import HTTPWire
import Testing

/// What a response says about its connection (RFC 9112, section 9.3).
struct PersistenceTests {
    @Test(
        arguments: [
            ("HTTP/1.1", "", .reusable), ("HTTP/1.1", "Connection: close", .close),
            ("HTTP/1.1", "Connection: Close", .close),
            ("HTTP/1.1", "Connection: keep-alive", .reusable),
            ("HTTP/1.1", "Connection: upgrade, close", .close),
            ("HTTP/1.1", "Connection: keep-alive, close", .close),
            ("HTTP/1.1", "Connection: closed", .reusable),
            ("HTTP/1.1", "Connection: not close", .reusable),
            ("HTTP/1.1", "Connection: a\r\nConnection: close", .close),
            ("HTTP/1.1", "Proxy-Connection: close", .reusable),
            ("HTTP/1.1", "Connection:", .reusable),
            ("HTTP/1.1", "Connection:\r\n close", .close),
            ("HTTP/1.9", "", .reusable), ("HTTP/1.0", "", .close),
            ("HTTP/1.0", "Connection: keep-alive", .reusable),
            ("HTTP/1.0", "Connection: KEEP-ALIVE", .reusable),
            ("HTTP/1.0", "Connection: keep-alive, close", .close),
            ("HTTP/1.0", "Connection: x", .close), ("HTTP/1.0", "Keep-Alive: timeout=5", .close),
        ] as [(String, String, Persistence)])
    func `Version and Connection decide together`(
        version: String, field: String, persistence: Persistence
    ) {
        let fields = field.isEmpty ? "" : field + "\r\n"
        for (rest, context) in [
            ("Content-Length: 1\r\n\r\nx", ResponseContext.ordinary),
            ("Content-Length: 1\r\n\r\n", .head),
        ] {
            let transcript = Transcript.of("\(version) 200 OK\r\n\(fields)\(rest)", context)
            #expect(transcript.verdict == .end(persistence: persistence))
        }
        let chunked = "\(version) 200 OK\r\n\(fields)Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        if version != "HTTP/1.0" {
            #expect(Transcript.of(chunked).verdict == .end(persistence: persistence))
        }
        let untilClose = Transcript.of("\(version) 200 OK\r\n\(fields)\r\n")
        #expect(untilClose.persistence == .close)
    }

    @Test(
        arguments: [
            ("timeout=5", 5, nil), ("timeout=5, max=100", 5, 100), ("max=1,timeout=0", 0, 1),
            ("TimeOut = 5 ,\tMAX=\t7", 5, 7), ("300", nil, nil), ("timeout=", nil, nil),
            ("timeout=-1", nil, nil), ("timeout=5s, max=3", nil, 3), ("x=1, max=2", nil, 2),
            ("timeout=99999999999999999999", nil, nil), ("", nil, nil), (",,=,", nil, nil),
            ("timeout=\"5\"", nil, nil),
        ] as [(String, Int?, Int?)])
    func `Keep-Alive tells seconds and requests, and what cannot be read is ignored`(
        value: String, timeout: Int?, max: Int?
    ) {
        var parser = ResponseParser(limits: ResponseParserLimits())
        let text = "HTTP/1.1 204 No\r\nKeep-Alive: \(value)\r\n\r\n"
        let transcript = Transcript.of([ArraySlice(text.utf8)], using: &parser)
        #expect(transcript.verdict == .end(persistence: .reusable))
        #expect(parser.head.keepAliveTimeoutSeconds == timeout)
        #expect(parser.head.keepAliveMax == max)
        _ = Transcript.of(
            [ArraySlice("HTTP/1.1 204 No\r\n\r\n".utf8)], using: &parser)
        #expect(parser.head.keepAliveTimeoutSeconds == nil)
        #expect(parser.head.keepAliveMax == nil)
    }

    @Test func `One parser reads response after response, each by its own context`() {
        var parser = ResponseParser(limits: ResponseParserLimits())
        for round in 0..<3 {
            for sample in SampleResponse.wellFormed + SampleResponse.broken {
                let again = Transcript.of([sample.bytes[...]], sample.context, using: &parser)
                #expect(again == Transcript.of(sample.bytes, sample.context), "round \(round)")
            }
        }
    }
}
