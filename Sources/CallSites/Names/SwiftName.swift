/// Names of Swift's functions, as its demangler writes them.
struct SwiftName {
    private let text: NameText
    private var output: [UInt8] = []

    static func simplified(_ bytes: [UInt8]) -> [UInt8] {
        var name = SwiftName(
            text: NameText(bytes) { place in
                // `Swift.Comparable.< infix(A, A)`
                guard bytes[place] == UInt8(ascii: ".") else { return 0 }
                return Self.operatorLength(bytes, at: place + 1)
            })
        name.write(0, bytes.count)
        return name.output
    }

    private init(text: NameText) { self.text = text }

    /// How long an operator that is a function's name is; 0 when there is none.
    private static func operatorLength(_ bytes: [UInt8], at start: Int) -> Int {
        var place = start
        while place < bytes.count, place < start + 32, NameText.isOperator(bytes[place]) {
            place += 1
        }
        guard place > start else { return 0 }
        let behind = bytes[place...]
        let isFunction = [" infix", " prefix", " postfix"].contains { behind.starts(with: $0.utf8) }
        return isFunction ? place - start : 0
    }

    /// Writes a whole name: closures, each in what comes behind it.
    private mutating func write(_ start: Int, _ wholeEnd: Int) {
        let end = text.find(" with unmangled suffix ", from: start, before: wholeEnd) ?? wholeEnd
        var place = start
        while true {
            let stop = text.find(" in ", from: place, before: end) ?? end
            let (first, isWitness) = withoutPrefixes(place, stop)
            if isWitness, stop < end, text.has("conformance ", at: stop + 4, before: end) {
                let typeStart = stop + 4 + 12
                let typeEnd = text.find(" : ", from: typeStart, before: end) ?? end
                writeWitness(first, stop, type: typeStart, typeEnd)
                return
            }
            writePart(first, stop)
            guard stop < end else { return }
            output.append(contentsOf: " in ".utf8)
            place = stop + 4
        }
    }

    /// Writes what implements a requirement of a protocol as a function of the type.
    private mutating func writeWitness(_ start: Int, _ end: Int, type: Int, _ typeEnd: Int) {
        let (typeStart, _) = withoutPrefixes(type, typeEnd)
        writePart(typeStart, typeEnd)
        let behindType = output.count
        writePart(start, end)
        // `Swift.Error._code.getter` is a protocol of a module, and what it requires.
        let requirement = Array(output[behindType...])
        output.removeSubrange(behindType...)
        let dot = UInt8(ascii: ".")
        let names = requirement.split(
            separator: dot, maxSplits: 2, omittingEmptySubsequences: false)
        output.append(dot)
        output.append(contentsOf: names.count == 3 ? names[2] : requirement[...])
    }

    private static let prefixes: [StaticString] = [
        "await resume partial function for ", "suspend resume partial function for ", "merged ",
        "partial apply forwarder for ", "partial apply for ", "@objc ", "@nonobjc ", "static ",
        "async function pointer to ", "dispatch thunk of ", "distributed thunk ",
        "dynamically replaceable thunk for ", "back deployment thunk for ",
        "back deployment fallback for ", "@convention(c) ", "class ", "inlined generic function ",
    ]

    /// Where a part begins behind what says how the compiler made it.
    private func withoutPrefixes(_ start: Int, _ end: Int) -> (start: Int, isWitness: Bool) {
        var (place, isWitness) = (start, false)
        while place < end {
            if let prefix = Self.prefixes.first(where: { text.has($0, at: place, before: end) }) {
                place += prefix.utf8CodeUnitCount
            } else if text.has("protocol witness for ", at: place, before: end) {
                place += 21
                isWitness = true
            } else if text.bytes[place] == UInt8(ascii: "<"),
                let closer = text.closer(place, before: end), closer > place + 1,
                text.has(" ", at: closer + 1, before: end)
            {
                // `<A where A: Swift.Hashable> M.Box<A>`
                place = closer + 2
            } else if let next = behindBracket(place, end) ?? behindSpecialization(place, end) {
                place = next
            } else {
                break
            }
        }
        return (place, isWitness)
    }

    /// Behind `(1) ` of a part of an asynchronous function, or `(extension in M):`.
    private func behindBracket(_ place: Int, _ end: Int) -> Int? {
        guard text.bytes[place] == UInt8(ascii: "("), let closer = text.closer(place, before: end)
        else { return nil }
        if text.has("(extension in ", at: place, before: end) {
            return text.has(":", at: closer + 1, before: end) ? closer + 2 : nil
        }
        let isNumber = text.bytes[place + 1..<closer].allSatisfy {
            $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")
        }
        return isNumber && closer > place + 1 && text.has(" ", at: closer + 1, before: end)
            ? closer + 2 : nil
    }

    /// Behind `generic specialization <…> of ` and its like.
    private func behindSpecialization(_ place: Int, _ end: Int) -> Int? {
        guard
            ["generic ", "function ", "specialized "].contains(where: {
                text.has($0, at: place, before: end)
            })
        else { return nil }
        var next = place
        while next < min(end, place + 64), text.bytes[next] != UInt8(ascii: "<") { next += 1 }
        guard next < end, let closer = text.closer(next, before: end),
            text.has("specialization ", at: next - 15, before: end),
            text.has(" of ", at: closer + 1, before: end)
        else { return nil }
        return closer + 5
    }

