/// Reads JSON (RFC 8259) in one pass and finds one value, building nothing else.
///
/// The whole text is checked. Of members with the same name the last counts, as most readers have
/// it. Nesting deeper than ``depthLimit`` is refused.
struct JSONReader {
    static let depthLimit = 128

    private let bytes: [UInt8]
    private var offset = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The value that a pointer leads to; nil when it leads to nothing.
    static func value(at pointer: JSONPointer, in bytes: [UInt8]) throws(JSONFault)
        -> JSONValue?
    {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            // RFC 8259, section 8.1.
            throw JSONFault(offset: error.byteOffsets.lowerBound, detail: "no UTF-8")
        }
        var reader = JSONReader(bytes)
        reader.skipBlanks()
        let found = try reader.value(path: pointer.tokens[...], isWanted: true, depth: 0)
        reader.skipBlanks()
        guard reader.offset == bytes.count else { throw reader.fault("more text") }
        return found
    }

    // MARK: Values

    /// Reads a value.
    ///
    /// When it is wanted, answers with what the rest of the path leads to.
    private mutating func value(
        path: ArraySlice<String>, isWanted: Bool, depth: Int
    ) throws(JSONFault) -> JSONValue? {
        guard depth < Self.depthLimit else {
            throw fault("nested deeper than \(Self.depthLimit)")
        }
        guard let first = peek() else { throw fault("the text ends") }
        switch first {
        case UInt8(ascii: "{"):
            return try object(path: path, isWanted: isWanted, depth: depth)
        case UInt8(ascii: "["):
            return try array(path: path, isWanted: isWanted, depth: depth)
        case UInt8(ascii: "\""):
            let text = try string(keeps: isWanted && path.isEmpty)
            return isWanted && path.isEmpty ? .string(text) : nil
        case UInt8(ascii: "t"):
            return try word("true", .bool(true), isWanted && path.isEmpty)
        case UInt8(ascii: "f"):
            return try word("false", .bool(false), isWanted && path.isEmpty)
        case UInt8(ascii: "n"):
            return try word("null", .null, isWanted && path.isEmpty)
        default:
            let number = try number()
            return isWanted && path.isEmpty ? .number(number) : nil
        }
    }

    private mutating func object(
        path: ArraySlice<String>, isWanted: Bool, depth: Int
    ) throws(JSONFault) -> JSONValue? {
        offset += 1
        var found: JSONValue?
        var count = 0
        skipBlanks()
        if take(UInt8(ascii: "}")) { return isWanted && path.isEmpty ? .object(count: 0) : nil }
        repeat {
            skipBlanks()
            let name = try string(keeps: isWanted && !path.isEmpty)
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw fault("expected a colon") }
            skipBlanks()
            // Code points are compared as they are (RFC 6901, section 4).
            let isOnPath =
                isWanted && path.first.map { $0.utf8.elementsEqual(name.utf8) } ?? false
            let inner = try value(
                path: path.dropFirst(), isWanted: isOnPath, depth: depth + 1)
            if isOnPath { found = inner }
            count += 1
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("expected a comma or }") }
        return isWanted && path.isEmpty ? .object(count: count) : found
    }

    private mutating func array(
        path: ArraySlice<String>, isWanted: Bool, depth: Int
    ) throws(JSONFault) -> JSONValue? {
        offset += 1
        var found: JSONValue?
        var count = 0
        skipBlanks()
        if take(UInt8(ascii: "]")) { return isWanted && path.isEmpty ? .array(count: 0) : nil }
        // An index has no leading zero (RFC 6901, section 4).
        let index = path.first.flatMap { token in
            Int(token).flatMap { "\($0)" == token && $0 >= 0 ? $0 : nil }
        }
        repeat {
            skipBlanks()
            let isOnPath = isWanted && index == count
            let inner = try value(
                path: path.dropFirst(), isWanted: isOnPath, depth: depth + 1)
            if isOnPath { found = inner }
            count += 1
            skipBlanks()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("expected a comma or ]") }
        return isWanted && path.isEmpty ? .array(count: count) : found
    }

    // MARK: Scalars

    private mutating func word(
        _ text: StaticString, _ value: JSONValue, _ isWanted: Bool
    ) throws(JSONFault) -> JSONValue? {
        for byte in text.description.utf8 {
            guard take(byte) else { throw fault("expected \(text)") }
        }
        return isWanted ? value : nil
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
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u"))
        else { return "\u{FFFD}" }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else { return "\u{FFFD}" }
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
