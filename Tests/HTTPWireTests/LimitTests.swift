import HTTPWire
import Testing

/// What a response may cost: exactly the limit passes, one byte more is refused.
struct LimitTests {
    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static func limits(
        _ change: (inout ResponseParserLimits) -> Void
    ) -> ResponseParserLimits {
        var limits = ResponseParserLimits()
        change(&limits)
        return limits
    }

    private static func limits(allAt limit: Int) -> ResponseParserLimits {
        limits {
            $0.headerBytes = limit
            $0.bodyBytes = limit
            $0.trailerBytes = limit
            $0.chunkExtensionBytes = limit
            $0.informationalResponses = limit
        }
    }

    @Test func `A head passes at its limit and is refused one byte below`() {
        let text = "HTTP/1.1 204 No\r\nA: \(String(repeating: "b", count: 300))\r\n\r\n"
        let size = text.utf8.count
        #expect(Transcript.of(text, limits: Self.limits { $0.headerBytes = size }).fault == nil)
        for limit in 0..<size {
            let transcript = Transcript.of(text, limits: Self.limits { $0.headerBytes = limit })
            #expect(transcript.fault == .headersTooLarge, "limit \(limit)")
        }
    }

    @Test func `Heads without end are refused while they come`() {
        for endless in ["A: b\r\n", "x", "A:", " ", "A: b\r\n c"] {
            let text = "HTTP/1.1 200 OK\r\nA: b\r\n" + String(repeating: endless, count: 70_000)
            let fault = Transcript.of(text).fault
            #expect(fault == .headersTooLarge || fault == .missingColon, "\(endless)")
        }
        let reason = "HTTP/1.1 200 " + String(repeating: "x", count: 70_000)
        #expect(Transcript.of(reason).fault == .headersTooLarge)
    }

    @Test func `Each interim response has a head of its own, and their number is bounded`() {
        let interim = "HTTP/1.1 100 Continue\r\n\r\n"
        let final = "HTTP/1.1 204 No\r\n\r\n"
        let small = Self.limits {
            $0.headerBytes = interim.utf8.count
            $0.informationalResponses = 3
        }
        let three = String(repeating: interim, count: 3)
        #expect(Transcript.of(three + final, limits: small).status == 204)
        let four = Transcript.of(three + interim + final, limits: small)
        #expect(four.fault == .tooManyInformational)
        #expect(four.informational == [100, 100, 100])
    }

    @Test func `A counted body over the limit is refused before its first byte`() {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
        #expect(Transcript.of(text, limits: Self.limits { $0.bodyBytes = 5 }).text == "hello")
        let over = Transcript.of(text, limits: Self.limits { $0.bodyBytes = 4 })
        #expect(over.fault == .bodyTooLarge)
        #expect(over.status == 200)
        #expect(over.body.isEmpty)
    }

    @Test func `A chunked body is refused at the size line that passes the limit`() {
        let text = Self.chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        #expect(Transcript.of(text, limits: Self.limits { $0.bodyBytes = 5 }).text == "abcde")
        let over = Transcript.of(text, limits: Self.limits { $0.bodyBytes = 4 })
        #expect(over.fault == .bodyTooLarge)
        #expect(over.text == "abc")
    }

    @Test func `A close-delimited body is delivered up to the limit, then refused`() {
        let text = "HTTP/1.1 200 OK\r\n\r\nhello"
        #expect(Transcript.of(text, limits: Self.limits { $0.bodyBytes = 5 }).fault == nil)
        let over = Transcript.of(text, limits: Self.limits { $0.bodyBytes = 4 })
        #expect(over.fault == .bodyTooLarge)
        #expect(over.text == "hell")
    }

    @Test func `Trailers pass at their limit and are refused one byte below`() {
        let trailers = "A: b\r\nC: d\r\n\r\n"
        let text = Self.chunked + "0\r\n" + trailers
        let size = trailers.utf8.count
        #expect(Transcript.of(text, limits: Self.limits { $0.trailerBytes = size }).fault == nil)
        for limit in 0..<size {
            let transcript = Transcript.of(text, limits: Self.limits { $0.trailerBytes = limit })
            #expect(transcript.fault == .trailersTooLarge, "limit \(limit)")
        }
    }

    @Test func `Chunk extensions and padding share one limit over all chunks`() {
        let text = Self.chunked + "1;ab\r\nx\r\n1  \r\ny\r\n0;c\r\n\r\n"
        let exact = Self.limits { $0.chunkExtensionBytes = 7 }
        #expect(Transcript.of(text, limits: exact).text == "xy")
        for limit in 0..<7 {
            let small = Self.limits { $0.chunkExtensionBytes = limit }
            #expect(Transcript.of(text, limits: small).fault == .chunkExtensionTooLong)
        }
    }

    @Test func `Limits that are no use refuse everything, without a crash`() {
        let all = Self.limits(allAt: .max)
        for sample in SampleResponse.wellFormed {
            for limit in [0, -1, Int.min] {
                let none = Self.limits(allAt: limit)
                #expect(Transcript.of(sample.bytes, sample.context, limits: none).fault != nil)
            }
            #expect(Transcript.of(sample.bytes, sample.context, limits: all).fault == nil)
        }
        let huge = Self.chunked + "7fffffffffffffff\r\nx"
        #expect(Transcript.of(huge, limits: all).fault == .closedInBody)
        let two = Self.chunked + "1\r\nx\r\n7fffffffffffffff\r\nx"
        #expect(Transcript.of(two, limits: all).fault == .bodyTooLarge)
    }

    @Test func `Every fault has a class and a sentence with its section`() {
        for fault in ResponseFault.allCases {
            #expect(fault.description.contains("(RFC 91"), "\(fault)")
        }
        #expect(ResponseFault.headersTooLarge.kind == .headersTooLarge)
        #expect(ResponseFault.trailersTooLarge.kind == .headersTooLarge)
        #expect(ResponseFault.bodyTooLarge.kind == .bodyTooLarge)
        #expect(ResponseFault.closedInBody.kind == .closedEarly)
        #expect(ResponseFault.invalidChunkSize.kind == .malformed)
    }
}
