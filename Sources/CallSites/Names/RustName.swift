/// Names of Rust's functions, as the demanglers of both forms write them.
struct RustName {
    /// How deep types may nest that are looked into.
    private static let depthLimit = 64

    private let text: NameText
    private var output: [UInt8] = []
    private var depth = 0

    static func simplified(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = unescaped(bytes)
        if bytes.last == UInt8(ascii: ")"),
            let mark = bytes.lastIndex(of: UInt8(ascii: "(")),
            bytes[..<mark].last == UInt8(ascii: " "),
            bytes[(mark + 1)...].starts(with: ".".utf8)
        {
            // `app::main (.llvm.123)`
            bytes.removeSubrange((mark - 1)...)
        }
        bytes = withoutHash(bytes)
        var name = RustName(
            text: NameText(bytes) { place in
                // `Fn(u8) -> u8`, and operators in braces are none of the brackets.
                bytes[place...].starts(with: "=>".utf8) ? 2 : 0
            })
        name.write(0, bytes.count)
        return name.output
    }

    private init(text: NameText) { self.text = text }

    /// A name without the suffixes of compilers and `::h0123456789abcdef`.
    private static func withoutHash(_ bytes: [UInt8]) -> [UInt8] {
        let bytes = Array(NativeName.withoutSuffixes(bytes[...]))
        let mark = bytes.count - 19
        guard mark > 0, bytes[mark...].starts(with: "::h".utf8),
            bytes[(mark + 3)...].allSatisfy(NameText.isHexadecimal)
        else { return bytes }
        return Array(bytes[..<mark])
    }

    private static let escapes: [(code: StaticString, letter: StaticString)] = [
        ("$SP$", "@"), ("$BP$", "*"), ("$RF$", "&"), ("$LT$", "<"), ("$GT$", ">"), ("$LP$", "("),
        ("$RP$", ")"), ("$C$", ","),
    ]

    /// The text of a name of the older form, whose punctuation demanglers of C++ leave as codes.
    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        let dollar = UInt8(ascii: "$")
        guard bytes.contains(dollar) else { return bytes }
        let text = NameText(bytes)
        var output: [UInt8] = []
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "_"), text.has("$", at: place + 1, before: bytes.count),
                output.isEmpty || output.last == UInt8(ascii: ":")
            {
                // It stands before a name that would begin with a code.
                place += 1
            } else if byte == dollar, let (letter, count) = escape(text, at: place) {
                output.append(contentsOf: letter)
                place += count
            } else if text.has("..", at: place, before: bytes.count) {
                output.append(contentsOf: "::".utf8)
                place += 2
            } else {
                output.append(byte)
                place += 1
            }
        }
        return output
    }

    private static func escape(_ text: NameText, at place: Int) -> (letter: [UInt8], count: Int)? {
        let end = text.bytes.count
        for (code, letter) in escapes where text.has(code, at: place, before: end) {
            return (Array(letter.description.utf8), code.utf8CodeUnitCount)
        }
        // `$u7b$` is a letter of Unicode.
        guard text.has("$u", at: place, before: end) else { return nil }
        var (stop, value) = (place + 2, UInt32(0))
        while stop < min(end, place + 8), NameText.isHexadecimal(text.bytes[stop]) {
            let digit = UInt32(text.bytes[stop])
            value = value << 4 | (digit < 58 ? digit - 48 : digit - 87)
            stop += 1
        }
        guard stop > place + 2, text.has("$", at: stop, before: end),
            let scalar = Unicode.Scalar(value), value >= 32
        else { return nil }
        return (Array(String(Character(scalar)).utf8), stop + 1 - place)
    }

    // MARK: Writing

    /// Writes a path or a type without generic arguments.
    private mutating func write(_ start: Int, _ end: Int) {
        var place = start
        while place < end {
            let byte = text.bytes[place]
            guard let closer = text.closer(place, before: end) else {
                output.append(byte)
                place += 1
                continue
            }
            switch byte {
            case UInt8(ascii: "<"):
                writeAngles(place, closer, isFirst: place == start)
                place = closer + 1
            case UInt8(ascii: "{"):
                writeBraces(place, closer)
                place = closer + 1
            default:
                output.append(byte)
                place += 1
            }
        }
    }

    /// Writes `<type as trait>` and `<impl trait for type>`, and leaves out generic arguments.
    private mutating func writeAngles(_ opener: Int, _ closer: Int, isFirst: Bool) {
        let isImplementation = text.has("impl ", at: opener + 1, before: closer)
        if !isFirst, !isImplementation {
            let before = text.bytes[opener - 1]
            if text.has("::", at: opener - 2, before: opener) {
                // `parse::<u8>`
                if output.suffix(2).elementsEqual("::".utf8) { output.removeLast(2) }
                return
            }
            if NameText.isWord(before) || before == UInt8(ascii: "}") { return }
        }
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { return output.append(contentsOf: "<…>".utf8) }
        if !isImplementation, isPath(opener + 1, closer) {
            // A method of a type.
            return write(opener + 1, closer)
        }
        output.append(UInt8(ascii: "<"))
        write(opener + 1, closer)
        output.append(UInt8(ascii: ">"))
    }

    /// Whether all between two places is one path: no reference, slice, function or `dyn`.
    private func isPath(_ start: Int, _ end: Int) -> Bool {
        var place = start
        while place < end {
            let byte = text.bytes[place]
            if byte == UInt8(ascii: "<") || byte == UInt8(ascii: "{"),
                let closer = text.closer(place, before: end)
            {
                place = closer
            } else if !NameText.isWord(byte), byte != UInt8(ascii: ":") {
                return false
            }
            place += 1
        }
        return end > start
    }

    /// Writes `{closure#0}`, also for `{{closure}}`.
    private mutating func writeBraces(_ opener: Int, _ closer: Int) {
        var (first, last) = (opener, closer)
        if text.has("{", at: opener + 1, before: closer),
            text.closer(opener + 1, before: closer) == closer - 1
        {
            (first, last) = (opener + 1, closer - 1)
        }
        output.append(contentsOf: text.bytes[first...last])
    }
}
