extension RustPrinter {
    /// Writes a constant; in braces when it is no literal and stands among generic arguments.
    mutating func printConstant(isValue: Bool) throws(Damage) {
        try nested { printer throws(Damage) in try printer.printConstantInside(isValue: isValue) }
    }

    private mutating func printConstantInside(isValue: Bool) throws(Damage) {
        let letter = Unicode.Scalar(try next())
        switch letter {
        case "p":
            try write("_")
        case "h", "t", "m", "y", "o", "j":
            try printNumber()
        case "a", "s", "l", "x", "n", "i":
            if eat("n") { try write("-") }
            try printNumber()
        case "b":
            switch Self.value(try digits()) {
            case 0: try write("false")
            case 1: try write("true")
            default: throw Damage()
            }
        case "c":
            guard let value = Self.value(try digits()), value <= 0x10_FFFF,
                let scalar = Unicode.Scalar(UInt32(value))
            else { throw Damage() }
            try write("'" + Self.escaped(scalar, in: "'") + "'")
        case "R" where eat("e"):
            try printText()
        case "B":
            try referring { printer throws(Damage) in try printer.printConstant(isValue: isValue) }
        default:
            if !isValue { try write("{") }
            try printCompound(letter)
            if !isValue { try write("}") }
        }
    }

    private mutating func printCompound(_ letter: Unicode.Scalar) throws(Damage) {
        switch letter {
        case "e":
            try write("*")
            try printText()
        case "R", "Q":
            try write(letter == "R" ? "&" : "&mut ")
            try printConstant(isValue: true)
        case "A":
            try write("[")
            try list(", ") { printer throws(Damage) in try printer.printConstant(isValue: true) }
            try write("]")
        case "T":
            try write("(")
            let count = try list(", ") { printer throws(Damage) in
                try printer.printConstant(isValue: true)
            }
            try write(count == 1 ? ",)" : ")")
        case "V":
            try printPath(isValue: true)
            try printFields()
        default:
            throw Damage()
        }
    }

    /// Writes the fields of a structure or of a case of an enumeration.
    private mutating func printFields() throws(Damage) {
        switch Unicode.Scalar(try next()) {
        case "U": break
        case "T":
            try write("(")
            try list(", ") { printer throws(Damage) in try printer.printConstant(isValue: true) }
            try write(")")
        case "S":
            try write(" { ")
            try list(", ") { printer throws(Damage) in
                _ = try printer.number(after: "s")
                try printer.write(printer.identifier())
                try printer.write(": ")
                try printer.printConstant(isValue: true)
            }
            try write(" }")
        default: throw Damage()
        }
    }

    // MARK: Literals

    /// Digits of base 16, without zeros before them, up to an underscore.
    private mutating func digits() throws(Damage) -> ArraySlice<UInt8> {
        let start = place
        while !eat("_") {
            guard Self.digit(try next()) != nil else { throw Damage() }
        }
        return bytes[start..<place - 1]
    }

    private static func digit(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): letter - UInt8(ascii: "a") + 10
        default: nil
        }
    }

    /// The number that digits say; nil when it has more than 64 bits.
    private static func value(_ digits: ArraySlice<UInt8>) -> UInt64? {
        let digits = digits.drop { $0 == UInt8(ascii: "0") }
        guard digits.count <= 16 else { return nil }
        return digits.reduce(0) { $0 << 4 | UInt64(digit($1) ?? 0) }
    }

    private mutating func printNumber() throws(Damage) {
        let digits = try digits()
        if let value = Self.value(digits) {
            try write(String(value))
        } else {
            try write("0x")
            try write(digits.drop { $0 == UInt8(ascii: "0") })
        }
    }

    /// Writes a text, whose bytes are two digits each.
    private mutating func printText() throws(Damage) {
        let digits = Array(try digits())
        guard digits.count.isMultiple(of: 2) else { throw Damage() }
        let bytes = stride(from: 0, to: digits.count, by: 2).map { place in
            (Self.digit(digits[place]) ?? 0) << 4 | (Self.digit(digits[place + 1]) ?? 0)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Damage() }
        var escaped = "\""
        for scalar in text.unicodeScalars { escaped += Self.escaped(scalar, in: "\"") }
        try write(escaped + "\"")
    }

    private static func escaped(_ scalar: Unicode.Scalar, in quote: Unicode.Scalar) -> String {
        switch scalar {
        case "\t": "\\t"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\0": "\\0"
        case "\\": "\\\\"
        case quote: "\\" + String(quote)
        default:
            scalar.value < 32 || 127..<160 ~= scalar.value
                ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(scalar)
        }
    }
}

/// Identifiers that have letters beyond ASCII (RFC 3492, with `_` before the code for `-`).
enum Punycode {
    /// The text in UTF-8; nil when it is damaged.
    static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var scalars: [Unicode.Scalar] = []
        var code = text
        if let mark = text.lastIndex(of: UInt8(ascii: "_")) {
            scalars = text[..<mark].map { Unicode.Scalar($0) }
            code = text[(mark + 1)...]
        }
        // Each letter is put in among those before it: more would take long.
        guard !code.isEmpty, code.count <= 1_024 else { return nil }
        var (scalar, index, bias) = (128, 0, 72)
        var isFirst = true
        var position = code.startIndex
        while position < code.endIndex {
            var (delta, weight, threshold) = (0, 1, 0)
            for step in stride(from: 36, through: .max, by: 36) {
                guard position < code.endIndex, let digit = digit(code[position]) else {
                    return nil
                }
                position += 1
                let (product, isTooLarge) = weight.multipliedReportingOverflow(by: digit)
                guard !isTooLarge, product <= Int(Int32.max) - delta else { return nil }
                delta += product
                threshold = min(max(step - bias, 1), 26)
                if digit < threshold { break }
                weight *= 36 - threshold
            }
            let count = scalars.count + 1
            index += delta
            scalar += index / count
            index %= count
            guard scalar <= 0x10_FFFF, let letter = Unicode.Scalar(UInt32(scalar)) else {
                return nil
            }
            scalars.insert(letter, at: index)
            index += 1
            bias = adapted(isFirst ? delta / 700 : delta / 2, count)
            isFirst = false
        }
        var decoded = String.UnicodeScalarView()
        decoded.append(contentsOf: scalars)
        return Array(String(decoded).utf8)
    }

    private static func digit(_ letter: UInt8) -> Int? {
        switch letter {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): Int(letter - UInt8(ascii: "a"))
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(letter - UInt8(ascii: "0")) + 26
        default: nil
        }
    }

    private static func adapted(_ delta: Int, _ count: Int) -> Int {
        var (delta, bias) = (delta + delta / count, 0)
        while delta > 35 * 26 / 2 {
            delta /= 35
            bias += 36
        }
        return bias + 36 * delta / (delta + 38)
    }
}
