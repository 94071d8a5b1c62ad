import Foundation
import Measurements
import ProbeChecks
import TestWorlds
import Testing

/// What is JSON (RFC 8259) and what is not.
struct JSONReaderTests {
    static func isAccepted(_ bytes: [UInt8]) throws -> Bool {
        let complaint = try complaint(
            .json(pointer: "", comparison: .exists), evidence { $0.body = bytes })
        return complaint == nil
    }

    @Test(arguments: [
        "0", "-0", "10", "-1.5e+10", "1E5", "0.0", "1e-3", "true", "false", "null", "\"\"", "[]",
        "{}", " \t\r\n1 \t\r\n", "[1,2 , 3]", "{\"a\":{\"b\":[null]}}", "{\"a\":1,\"a\":2}",
        "\"\u{7f}\u{e9}\u{1f600}\"", #""\u0000""#, #""\uD800""#, "123456789012345678901234567890",
    ])
    func `JSON is accepted`(text: String) throws {
        #expect(try Self.isAccepted(Array(text.utf8)))
    }

    @Test(arguments: [
        "", " ", "+1", "01", "-", "1.", ".5", "1e", "1e+", "0x1", "NaN", "Infinity", "-Infinity",
        "True",
        "tru", "nul", "truex", "1 2", "[1,]", "[,1]", "[1 2]", "[", "]", "[1", "{", "}", "{\"a\"}",
        "{\"a\":}", "{\"a\":1,}", "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "'a'", "\"a",
        "\"\n\"", "\"\t\"", "\"\u{0}\"", #""\x""#, #""\u12""#, #""\u12g4""#, #""\"#, "// c\n1",
        "\u{feff}1", "\u{a0}1", "1,", "\"a\"\"b\"", "\u{b}1", "[1]]", "--1", "1e5.5",
    ])
    func `What is not JSON is refused with its place`(text: String) throws {
        let complaint = try #require(try complaint(text, at: ""))
        #expect(complaint.hasPrefix("the body is not JSON: "))
        #expect(complaint.contains(" at byte "))
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22],
            [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
        ] as [[UInt8]])
    func `What is not UTF-8 is refused with its place`(bytes: [UInt8]) throws {
        let complaint = try complaint(
            .json(pointer: "", comparison: .exists), evidence { $0.body = bytes })
        #expect(complaint == "the body is not JSON: no UTF-8 at byte 1")
    }

    @Test func `Nesting is bounded`() throws {
        func nested(_ depth: Int) -> [UInt8] {
            Array(String(repeating: "[", count: depth).utf8)
                + Array(String(repeating: "]", count: depth).utf8)
        }
        #expect(try Self.isAccepted(nested(128)))
        #expect(try !Self.isAccepted(nested(129)))
        #expect(try !Self.isAccepted(Array(repeating: UInt8(ascii: "["), count: 1_000_000)))
        let objects = String(repeating: "{\"a\":", count: 100_000)
        #expect(try !Self.isAccepted(Array(objects.utf8)))
    }

    // MARK: Random texts

    static let seeds = [
        #"{"status": "ok", "checks": [{"name": "db", "ms": 1.25e1}, null, true], "n": -0}"#,
        #"["\u00e9\ud83d\ude00\n", "é😀", {"": {}}, [[], [1, 2.5, -3E-2]], false]"#,
        #"{"a":{"b":{"c":[1,{"d":"\\\"\/"}]}}}"#,
    ]

    /// Pieces that make a mutation likely to matter.
    static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "d800", "0", "1", "-", ".", "e", "+",
        "true",
        "null", " ", "\n", "\u{0}", "\u{feff}", "\u{e9}",
    ]

    static func mutated(_ chance: inout SeededGenerator) -> [UInt8] {
        var bytes = Array((seeds.randomElement(using: &chance) ?? "").utf8)
        for _ in 0..<Int.random(in: 1...3, using: &chance) {
            let place = Int.random(in: 0...bytes.count, using: &chance)
            switch Int.random(in: 0..<4, using: &chance) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1 where place < bytes.count:
                bytes[place] = UInt8.random(in: 0...255, using: &chance)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 6))
            default:
                bytes.insert(
                    contentsOf: Array((pieces.randomElement(using: &chance) ?? "").utf8), at: place)
            }
        }
        return bytes
    }

    /// Why Foundation's verdict may differ; nil when nothing explains it.
    static func knownDifference(_ bytes: [UInt8], weAccept: Bool) -> String? {
        let isUTF8 = String(validating: bytes, as: UTF8.self) != nil
        if weAccept {
            // RFC 8259, section 8.2, leaves lone surrogates open: here they become U+FFFD.
            let text = String(decoding: bytes, as: UTF8.self).lowercased()
            if text.contains("\\ud") { return "a lone surrogate" }
            return nil
        }
        // Section 8.1: a byte order mark must not be sent; a reader may ignore it.
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return "a byte order mark" }
        // Foundation guesses UTF-16 and UTF-32 from zero bytes; section 8.1 wants UTF-8.
        if bytes.prefix(4).contains(0) { return "another encoding" }
        if !isUTF8 { return "no UTF-8" }
        // Sections 4 and 5 have no comma before the closing bracket.
        let parts = bytes.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let pairs = zip(parts, parts.dropFirst())
        if pairs.contains(where: { $0 == 0x2C && ($1 == 0x5D || $1 == 0x7D) }) {
            return "a comma before a closing bracket"
        }
        return nil
    }

    @Test func `On mutated texts the verdict is Foundation's, but for what is listed`() throws {
        var accepted = 0
        var differences: [String: Int] = [:]
        for seed in 0..<100_000 as Range<UInt64> {
            var chance = SeededGenerator(seed: seed)
            let bytes = Self.mutated(&chance)
            let weAccept = try Self.isAccepted(bytes)
            let oracle =
                (try? JSONSerialization.jsonObject(
                    with: Data(bytes), options: .fragmentsAllowed)) != nil
            if weAccept { accepted += 1 }
            guard weAccept != oracle else { continue }
            guard let reason = Self.knownDifference(bytes, weAccept: weAccept) else {
                Issue.record(
                    """
                    seed \(seed): \(weAccept ? "accepted" : "refused"), and Foundation differs: \
                    \(String(decoding: bytes, as: UTF8.self).debugDescription)
                    """)
                continue
            }
            differences[reason, default: 0] += 1
        }
        print("JSON: \(accepted) of 100000 accepted; differences from Foundation: \(differences)")
        #expect(accepted > 1000)
    }
}
