import ProbeChecks
import Testing

@testable import HTTPProbing

/// Regular expressions over what servers send.
struct MatchingTests {
    private func matches(_ pattern: String, _ text: [UInt8]) throws -> Bool {
        try RE2MatcherFactory().compile(pattern).matches(text.span)
    }

    @Test(arguments: [
        ("^ok$", "ok", true), ("^ok$", "not ok", false), ("(?i)HELLO", "say hello", true),
        ("caf.", "café", true), ("\\d{3}", "ab12", false), ("a\\x00b", "a\u{0}b", true),
        ("", "anything", true), ("(?m)^two$", "one\ntwo\nthree", true),
    ])
    func `patterns are RE2's`(pattern: String, text: String, expected: Bool) throws {
        #expect(try matches(pattern, Array(text.utf8)) == expected)
    }

    @Test func `text that is not UTF-8 is read as ISO 8859-1`() throws {
        #expect(try matches("^caf. ole$", [0x63, 0x61, 0x66, 0xE9] + Array(" ole".utf8)))
        // At the very end the byte may be the beginning of a character that was cut off.
        #expect(try matches("é", [0xE9, 0x20]))
        #expect(try !matches("è", [0xE9, 0x20]))
    }

    @Test func `a pattern that makes backtracking engines hang is linear`() throws {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        #expect(try !matches("(a+)+$x|(a|aa)+b", text))
    }

    @Test(arguments: ["(", "[z-a]", "(?=x)", "a{2000}", String(repeating: "a", count: 5000)])
    func `what RE2 refuses is refused with its words`(pattern: String) {
        let complaint = PatternSyntax.complaint(about: pattern)
        #expect(complaint?.isEmpty == false)
    }
}
