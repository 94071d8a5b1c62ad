import TestWorlds
import Testing

@Suite struct `What a hostile server says reaches no terminal unescaped` {
    /// Answers that would clear a screen, set a title, colour a line or turn its direction.
    static let answers = [
        "HTTP/1.1 200 \u{1B}[2J\u{1B}]0;owned\u{7}\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /\u{1B}[31mred\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /\u{9B}31m\u{202E}\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: ftp://\u{9B}2J\u{202E}/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://\u{9B}2J\u{202E}/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Encoding: \u{9B}2J\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: \u{1B}[2J\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 14\r\n\r\n{\"a\":\"\u{1B}[2J|\"}",
        "\u{1B}[2Jnot HTTP\r\n\r\n",
    ]

    @Test(arguments: answers, ["text", "nagios", "json", "repeated"])
    func `in any form of output`(answer: String, form: String) async throws {
        let server = try await RawServer.start(Array(answer.utf8))
        defer { server.stop() }
        let options =
            switch form {
            case "text": [String]()
            case "repeated": ["--count", "2", "--interval", "1ms"]
            default: ["--" + form]
            }
        let result = try await Sockeye.run(
            ["check", "--follow-redirects", "--max-redirects", "2"] + options + [server.url])
        #expect((0...3).contains(result.status), "\(result.output)")
        #expect(!result.output.isEmpty)
        // JSON is for programs: one object is one line of ASCII controls escaped (RFC 8259).
        let harmful = result.output.unicodeScalars.filter {
            guard form != "json" else { return $0.value < 0x20 && $0 != "\n" || $0.value == 0x7F }
            return [.control, .format].contains($0.properties.generalCategory) && $0 != "\n"
        }
        #expect(harmful.isEmpty, "\(result.output.debugDescription)")
        if form == "nagios" {
            #expect(result.output.split(separator: "|").count == 2, "\(result.output)")
        }
    }
}
