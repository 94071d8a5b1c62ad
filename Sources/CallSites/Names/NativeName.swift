/// Short names of functions for people.
public enum NativeName {
    /// The most bytes of a name that are made short.
    static let limit = 65_536

    /// The title of a function: its name without what the reader of a report does not need.
    ///
    /// `name` is as the source has it, mangled no more, or already made short, which changes
    /// nothing. Left out are
    /// - of C: what compilers and linkers add (`.isra.0`, `.cold`, `@plt`);
    /// - of C++: parameters, what is returned, `const` and tags of the ABI, `operator()` behind a
    ///   lambda, and arguments of templates that are the usual ones or are very long;
    /// - of Rust: the hash, and generic arguments;
    /// - of Swift: types (labels are kept), generic arguments, the module of an extension, and
    ///   which specialization or which part of an asynchronous function it is.
    ///
    /// A name of more than 65,536 bytes is given back as it is.
    public static func simplified(_ name: String, of language: SymbolLanguage) -> String {
        guard !name.isEmpty, name.utf8.count <= limit else { return name }
        let bytes = Array(name.utf8)
        let simple: [UInt8] =
            switch language {
            case .c: Array(withoutSuffixes(bytes[...]))
            case .cpp: CPlusPlusName.simplified(bytes)
            case .rust: RustName.simplified(bytes)
            case .swift: SwiftName.simplified(bytes)
            }
        return simple.isEmpty ? name : String(decoding: simple, as: UTF8.self)
    }

    /// A name without what compilers and linkers add behind it.
    static func withoutSuffixes(_ name: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var name = name
        if let mark = name.firstIndex(of: UInt8(ascii: "@")), mark > name.startIndex {
            // `read@plt`, `read@@GLIBC_2.2.5`; an `@` elsewhere is an attribute's.
            let version = name[mark...].drop { $0 == UInt8(ascii: "@") }
            let isName = version.allSatisfy { NameText.isWord($0) || $0 == UInt8(ascii: ".") }
            if !version.isEmpty, isName { name = name[..<mark] }
        }
        while let mark = name.lastIndex(of: UInt8(ascii: ".")), mark > name.startIndex {
            let word = name[(mark + 1)...]
            if word.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
                !word.isEmpty
            {
                // The number of a suffix, or of a variable of a function.
                let before = name[..<mark]
                guard let start = before.lastIndex(of: UInt8(ascii: ".")),
                    start > name.startIndex, isSuffix(before[(start + 1)...])
                else { return name }
                name = before[..<start]
            } else if isSuffix(word) {
                name = name[..<mark]
            } else {
                return name
            }
        }
        return name
    }

    private static func isSuffix(_ word: ArraySlice<UInt8>) -> Bool {
        [
            "cold", "isra", "part", "constprop", "lto_priv", "llvm", "clone", "localalias", "warm",
            "hot", "unlikely", "specialized", "resume", "destroy", "cleanup", "actor",
        ].contains { word.elementsEqual($0.utf8) }
            || (word.starts(with: "__uniq".utf8) && word.count == 6)
    }
}

/// A name, with the ends of what is in its brackets.
struct NameText {
    let bytes: [UInt8]
    /// Where each bracket that is opened is closed; 0 where it is not, or is none.
    private(set) var closers: [Int]

    /// Reads the brackets in one pass; `skip` gives how many bytes at a place are an operator of the
    /// source, whose angles are no brackets.
    init(_ bytes: [UInt8], skip: (_ place: Int) -> Int = { _ in 0 }) {
        self.bytes = bytes
        closers = [Int](repeating: 0, count: bytes.count)
        var open: [Int] = []
        // How many of each kind are open.
        var counts = [Int](repeating: 0, count: 128)
        var place = 0
        while place < bytes.count {
            let skipped = skip(place)
            if skipped > 0 {
                place += skipped
                continue
            }
            switch bytes[place] {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "<"):
                open.append(place)
                counts[Int(bytes[place])] += 1
            case UInt8(ascii: ")"): close(UInt8(ascii: "("), at: place, &open, &counts)
            case UInt8(ascii: "]"): close(UInt8(ascii: "["), at: place, &open, &counts)
            case UInt8(ascii: "}"): close(UInt8(ascii: "{"), at: place, &open, &counts)
            case UInt8(ascii: ">") where place == 0 || bytes[place - 1] != UInt8(ascii: "-"):
                // One that stands in round brackets closes none around them; square ones are not
                // always closed (`<Arg[0] = [Closure Propagated : f, Argument Types : []>`).
                if let last = open.suffix(3).last(where: { bytes[$0] != UInt8(ascii: "[") }),
                    bytes[last] == UInt8(ascii: "<")
                {
                    close(UInt8(ascii: "<"), at: place, &open, &counts)
                }
            default: break
            }
            place += 1
        }
    }

    private mutating func close(
        _ opener: UInt8, at place: Int, _ open: inout [Int], _ counts: inout [Int]
    ) {
        guard counts[Int(opener)] > 0 else { return }
        while let last = open.popLast() {
            counts[Int(bytes[last])] -= 1
            if bytes[last] == opener {
                closers[last] = place
                return
            }
        }
    }

    /// Where the bracket at a place is closed, before an end; nil when it is not.
    func closer(_ place: Int, before end: Int) -> Int? {
        closers[place] > place && closers[place] < end ? closers[place] : nil
    }

    /// Whether a text stands at a place.
    func has(_ text: StaticString, at place: Int, before end: Int) -> Bool {
        let count = text.utf8CodeUnitCount
        guard place >= 0, count <= end - place, text.hasPointerRepresentation else { return false }
        // The bytes of a static text are there as long as the program, and `count` of them.
        return unsafe UnsafeBufferPointer(start: text.utf8Start, count: count)
            .elementsEqual(bytes[place..<place + count])
    }

    /// The first place of a text that is in no bracket.
    func find(_ text: StaticString, from start: Int, before end: Int) -> Int? {
        var place = start
        while place < end {
            if has(text, at: place, before: end) { return place }
            place = (closer(place, before: end) ?? place) + 1
        }
        return nil
    }

    /// A letter, a digit, an underscore, a dollar sign, or a part of a letter beyond ASCII.
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 128...255:
            true
        default: false
        }
    }

    static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }

    static func isOperator(_ byte: UInt8) -> Bool {
        "/=-+!*%<>&|^~?.".utf8.contains(byte)
    }
}
