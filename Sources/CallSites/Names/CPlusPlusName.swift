/// Names of C++'s functions, as demanglers of the Itanium C++ ABI write them.
struct CPlusPlusName {
    /// How deep templates may nest that are looked into.
    private static let depthLimit = 64
    /// The most bytes of a template's arguments that a title has.
    private static let argumentLimit = 64

    private let text: NameText
    private var output: [UInt8] = []
    private var depth = 0

    /// What is no function.
    private static let data = [
        "guard variable for ", "vtable for ", "VTT for ", "typeinfo ", "construction vtable for ",
        "TLS ", "reference temporary #",
    ]

    static func simplified(_ bytes: [UInt8]) -> [UInt8] {
        if data.contains(where: { bytes.starts(with: $0.utf8) }) { return bytes }
        var end = bytes.endIndex
        // `[clone .isra.0]`, once or more.
        let text = NameText(bytes) { operatorLength(bytes, at: $0) }
        if let mark = text.find(" [clone ", from: 0, before: end) { end = mark }
        end = NativeName.withoutSuffixes(bytes[..<end]).endIndex
        var start = 0
        let thunks: [StaticString] = [
            "non-virtual thunk to ", "virtual thunk to ", "covariant return thunk to ",
        ]
        while let thunk = thunks.first(where: { text.has($0, at: start, before: end) }) {
            start += thunk.utf8CodeUnitCount
        }
        var name = CPlusPlusName(text: text)
        name.writeFunction(start, end)
        return name.output
    }

    private init(text: NameText) { self.text = text }

    /// How long `operator<<` and its like are; 0 when there is none at a place.
    private static func operatorLength(_ bytes: [UInt8], at place: Int) -> Int {
        let word = "operator".utf8
        guard bytes[place] == UInt8(ascii: "o"), bytes[place...].starts(with: word),
            place == 0 || !NameText.isWord(bytes[place - 1])
        else { return 0 }
        let behind = bytes[(place + word.count)...]
        // The longest that fits comes first.
        let symbols = [
            "()", "[]", "->*", "->", "<=>", "<<=", ">>=", "<<", ">>", "<=", ">=", "<", ">", "==",
            "!=",
            "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "+", "-", "*",
            "/",
            "%", "^", "&", "|", "~", "!", "=", ",", " new[]", " delete[]", " new", " delete",
            " co_await", "\"\" ",
        ]
        let symbol = symbols.first { behind.starts(with: $0.utf8) }
        return symbol.map { word.count + $0.utf8.count } ?? 0
    }

    // MARK: The function

    /// Writes the name of a function, and of what it is in.
    private mutating func writeFunction(_ start: Int, _ end: Int) {
        let whole = output.count
        var place = start
        while place < end {
            let length = Self.operatorLength(text.bytes, at: place)
            if length > 0 {
                let stop = min(end, place + length)
                if let next = behindCallOfLambda(place, stop, end) {
                    place = next
                    continue
                }
                output.append(contentsOf: text.bytes[place..<stop])
                place = stop
                // `operator< <int>`
                if text.has(" <", at: place, before: end) {
                    output.append(UInt8(ascii: " "))
                    place += 1
                }
                continue
            }
            if let stop = conversion(place, end) {
                output.append(contentsOf: "operator ".utf8)
                writeType(place + 9, stop)
                place = stop
                continue
            }
            switch text.bytes[place] {
            case UInt8(ascii: " "):
                // What is returned stands before.
                place = behindReturned(place, end)
                output.removeSubrange(whole...)
            case UInt8(ascii: "*"), UInt8(ascii: "&"):
                output.removeSubrange(whole...)
                place += 1
            case UInt8(ascii: "("):
                guard let next = writeParameters(place, end, isFirst: output.count == whole) else {
                    return
                }
                place = next
            default:
                place = writeNext(place, end, limit: Self.argumentLimit)
            }
        }
    }

    /// Takes back the `::` of a lambda's `operator()`, and gives the place behind all of that.
    private mutating func behindCallOfLambda(_ place: Int, _ stop: Int, _ end: Int) -> Int? {
        guard text.has("operator()", at: place, before: stop),
            output.suffix(3).elementsEqual("}::".utf8)
        else { return nil }
        // A template's arguments, and the parameters.
        var behind = stop
        if text.has("<", at: behind, before: end), let closer = text.closer(behind, before: end) {
            behind = closer + 1
        }
        if text.has("(", at: behind, before: end), let closer = text.closer(behind, before: end) {
            behind = closer + 1
        }
        output.removeLast(2)
        return enclosed(behind: behind - 1, end) ?? end
    }

    /// Where the type that an operator converts to ends; nil when there is no such operator.
    private func conversion(_ place: Int, _ end: Int) -> Int? {
        guard text.has("operator ", at: place, before: end),
            place == 0 || !NameText.isWord(text.bytes[place - 1])
        else { return nil }
        var stop = place + 9
        while stop < end {
            if text.bytes[stop] == UInt8(ascii: "("),
                !text.has("(anonymous namespace)", at: stop, before: end)
            {
                return stop
            }
            stop = (text.closer(stop, before: end) ?? stop) + 1
        }
        return end
    }

