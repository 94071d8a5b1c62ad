/// Reads JSON (RFC 8259) in one pass and finds a few values, building nothing else.
///
/// The whole text is checked. Of members with the same name the last counts, as most readers have
/// it. Nesting deeper than ``depthLimit`` is refused.
public struct JSONReader {
    /// How deep values may be nested.
    public static let depthLimit = 128

    private let bytes: [UInt8]
    private let paths: [[String]]
    private var found: [JSONValue?]
    private var offset = 0

    private init(_ bytes: [UInt8], _ paths: [[String]]) {
        self.bytes = bytes
        self.paths = paths
        found = Array(repeating: nil, count: paths.count)
    }

    /// The value that a pointer leads to; nil when it leads to nothing.
    public static func value(at pointer: JSONPointer, in bytes: [UInt8]) throws(JSONFault)
        -> JSONValue?
    {
        try values(at: [pointer], in: bytes)[0]
    }

    /// The values that pointers lead to, in their order; nil for those that lead to nothing.
    public static func values(at pointers: [JSONPointer], in bytes: [UInt8]) throws(JSONFault)
        -> [JSONValue?]
    {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            // RFC 8259, section 8.1.
            throw JSONFault(offset: error.byteOffsets.lowerBound, detail: "no UTF-8")
        }
        var reader = JSONReader(bytes, pointers.map(\.tokens))
        reader.skipBlanks()
        try reader.value(wanted: Array(pointers.indices), depth: 0)
        reader.skipBlanks()
        guard reader.offset == bytes.count else { throw reader.fault("more text") }
        return reader.found
    }

    // MARK: Values

    /// Reads a value; `wanted` are the numbers of the pointers that lead to it, or into it.
    private mutating func value(wanted: [Int], depth: Int) throws(JSONFault) {
        guard depth < Self.depthLimit else {
            throw fault("nested deeper than \(Self.depthLimit)")
        }
        guard let first = peek() else { throw fault("the text ends") }
        let isEnd = wanted.contains { paths[$0].count == depth }
        let value: JSONValue
        switch first {
        case UInt8(ascii: "{"): value = .object(count: try object(wanted: wanted, depth: depth))
        case UInt8(ascii: "["): value = .array(count: try array(wanted: wanted, depth: depth))
        case UInt8(ascii: "\""): value = .string(try string(keeps: isEnd))
        case UInt8(ascii: "t"): value = try word("true", .bool(true))
        case UInt8(ascii: "f"): value = try word("false", .bool(false))
        case UInt8(ascii: "n"): value = try word("null", .null)
        default: value = .number(try number())
        }
        guard isEnd else { return }
        for place in wanted where paths[place].count == depth { found[place] = value }
    }

    /// Reads an object, and gives how many members it has.
    private mutating func object(wanted: [Int], depth: Int) throws(JSONFault) -> Int {
        offset += 1
        var count = 0
        let inside = wanted.filter { paths[$0].count > depth }
        skipBlanks()
        if take(UInt8(ascii: "}")) { return 0 }
        repeat {
            skipBlanks()
            let name = try string(keeps: !inside.isEmpty)
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw fault("expected a colon") }
            skipBlanks()
            // Code points are compared as they are (RFC 6901, section 4).
            let inner = inside.filter { paths[$0][depth].utf8.elementsEqual(name.utf8) }
            for place in inner { found[place] = nil }
            try value(wanted: inner, depth: depth + 1)
            count += 1
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("expected a comma or }") }
        return count
    }

    /// Reads an array, and gives how many elements it has.
    private mutating func array(wanted: [Int], depth: Int) throws(JSONFault) -> Int {
        offset += 1
        var count = 0
        let inside = wanted.filter { paths[$0].count > depth }
        skipBlanks()
        if take(UInt8(ascii: "]")) { return 0 }
        repeat {
            skipBlanks()
            // An index has no leading zero (RFC 6901, section 4).
            let inner = inside.isEmpty ? [] : inside.filter { paths[$0][depth] == "\(count)" }
            try value(wanted: inner, depth: depth + 1)
            count += 1
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("expected a comma or ]") }
        return count
    }

    // MARK: Scalars

    private mutating func word(
        _ text: StaticString, _ value: JSONValue
    ) throws(JSONFault) -> JSONValue {
        for byte in text.description.utf8 {
            guard take(byte) else { throw fault("expected \(text)") }
        }
        return value
    }

    private mutating func number() throws(JSONFault) -> Double {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard skipDigits() > 0 else { throw fault("expected a value") }
        }
        if take(UInt8(ascii: ".")) {
            guard skipDigits() > 0 else { throw fault("expected a digit") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() > 0 else { throw fault("expected a digit") }
        }
        var text = ""
        for index in start..<offset { text.unicodeScalars.append(Unicode.Scalar(bytes[index])) }
        guard let number = Double(text) else { throw fault("expected a number") }
        return number
    }

    private mutating func string(keeps: Bool) throws(JSONFault) -> String {
        guard take(UInt8(ascii: "\"")) else { throw fault("expected a string") }
        var content: [UInt8] = []
        while let byte = peek() {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: content, as: UTF8.self)
            case UInt8(ascii: "\\"):
                let scalar = try escape()
                if keeps { content += Array(String(Character(scalar)).utf8) }
            case 0..<0x20:
                throw fault("a control character in a string")
            default:
                if keeps { content.append(byte) }
            }
        }
        throw fault("the text ends within a string")
    }

    private mutating func escape() throws(JSONFault) -> Unicode.Scalar {
        guard let byte = peek() else { throw fault("the text ends within a string") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault("an unknown escape")
        }
    }

    private mutating func unicodeEscape() throws(JSONFault) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A high surrogate has to be followed by a low one; alone it stands for no character.
        let end = offset
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u"))
        else {
            offset = end
            return "\u{FFFD}"
        }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else {
            // What follows stands for itself.
            offset = end
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hexadecimal() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue
            else { throw fault("expected four hexadecimal digits") }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }

    // MARK: Bytes

    private func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    private mutating func skipDigits() -> Int {
        let start = offset
        while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            offset += 1
        }
        return offset - start
    }

    private mutating func skipBlanks() {
        while let byte = peek(), byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            offset += 1
        }
    }

    private func fault(_ detail: String) -> JSONFault { JSONFault(offset: offset, detail: detail) }
}
