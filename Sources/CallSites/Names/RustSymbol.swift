/// Rust's symbols of its newer form, which begin with `_R`.
///
/// The form is that of RFC 2603 ("v0") with the constants that rustc added since. The standard
/// library and the programs of rustc 1.92 and later have it.
public enum RustSymbol {
    /// The most bytes of a symbol that are looked at, and the most that a name may have.
    static let limits = (symbol: 16_384, name: 65_536)

    /// A symbol as the source has it, without the numbers that tell versions of crates apart.
    ///
    /// `_RNvCs1234_3app4main` is `app::main`. What compilers add behind a dot (`.llvm.123`,
    /// `.cold`) is left out. Nil when it is no such symbol, is damaged, nests more than 256 deep,
    /// or when its name would have more than 65,536 bytes.
    public static func demangle(_ symbol: some StringProtocol) -> String? {
        guard symbol.hasPrefix("_R"), symbol.utf8.count <= limits.symbol else { return nil }
        var printer = RustPrinter(Array(symbol.utf8.dropFirst(2)))
        do {
            try printer.printSymbol()
        } catch {
            return nil
        }
        // A crate of no name names nothing.
        return printer.output.isEmpty ? nil : String(decoding: printer.output, as: UTF8.self)
    }
}

/// Reads a symbol behind its `_R`, and writes the name.
struct RustPrinter {
    /// The symbol says what none can.
    struct Damage: Error {}

    /// How deep a symbol may nest, and how many parts are read, those of references included.
    private static let limits = (depth: 256, steps: 131_072)

    let bytes: [UInt8]
    var place = 0
    /// The name as far as it is known, in UTF-8.
    var output: [UInt8] = []
    /// How many parts around this one are read but not written.
    private var hidden = 0
    private var depth = 0
    private var steps = 0
    /// How many lifetimes the `for<…>` around this name.
    var lifetimes: UInt64 = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func printSymbol() throws(Damage) {
        // A digit would be the number of a later form.
        try printPath(isValue: true)
        if let next = peek, next >= UInt8(ascii: "A"), next <= UInt8(ascii: "Z") {
            // The crate that a generic function was compiled for.
            try hiding { printer throws(Damage) in try printer.printPath(isValue: false) }
        }
        guard peek == nil || peek == UInt8(ascii: ".") || peek == UInt8(ascii: "$") else {
            throw Damage()
        }
    }

    // MARK: Reading

    var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func next() throws(Damage) -> UInt8 {
        guard place < bytes.count else { throw Damage() }
        place += 1
        return bytes[place - 1]
    }

    /// Passes a letter if it is the next.
    mutating func eat(_ letter: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: letter) else { return false }
        place += 1
        return true
    }

    /// A number of base 62, with an underscore behind it.
    mutating func number() throws(Damage) -> UInt64 {
        if eat("_") { return 0 }
        var value: UInt64 = 0
        while !eat("_") {
            let letter = try next()
            let digit: UInt8 =
                switch letter {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 10
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A") + 36
                default: throw Damage()
                }
            value = try Self.sum(value, times: 62, UInt64(digit))
        }
        return try Self.sum(value, times: 1, 1)
    }

    /// A number that a letter announces: 0 without it.
    mutating func number(after letter: Unicode.Scalar) throws(Damage) -> UInt64 {
        eat(letter) ? try Self.sum(number(), times: 1, 1) : 0
    }

    private static func sum(
        _ value: UInt64, times factor: UInt64, _ added: UInt64
    ) throws(Damage) -> UInt64 {
        let (product, isTooLarge) = value.multipliedReportingOverflow(by: factor)
        let (sum, isOverflow) = product.addingReportingOverflow(added)
        guard !isTooLarge, !isOverflow else { throw Damage() }
        return sum
    }

    /// An identifier of the source, in UTF-8.
    mutating func identifier() throws(Damage) -> [UInt8] {
        let isPunycode = eat("u")
        let zero = UInt8(ascii: "0")
        let first = try next()
        guard first >= zero, first <= zero + 9 else { throw Damage() }
        var count = Int(first - zero)
        while count > 0, let digit = peek, digit >= zero, digit <= zero + 9 {
            count = count * 10 + Int(digit - zero)
            place += 1
            guard count <= bytes.count else { throw Damage() }
        }
        _ = eat("_")
        guard count <= bytes.count - place else { throw Damage() }
        let text = bytes[place..<place + count]
        place += count
        guard isPunycode else { return Array(text) }
        guard let decoded = Punycode.decode(text) else { throw Damage() }
        return decoded
    }

    // MARK: Writing

    /// Whether what is read is written too.
    var isWriting: Bool { hidden == 0 }

    mutating func write(_ text: some Sequence<UInt8>) throws(Damage) {
        guard hidden == 0 else { return }
        output.append(contentsOf: text)
        guard output.count <= RustSymbol.limits.name else { throw Damage() }
    }

    mutating func write(_ text: String) throws(Damage) { try write(text.utf8) }

    /// Reads something without writing it.
    mutating func hiding(_ body: (inout Self) throws(Damage) -> Void) throws(Damage) {
        hidden += 1
        try body(&self)
        hidden -= 1
    }

    /// Counts a part that may hold others.
    mutating func nested(_ body: (inout Self) throws(Damage) -> Void) throws(Damage) {
        depth += 1
        steps += 1
        guard depth <= Self.limits.depth, steps <= Self.limits.steps else { throw Damage() }
        try body(&self)
        depth -= 1
    }

    /// Reads what stands at an earlier place of the symbol; its letter was passed.
    mutating func referring(_ body: (inout Self) throws(Damage) -> Void) throws(Damage) {
        let letter = place - 1
        let target = try number()
        guard target < UInt64(letter) else { throw Damage() }
        // Nothing that is not written has to be read again.
        guard isWriting else { return }
        let behind = place
        place = Int(target)
        try nested(body)
        place = behind
    }

    /// Writes parts up to an `E`, with something between; gives how many.
    @discardableResult
    mutating func list(
        _ separator: String, _ body: (inout Self) throws(Damage) -> Void
    ) throws(Damage) -> Int {
        var count = 0
        while !eat("E") {
            if count > 0 { try write(separator) }
            try body(&self)
            count += 1
        }
        return count
    }
}
