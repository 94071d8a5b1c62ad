import Measurements

/// A value that is not what its key asks for.
struct ValueFault: Error {
    var place: SourcePlace
    var message: String
}

/// Reads one kind of value.
struct ValueReader<Value> {
    let read: (YAMLNode) throws(ValueFault) -> Value

    init(_ read: @escaping (YAMLNode) throws(ValueFault) -> Value) {
        self.read = read
    }

    /// The text of a scalar, whatever it looks like.
    static func scalar(_ node: YAMLNode, _ expected: String) throws(ValueFault) -> String {
        guard case .scalar(let text, _) = node.value, !node.isNull else {
            throw ValueFault(
                place: node.place, message: "expected \(expected), found \(node.kind)")
        }
        return text
    }
}

extension ValueReader where Value == String {
    /// A text of 1 to `limit` bytes, without control characters.
    static func text(_ expected: String = "a text", limit: Int = 4096) -> ValueReader {
        ValueReader { (node) throws(ValueFault) in
            let text = try scalar(node, expected)
            guard !text.isEmpty, text.utf8.count <= limit else {
                throw ValueFault(
                    place: node.place,
                    message: "expected \(expected) of 1 to \(limit) bytes, found \(node.kind)")
            }
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw ValueFault(
                    place: node.place, message: "expected \(expected) without control characters")
            }
            return text
        }
    }

    /// Any text, the empty one too.
    static func anyText(limit: Int) -> ValueReader {
        ValueReader { (node) throws(ValueFault) in
            let text = try scalar(node, "a text")
            guard text.utf8.count <= limit else {
                throw ValueFault(
                    place: node.place, message: "expected a text of at most \(limit) bytes")
            }
            return text
        }
    }
}

extension ValueReader where Value == Bool {
    static var bool: ValueReader {
        ValueReader { (node) throws(ValueFault) in
            switch try scalar(node, "true or false") {
            case "true", "True", "TRUE": return true
            case "false", "False", "FALSE": return false
            default:
                throw ValueFault(
                    place: node.place, message: "expected true or false, found \(node.kind)")
            }
        }
    }
}

extension ValueReader where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> ValueReader {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return ValueReader { (node) throws(ValueFault) in
            guard let number = Int(try scalar(node, expected)), range.contains(number) else {
                throw ValueFault(
                    place: node.place, message: "expected \(expected), found \(node.kind)")
            }
            return number
        }
    }

    /// A size in bytes: `65536`, `64KiB`, `1.5MiB`, `2GB`.
    static func bytes(_ range: ClosedRange<Int>) -> ValueReader {
        let bounds =
            "\(ByteSize.exact(range.lowerBound)) to \(ByteSize.exact(range.upperBound))"
        return ValueReader { (node) throws(ValueFault) in
            let text = try scalar(node, "a size such as 64KiB")
            guard let size = ByteSize.parse(text), range.contains(size) else {
                throw ValueFault(
                    place: node.place,
                    message: "expected a size such as 64KiB, \(bounds), found \(node.kind)")
            }
            return size
        }
    }
}

extension ValueReader where Value == Double {
    static func number(_ range: ClosedRange<Double>, _ expected: String) -> ValueReader {
        ValueReader { (node) throws(ValueFault) in
            guard let number = Double(try scalar(node, expected)), range.contains(number) else {
                throw ValueFault(
                    place: node.place, message: "expected \(expected), found \(node.kind)")
            }
            return number
        }
    }
}

extension ValueReader where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> ValueReader {
        let bounds =
            "\(DurationText.exact(range.lowerBound)) to \(DurationText.exact(range.upperBound))"
        return ValueReader { (node) throws(ValueFault) in
            let text = try scalar(node, "a duration such as 5s")
            let duration: Duration
            do throws(DurationFault) {
                duration = try DurationText.parse(text)
            } catch {
                throw ValueFault(place: node.place, message: "\(error)")
            }
            guard range.contains(duration) else {
                throw ValueFault(
                    place: node.place, message: "expected \(bounds), found \(node.kind)")
            }
            return duration
        }
    }
}

extension ValueReader {
    /// One of a few words.
    static func choice(_ choices: [(word: String, value: Value)]) -> ValueReader {
        let words = choices.map(\.word)
        let expected = "one of \(words.joined(separator: ", "))"
        return ValueReader { (node) throws(ValueFault) in
            let text = try scalar(node, expected)
            if let choice = choices.first(where: { $0.word == text }) { return choice.value }
            let isWord = text.first?.isLetter == true
            let nearest = isWord ? NearestKey.nearest(to: text, among: words) : nil
            throw ValueFault(
                place: node.place,
                message: "expected \(expected), found \(node.kind)"
                    + (nearest.map { "; did you mean \"\($0)\"?" } ?? ""))
        }
    }

    /// One value or a list of them.
    static func list<Item>(_ item: ValueReader<Item>, limit: Int = 1024) -> ValueReader<[Item]> {
        ValueReader<[Item]> { (node) throws(ValueFault) in
            guard case .sequence(let nodes) = node.value else { return [try item.read(node)] }
            guard nodes.count <= limit else {
                throw ValueFault(place: node.place, message: "expected at most \(limit) items")
            }
            var items: [Item] = []
            for node in nodes { items.append(try item.read(node)) }
            return items
        }
    }

    static func choice() -> ValueReader
    where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
        choice(Value.allCases.map { ($0.rawValue, $0) })
    }
}
