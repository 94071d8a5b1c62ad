import HTTPWire
import Testing

/// The status line and the fields (RFC 9112, sections 4 and 5; RFC 9110, section 5).
struct HeadTests {
    @Test(arguments: [
        ("HTTP/1.1 200 OK", 200), ("HTTP/1.0 404 Not Found", 404), ("HTTP/1.1 999 \u{e9}", 999),
        ("HTTP/1.1 200", 200), ("HTTP/1.1 200 ", 200), ("HTTP/1.7 200 \t x", 200),
    ])
    func `A status line gives its code`(line: String, status: Int) {
        let transcript = Transcript.of("\(line)\r\n\r\n")
        #expect(transcript.status == status)
        #expect(transcript.fault == nil)
        #expect(Transcript.of("\(line)\n\n").status == status)
    }

    @Test(
        arguments: [
            ("", .closedBeforeHead), ("H", .closedInHead),
            ("http/1.1 200 OK", .malformedStatusLine),
            ("\r\nHTTP/1.1 200 OK", .malformedStatusLine), ("ICY 200 OK", .malformedStatusLine),
            ("HTTP/2.0 200 OK", .invalidVersion), ("HTTP/0.9 200 OK", .invalidVersion),
            ("HTTP/x.1 200 OK", .malformedStatusLine), ("HTTP/1,1 200 OK", .malformedStatusLine),
            ("HTTP/1.10 200 OK", .malformedStatusLine), ("HTTP/1.1\t200 OK", .malformedStatusLine),
            ("HTTP/1.1  200 OK", .invalidStatusCode), ("HTTP/1.1 20 OK", .invalidStatusCode),
            ("HTTP/1.1 2000 OK", .invalidStatusCode), ("HTTP/1.1 000 OK", .invalidStatusCode),
            ("HTTP/1.1 2xx OK", .invalidStatusCode), ("HTTP/1.1 -20 OK", .invalidStatusCode),
            ("HTTP/1.1 200OK", .malformedStatusLine), ("HTTP/1.1 200\tOK", .malformedStatusLine),
            ("HTTP/1.1 200 O\u{0}K", .invalidReason), ("HTTP/1.1 200 O\u{7f}K", .invalidReason),
            ("HTTP/1.1 200 O\rK", .bareCarriageReturn), ("HTTP/1.1 200\rK", .bareCarriageReturn),
        ] as [(String, ResponseFault)])
    func `A line that is no status line is refused`(line: String, fault: ResponseFault) {
        #expect(Transcript.of(line.count < 2 ? line : "\(line)\r\n\r\n").fault == fault)
    }

    @Test(arguments: [
        ("A: b", "A: b"), ("A:b", "A: b"), ("A:", "A: "), ("A: \t b \t ", "A: b"),
        ("A: b\tc", "A: b\tc"), ("!#$%&'*+-.^_`|~09azAZ: x", "!#$%&'*+-.^_`|~09azAZ: x"),
        ("A: :", "A: :"), ("A: \u{ff}", "A: \u{c3}\u{bf}"), ("A: b\r\n c", "A: b   c"),
        ("A:\r\n\tc\r\n  d ", "A: c    d"), ("A: b\n c", "A: b  c"),
    ])
    func `A field line gives name and value, blanks around it taken off`(
        line: String, field: String
    ) {
        let transcript = Transcript.of("HTTP/1.1 204 No\r\n\(line)\r\n\r\n")
        #expect(transcript.fields == [field])
        #expect(transcript.fault == nil)
    }

    @Test(
        arguments: [
            (": b", .invalidFieldName), ("A(: b", .invalidFieldName),
            ("\u{e9}: b", .invalidFieldName),
            ("A\u{0}: b", .invalidFieldName), ("A : b", .whitespaceBeforeColon),
            ("A\t: b", .whitespaceBeforeColon), ("A", .missingColon),
            ("A b", .whitespaceBeforeColon),
            (" A: b", .whitespaceBeforeFirstField), ("\tA: b", .whitespaceBeforeFirstField),
            ("A: b\u{0}", .invalidFieldValue), ("A: \u{1b}[0m", .invalidFieldValue),
            ("A: \u{7f}", .invalidFieldValue), ("A: b\rB: c", .bareCarriageReturn),
            ("A: b\r\r", .bareCarriageReturn), ("\rA: b", .bareCarriageReturn),
        ] as [(String, ResponseFault)])
    func `A line that is no field line is refused`(line: String, fault: ResponseFault) {
        #expect(Transcript.of("HTTP/1.1 204 No\r\n\(line)\r\n\r\n").fault == fault)
    }

    @Test func `Every byte is a token character or not, as RFC 9110 lists them`() {
        let others = Set("!#$%&'*+-.^_`|~".utf8)
        for byte in UInt8.min...UInt8.max where byte != 0x3A {
            let isToken =
                others.contains(byte)
                || [0x30...0x39, 0x41...0x5A, 0x61...0x7A].contains { $0.contains(byte) }
            let bytes = Array("HTTP/1.1 204 No\r\nA".utf8) + [byte] + Array(": b\r\n\r\n".utf8)
            #expect((Transcript.of(bytes).fault == nil) == isToken, "byte \(byte)")
        }
    }

    @Test(arguments: 0..<24)
    func `Every byte of a value is text or not, at each place of a word`(place: Int) {
        for byte in UInt8.min...UInt8.max where byte != 0x0A && byte != 0x0D {
            var value = [UInt8](repeating: 0x61, count: 24)
            value[place] = byte
            let bytes = Array("HTTP/1.1 204 No\r\nA:".utf8) + value + Array("z\r\n\r\n".utf8)
            let isText = byte == 0x09 || byte >= 0x20 && byte != 0x7F
            #expect((Transcript.of(bytes).fault == nil) == isText, "byte \(byte)")
        }
    }

    @Test func `Fields are found by name in any case, repeated ones in order`() {
        var parser = ResponseParser(limits: ResponseParserLimits())
        let text =
            "HTTP/1.1 204 No\r\nSet-Cookie: a\r\nServer: x\r\nset-cookie: b\r\n"
            + "Content-Encoding: gzip, BR\r\nContent-Encoding: x-gzip, deflate, identity, zstd\r\n\r\n"
        _ = Transcript.of([ArraySlice(text.utf8)], using: &parser)
        #expect(parser.head.values(of: "SET-COOKIE") == ["a", "b"])
        #expect(parser.head.firstValue(of: "server") == "x")
        #expect(parser.head.firstValue(of: "serve") == nil)
        #expect(parser.head.values(of: "Date").isEmpty)
        #expect(parser.head.fieldCount == 5)
        #expect(
            parser.head.contentCodings == [.gzip, .br, .gzip, .deflate, .identity, .other])
    }

    @Test func `Fields of an interim response are not those of the final one`() {
        let transcript = Transcript.of(
            "HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 204 No\r\nServer: b\r\n\r\n")
        #expect(transcript.informational == [103])
        #expect(transcript.fields == ["Server: b"])
    }
}
