/// Finds keys that could be made of aliases before the library reads the text.
///
/// The library compares keys by everything in them. Ten lines of anchors that hold aliases of
/// anchors would make one such comparison last for years; values are only counted.
enum AliasGuard {
    /// Where a key contains an alias or may contain one; nil for a text that is safe to read.
    static func keyWithAlias(in text: String) -> SourcePlace? {
        var scan = Scan()
        for byte in text.utf8 { scan.take(byte) }
        return scan.sawAlias ? scan.suspect : nil
    }

    /// Looks for three ways to write such a key.
    ///
    /// A collection before a colon is one only within a line, and so are aliases before a colon; a
    /// question mark begins one of any length.
    private struct Scan {
        var sawAlias = false
        var suspect: SourcePlace?
        private var line = 1
        private var column = 0
        private var hasAliasInLine = false
        private var before = UInt8(ascii: "\n")
        private var state = State.other

        private enum State {
            case other
            /// Inside the name of an alias.
            case alias
            /// Behind an alias or a collection with one, where a colon would make it a key.
            case closed
            /// Behind a question mark that stands where a value may begin.
            case question
        }

        mutating func take(_ byte: UInt8) {
            if byte & 0xC0 != 0x80 { column += 1 }
            let isBlank = byte == 0x20 || byte == 0x09
            let isBreak = byte == 0x0A || byte == 0x0D
            let isAlias = byte == UInt8(ascii: "*") && Self.mayPrecedeValue(before)
            switch state {
            case .question where isBlank || isBreak || Self.beginsCollection(byte) || isAlias:
                note()
            case .alias where byte == UInt8(ascii: ":"), .closed where byte == UInt8(ascii: ":"):
                note()
            default:
                break
            }
            if isAlias {
                state = .alias
                sawAlias = true
                hasAliasInLine = true
            } else if byte == UInt8(ascii: "?"), Self.mayPrecedeValue(before) {
                state = .question
            } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                state = hasAliasInLine ? .closed : .other
            } else if isBlank, state == .alias || state == .closed {
                state = .closed
            } else if state != .alias || !Self.isNameByte(byte) {
                state = .other
            }
            before = byte
            if isBreak { hasAliasInLine = false }
            if byte == 0x0A {
                line += 1
                column = 0
            }
        }

        private mutating func note() {
            if suspect == nil { suspect = SourcePlace(line: line, column: max(1, column)) }
        }

        private static func isNameByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }

        private static func mayPrecedeValue(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","),
                UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "?"):
                true
            default: false
            }
        }

        /// Whether a byte begins a collection, or the anchor or the tag before one.
        private static func beginsCollection(_ byte: UInt8) -> Bool {
            "[{&!".utf8.contains(byte)
        }
    }
}

/// What generators of service discovery files write and YAML does not know.
enum FileDiscoveryText {
    /// The text with each escaped surrogate pair of JSON (RFC 8259, section 7) written as the one
    /// escape that YAML has for such a character.
    static func withoutSurrogates(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\"), index + 1 < bytes.count else {
                result.append(byte)
                index += 1
                continue
            }
            if let high = unit(bytes, at: index), (0xD800..<0xDC00).contains(high),
                let low = unit(bytes, at: index + 6), (0xDC00..<0xE000).contains(low)
            {
                let scalar = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
                let digits = String(scalar, radix: 16)
                let zeros = String(repeating: "0", count: 8 - digits.count)
                result.append(contentsOf: "\\U\(zeros)\(digits)".utf8)
                index += 12
            } else {
                result.append(contentsOf: bytes[index...(index + 1)])
                index += 2
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func unit(_ bytes: [UInt8], at index: Int) -> Int? {
        guard index + 6 <= bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { return nil }
        return Int(String(decoding: bytes[(index + 2)..<(index + 6)], as: UTF8.self), radix: 16)
    }
}
