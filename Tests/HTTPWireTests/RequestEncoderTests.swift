import HTTPWire
import Testing

/// The bytes of requests (RFC 9112, section 3), and what may not become one.
struct RequestEncoderTests {
    private typealias Fields = [(name: String, value: String)]

    private static func text(
        _ method: String = "GET", _ target: String = "/", _ authority: String = "a.example",
        _ fields: Fields = [], body: String = "", closeAfter: Bool = false
    ) throws(RequestFault) -> String {
        let bytes = try RequestEncoder.encode(
            method: method, target: target, authority: authority, fields: fields,
            body: Array(body.utf8), closeAfter: closeAfter)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `A plain request has its line and Host`() throws {
        #expect(try Self.text() == "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
        #expect(
            try Self.text("HEAD", "/a%20b?c=d&e", "[::1]:8080")
                == "HEAD /a%20b?c=d&e HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n")
        #expect(try Self.text("OPTIONS", "*").hasPrefix("OPTIONS * HTTP/1.1\r\n"))
        #expect(
            try Self.text("CONNECT", "b.example:443", "b.example:443")
                == "CONNECT b.example:443 HTTP/1.1\r\nHost: b.example:443\r\n\r\n")
    }

    @Test func `Fields keep their order and spelling, and a Host given goes first`() throws {
        let fields: Fields = [
            ("X-B", "1"), ("hOST", "other.example"), ("x-a", "\u{e9}\t2"), ("X-B", ""),
        ]
        #expect(
            try Self.text("GET", "/", "a.example", fields)
                == "GET / HTTP/1.1\r\nhOST: other.example\r\nX-B: 1\r\nx-a: \u{e9}\t2\r\nX-B: \r\n\r\n"
        )
        // A Host of one's own makes the authority unimportant.
        #expect(try Self.text("GET", "/", "", [("Host", "b")]).contains("Host: b\r\n"))
    }

    @Test func `Credentials are sent as given`() throws {
        let fields: Fields = [
            ("Authorization", "Basic dXNlcjpwYXNz"), ("Proxy-Authorization", "Bearer a.b-c_d~+/="),
        ]
        let text = try Self.text("GET", "/", "a.example", fields)
        #expect(text.contains("\r\nAuthorization: Basic dXNlcjpwYXNz\r\n"))
        #expect(text.contains("\r\nProxy-Authorization: Bearer a.b-c_d~+/=\r\n"))
    }

    @Test func `A body is sent with its length, which POST, PUT and PATCH always have`() throws {
        #expect(
            try Self.text("POST", "/", "a", [], body: "h\u{e9}")
                == "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nh\u{e9}")
        for method in ["POST", "PUT", "PATCH"] {
            #expect(try Self.text(method).contains("\r\nContent-Length: 0\r\n"))
        }
        for method in ["GET", "HEAD", "DELETE", "OPTIONS", "post"] {
            #expect(try !Self.text(method).contains("Content-Length"))
        }
        #expect(try Self.text("DELETE", "/", "a", [], body: "x").contains("Content-Length: 1\r\n"))
        let given = try Self.text("PUT", "/", "a", [("content-length", "1")], body: "x")
        #expect(given == "PUT / HTTP/1.1\r\nHost: a\r\ncontent-length: 1\r\n\r\nx")
    }

    @Test func `The close is asked for once`() throws {
        #expect(try Self.text(closeAfter: true).hasSuffix("\r\nConnection: close\r\n\r\n"))
        let given = try Self.text(
            "GET", "/", "a", [("connection", "x , Close")], closeAfter: true)
        #expect(given == "GET / HTTP/1.1\r\nHost: a\r\nconnection: x , Close\r\n\r\n")
        let other = try Self.text(
            "GET", "/", "a", [("Connection", "keep-alive")], closeAfter: true)
        #expect(other.hasSuffix("\r\nConnection: close\r\n\r\n"))
    }

    @Test(arguments: [
        "a\r\nX-Injected: 1", "a\r\n\r\nGET /admin HTTP/1.1", "a\nb", "a\rb", "a\u{0}b", "\u{7f}",
        "\u{1b}[2J", "a\r\n b",
    ])
    func `A value that would begin another line is refused`(value: String) {
        #expect(throws: RequestFault.invalidFieldValue(name: "X-A")) {
            try Self.text("GET", "/", "a", [("X-A", value)])
        }
        #expect(throws: RequestFault.invalidFieldValue(name: "Authorization")) {
            try Self.text("GET", "/", "a", [("Authorization", "Bearer \(value)")])
        }
        #expect(throws: RequestFault.invalidFieldValue(name: "Host")) {
            try Self.text("GET", "/", "a", [("Host", value)])
        }
    }

    @Test(arguments: ["", "A B", "A:", "A\r\nB", "A\n", "\u{e9}", "A(", "A\u{0}", " A", "A "])
    func `A name that is no token is refused`(name: String) {
        #expect(throws: RequestFault.invalidFieldName(name)) {
            try Self.text("GET", "/", "a", [(name, "b")])
        }
    }

    @Test(arguments: ["", "GET /", "GET\r\n", "G\u{0}", "G\u{e9}T", "GET:"])
    func `A method that is no token is refused`(method: String) {
        #expect(throws: RequestFault.invalidMethod) { try Self.text(method) }
    }

    @Test(arguments: [
        ("GET", ""), ("GET", "a"), ("GET", "*"), ("GET", "http://a/"), ("GET", "/a b"),
        ("GET", "/a\r\nX: y"), ("GET", "/a HTTP/1.1\r\nX: y"), ("GET", "/#a"), ("GET", "/\u{e9}"),
        ("GET", "/\u{0}"), ("GET", "/\t"), ("GET", "/\u{7f}"), ("CONNECT", "/"),
        ("CONNECT", "a:1 HTTP/1.1\r\nX: y"),
    ])
    func `A target that would be read otherwise is refused`(method: String, target: String) {
        #expect(throws: RequestFault.invalidTarget) { try Self.text(method, target) }
    }

    @Test(arguments: [
        "", "a b", "a\r\nX: y", "user@a", "a/b", "a?b", "a#b", "\u{e9}.example", "a\\b",
    ])
    func `An authority that is more than host and port is refused`(authority: String) {
        #expect(throws: RequestFault.invalidAuthority) { try Self.text("GET", "/", authority) }
    }

    @Test func `Fields that contradict the framing are refused`() {
        #expect(throws: RequestFault.duplicateHost) {
            try Self.text("GET", "/", "a", [("Host", "a"), ("HOST", "a")])
        }
        #expect(throws: RequestFault.invalidAuthority) {
            try Self.text("GET", "/", "a", [("Host", "a b")])
        }
        for value in ["2", "01", "-1", "", "1, 1"] {
            #expect(throws: RequestFault.conflictingContentLength) {
                try Self.text("POST", "/", "a", [("Content-Length", value)], body: "x")
            }
        }
        #expect(throws: RequestFault.conflictingContentLength) {
            let fields: Fields = [("Content-Length", "1"), ("Content-Length", "1")]
            return try Self.text("POST", "/", "a", fields, body: "x")
        }
        #expect(throws: RequestFault.transferEncoding) {
            try Self.text("POST", "/", "a", [("transfer-encoding", "chunked")])
        }
    }

    @Test func `Fault sentences show names with control characters escaped`() {
        let fault = RequestFault.invalidFieldName("A\r\nB")
        #expect(fault.description.contains("\\r\\n"))
        #expect(!fault.description.contains("\r"))
    }
}
