import Measurements
import Testing

/// Several values found in one pass; that the text is JSON is tested with the checks of bodies.
@Suite struct JSONReaderTests {
    private static func values(_ text: String, _ pointers: String...) throws -> [JSONValue?] {
        let parsed = try pointers.map { try #require(JSONPointer($0)) }
        return try JSONReader.values(at: parsed, in: Array(text.utf8))
    }

    @Test func `Values are found in the order of their pointers`() throws {
        let text = #"{"b":{"c":[1,{"d":"x"}]},"a":true,"n":null}"#
        #expect(
            try Self.values(text, "/a", "/b/c/1/d", "/b/c/0", "/n", "/b/c", "/b", "", "/z", "/b/z")
                == [
                    .bool(true), .string("x"), .number(1), .null, .array(count: 2),
                    .object(count: 1), .object(count: 3), nil, nil,
                ])
        #expect(try Self.values(text).isEmpty)
        #expect(try Self.values(text, "/a", "/a") == [.bool(true), .bool(true)])
    }

    @Test func `Of members with one name the last counts, whole`() throws {
        #expect(
            try Self.values(#"{"a":{"b":1,"c":2},"a":{"c":3}}"#, "/a/b", "/a/c", "/a")
                == [nil, .number(3), .object(count: 1)])
        #expect(try Self.values(#"{"a":{"b":1},"a":7}"#, "/a/b", "/a") == [nil, .number(7)])
    }

    @Test func `An index has no leading zero, and names no member of an array by a name`() throws {
        #expect(try Self.values("[5,6]", "/1", "/01", "/-", "/2") == [.number(6), nil, nil, nil])
        #expect(try Self.values(#"{"0":5}"#, "/0") == [.number(5)])
    }

    @Test(arguments: [
        (#""\ud800\"x""#, "\u{FFFD}\"x"), (#""\ud800\\n""#, "\u{FFFD}\\n"),
        (#""\ud800\u0041""#, "\u{FFFD}A"), (#""\ud83d\ude00""#, "\u{1F600}"),
        (#""\ude00\ud83d""#, "\u{FFFD}\u{FFFD}"), (#""\ud83d\ud83d\ude00""#, "\u{FFFD}\u{1F600}"),
    ])
    func `Half a character takes nothing with it`(text: String, expected: String) throws {
        #expect(try Self.values(text, "") == [.string(expected)])
    }

    @Test func `A pointer of names is read as it was written`() throws {
        for tokens in [[], [""], ["a/b", "c~d", "~1", "é"], ["0"]] {
            let pointer = JSONPointer(tokens: tokens)
            #expect(pointer.tokens == tokens)
            #expect(JSONPointer(pointer.text)?.tokens == tokens)
        }
        #expect(JSONPointer(tokens: ["a/b", "c~d"]).text == "/a~1b/c~0d")
    }
}