    /// Writes a function, a closure, or some other thing of the compiler's.
    private mutating func writePart(_ start: Int, _ end: Int) {
        if text.has("reabstraction thunk", at: start, before: end) {
            output.append(contentsOf: "reabstraction thunk".utf8)
            return
        }
        let marks: [StaticString] = ["closure #", "implicit closure #"]
        if let mark = marks.first(where: { text.has($0, at: start, before: end) }) {
            var stop = start + mark.utf8CodeUnitCount
            while stop < end, NameText.isWord(text.bytes[stop]) { stop += 1 }
            output.append(contentsOf: text.bytes[start..<stop])
            return
        }
        writeFunction(start, end)
    }

    private mutating func writeFunction(_ start: Int, _ end: Int) {
        var place = start
        while place < end {
            let byte = text.bytes[place]
            let closer = text.closer(place, before: end)
            switch byte {
            case UInt8(ascii: "."):
                let length = Self.operatorLength(text.bytes, at: place + 1)
                output.append(contentsOf: text.bytes[place..<min(end, place + 1 + length)])
                place += 1 + length
                continue
            case UInt8(ascii: " "):
                if isSignature(place, end) { return }
                if let opener = parameters(behindNumberAt: place, start, end),
                    let closer = text.closer(opener, before: end)
                {
                    writeParameters(opener, closer)
                    place = closer
                } else {
                    output.append(byte)
                }
            case UInt8(ascii: "<")
            where closer != nil && place > start
                && (NameText.isWord(text.bytes[place - 1])
                    || ")?".utf8.contains(text.bytes[place - 1])):
                place = closer ?? place
            case UInt8(ascii: "("):
                if text.has("(extension in ", at: place, before: end),
                    let next = behindBracket(place, end)
                {
                    place = next - 1
                } else if let closer {
                    writeBracket(place, closer, isFirst: place == start)
                    place = closer
                } else {
                    output.append(byte)
                }
            default: output.append(byte)
            }
            place += 1
        }
    }

    /// Whether what comes is no name any more.
    private func isSignature(_ place: Int, _ end: Int) -> Bool {
        let marks: [StaticString] = [" -> ", " : ", " async ", " throws", " where "]
        return marks.contains { text.has($0, at: place, before: end) }
    }

    /// Where the parameters of a local function are: `inner #1 <A>@Sendable (x: Swift.Int)`.
    private func parameters(behindNumberAt place: Int, _ start: Int, _ end: Int) -> Int? {
        var before = place
        while before > start, NameText.isWord(text.bytes[before - 1]) { before -= 1 }
        guard before > start, before < place, text.bytes[before - 1] == UInt8(ascii: "#") else {
            return nil
        }
        var next = place + 1
        while text.has("<", at: next, before: end), let closer = text.closer(next, before: end) {
            next = closer + 1
            if text.has(" ", at: next, before: end) { next += 1 }
        }
        while text.has("@", at: next, before: end) {
            next += 1
            while next < end, NameText.isWord(text.bytes[next]) { next += 1 }
            if text.has(" ", at: next, before: end) { next += 1 }
        }
        return text.has("(", at: next, before: end) ? next : nil
    }

    /// Writes a private name without its file's number, parameters as their labels, or a type.
    private mutating func writeBracket(_ opener: Int, _ closer: Int, isFirst: Bool) {
        let before = isFirst ? UInt8(ascii: ".") : text.bytes[opener - 1]
        let isName = before == UInt8(ascii: ".") || before == UInt8(ascii: ":")
        if isName, text.has("(in _", at: opener, before: closer) {
            // A private initializer.
            if output.last == UInt8(ascii: ".") { output.removeLast() }
            return
        }
        if isName, let mark = text.find(" in ", from: opener + 1, before: closer) {
            output.append(contentsOf: text.bytes[opener + 1..<mark])
            return
        }
        guard NameText.isWord(before) || before == UInt8(ascii: ">") || before == UInt8(ascii: ")")
        else { return output.append(contentsOf: text.bytes[opener...closer]) }
        writeParameters(opener, closer)
    }

    private mutating func writeParameters(_ opener: Int, _ closer: Int) {
        output.append(UInt8(ascii: "("))
        writeLabels(opener + 1, closer)
        output.append(UInt8(ascii: ")"))
    }

    private mutating func writeLabels(_ start: Int, _ end: Int) {
        let isShort = text.bytes[start..<end].allSatisfy {
            NameText.isWord($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "`")
        }
        if isShort, start < end, text.bytes[end - 1] == UInt8(ascii: ":") {
            return output.append(contentsOf: text.bytes[start..<end])
        }
        var place = start
        while place < end {
            let stop = text.find(", ", from: place, before: end) ?? end
            var mark = place
            while mark < stop, NameText.isWord(text.bytes[mark]) { mark += 1 }
            if mark > place, text.has(": ", at: mark, before: stop) {
                output.append(contentsOf: text.bytes[place..<mark])
            } else {
                output.append(UInt8(ascii: "_"))
            }
            output.append(UInt8(ascii: ":"))
            place = stop + 2
        }
    }
}