    /// Behind a space, and behind `(…)` of a `decltype`.
    private func behindReturned(_ place: Int, _ end: Int) -> Int {
        if text.has("decltype", at: place - 8, before: place),
            text.has("(", at: place + 1, before: end),
            let closer = text.closer(place + 1, before: end)
        {
            return closer + 1
        }
        return place + 1
    }

    /// Writes `()` of a function that another thing is in, and gives the place behind it; nil at
    /// the parameters of the function itself.
    private mutating func writeParameters(_ opener: Int, _ end: Int, isFirst: Bool) -> Int? {
        guard let closer = text.closer(opener, before: end) else { return nil }
        if text.has("(anonymous namespace)", at: opener, before: end) {
            output.append(contentsOf: text.bytes[opener...closer])
            return closer + 1
        }
        if let next = enclosed(behind: closer, end) {
            output.append(contentsOf: "()".utf8)
            return next
        }
        // The function is in what returns a pointer to a function: `int (*choose<int>(int))(int)`.
        return isFirst ? opener + 1 : nil
    }

    /// Where `::` stands behind parameters, and behind what a method says of its object.
    private func enclosed(behind closer: Int, _ end: Int) -> Int? {
        var place = closer + 1
        let marks: [StaticString] = [" const", " volatile", " &&", " &"]
        while let mark = marks.first(where: { text.has($0, at: place, before: end) }) {
            place += mark.utf8CodeUnitCount
        }
        if text.has("[abi:", at: place, before: end), let tag = text.closer(place, before: end) {
            place = tag + 1
        }
        return text.has("::", at: place, before: end) ? place : nil
    }

    // MARK: Types

    /// Writes a letter, or what is in brackets at a place; gives the place behind it.
    private mutating func writeNext(_ place: Int, _ end: Int, limit: Int) -> Int {
        if text.has("std::__cxx11::", at: place, before: end)
            || text.has("std::__1::", at: place, before: end),
            place == 0 || !NameText.isWord(text.bytes[place - 1])
        {
            // The version of the library says nothing.
            output.append(contentsOf: "std::".utf8)
            return place + (text.bytes[place + 7] == UInt8(ascii: "1") ? 10 : 14)
        }
        guard let closer = text.closer(place, before: end) else {
            output.append(text.bytes[place])
            return place + 1
        }
        switch text.bytes[place] {
        case UInt8(ascii: "<"):
            let before = output.count
            writeArguments(place, closer)
            if output.count - before > limit {
                output.removeSubrange(before...)
                output.append(contentsOf: "<…>".utf8)
            }
        case UInt8(ascii: "{") where text.has("{lambda(", at: place, before: end):
            output.append(contentsOf: "{lambda".utf8)
            if let parameters = text.closer(place + 7, before: closer) {
                output.append(contentsOf: text.bytes[parameters + 1..<closer])
            }
            output.append(UInt8(ascii: "}"))
        case UInt8(ascii: "[") where text.has("[abi:", at: place, before: end):
            break
        case UInt8(ascii: "("):
            if enclosed(behind: closer, end) != nil,
                !text.has("(anonymous namespace)", at: place, before: end)
            {
                output.append(contentsOf: "()".utf8)
                return enclosed(behind: closer, end) ?? closer + 1
            }
            output.append(contentsOf: text.bytes[place...closer])
        default:
            output.append(contentsOf: text.bytes[place...closer])
        }
        return closer + 1
    }

    private mutating func writeType(_ start: Int, _ end: Int) {
        var place = start
        while place < end {
            let length = Self.operatorLength(text.bytes, at: place)
            if length > 0 {
                let stop = min(end, place + length)
                output.append(contentsOf: text.bytes[place..<stop])
                place = stop
            } else {
                place = writeNext(place, end, limit: .max)
            }
        }
    }

    /// What most leave out.
    private static let usual: [StaticString] = [
        "std::allocator<", "std::char_traits<", "std::less<", "std::hash<", "std::equal_to<",
        "std::default_delete<",
    ]

    /// Writes the arguments of a template without those at the end that are the usual ones.
    private mutating func writeArguments(_ opener: Int, _ closer: Int) {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { return output.append(contentsOf: "<…>".utf8) }
        var parts: [Range<Int>] = []
        var place = opener + 1
        while place <= closer {
            let stop = text.find(", ", from: place, before: closer) ?? closer
            parts.append(place..<stop)
            place = stop + 2
        }
        while parts.count > 1, let last = parts.last,
            Self.usual.contains(where: {
                text.has($0, at: last.lowerBound, before: last.upperBound)
            })
        {
            parts.removeLast()
        }
        let name = "basic_string".utf8
        if parts.count == 1, let part = parts.first, output.suffix(name.count).elementsEqual(name),
            text.bytes[part].elementsEqual("char".utf8)
        {
            output.removeLast(name.count)
            output.append(contentsOf: "string".utf8)
            return
        }
        output.append(UInt8(ascii: "<"))
        for (index, part) in parts.enumerated() {
            if index > 0 { output.append(contentsOf: ", ".utf8) }
            var end = part.upperBound
            // `> >` of older demanglers.
            while end > part.lowerBound, text.bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
            writeType(part.lowerBound, end)
        }
        output.append(UInt8(ascii: ">"))
    }
}
