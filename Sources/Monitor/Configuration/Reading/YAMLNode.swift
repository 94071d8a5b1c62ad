/// A place in a text: line and column, counted from 1.
struct SourcePlace: Hashable, Sendable {
    var line: Int
    var column: Int

    static let start = SourcePlace(line: 1, column: 1)
}

/// One value of a YAML or JSON text, with its place.
struct YAMLNode {
    enum Value {
        /// A text; one that stands without quotes may mean null, a truth value or a number.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLPair])
    }

    var value: Value
    var place: SourcePlace

    /// Whether it is nothing: written as nothing, `~` or `null`.
    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What kind of value it is, in words for a message.
    var kind: String {
        switch value {
        case .scalar(let text, _): isNull ? "nothing" : "\"\(Self.shortened(text))\""
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    /// The text cut to what a message can carry, on one line.
    static func shortened(_ text: String) -> String {
        let line = text.prefix { !$0.isNewline }
        return line.count > 60 || line.count < text.count ? "\(line.prefix(60))…" : text
    }
}

/// One member of a mapping.
struct YAMLPair {
    var key: String
    var place: SourcePlace
    var value: YAMLNode
}
