import Measurements

/// A value on its way to being YAML or JSON, members in order.
enum RenderedValue: Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case sequence([RenderedValue])
    case mapping([Member])

    struct Member: Hashable {
        var key: String
        var value: RenderedValue
    }

    /// A mapping of members; those without a value are left out.
    static func members(_ members: KeyValuePairs<String, RenderedValue?>) -> RenderedValue {
        .mapping(members.compactMap { key, value in value.map { Member(key: key, value: $0) } })
    }

    static func strings(_ texts: some Sequence<String>) -> RenderedValue {
        .sequence(texts.map { .string($0) })
    }

    static func duration(_ duration: Duration) -> RenderedValue {
        .string(DurationText.exact(duration))
    }

    // MARK: JSON

    func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .bool(let value): json.bool(value)
        case .integer(let value): json.integer(value)
        case .number(let value): json.number(value, decimals: 6)
        case .string(let text): json.string(text)
        case .sequence(let items):
            json.array { json in
                for item in items { item.write(to: &json) }
            }
        case .mapping(let members):
            json.object { json in
                for member in members {
                    json.key(text: member.key)
                    member.value.write(to: &json)
                }
            }
        }
    }

    // MARK: YAML

    /// The value as the lines of a YAML text in block style.
    func writeYAML(to text: inout String, indent: Int = 0) {
        let blanks = String(repeating: " ", count: indent)
        switch self {
        case .mapping(let members) where !members.isEmpty:
            for member in members {
                text += "\(blanks)\(Self.plainOrQuoted(member.key)):"
                member.value.writeYAMLValue(to: &text, indent: indent)
            }
        case .sequence(let items) where !items.isEmpty:
            for item in items {
                text += "\(blanks)-"
                guard case .mapping(let members) = item, !members.isEmpty else {
                    item.writeYAMLValue(to: &text, indent: indent)
                    continue
                }
                // The first member stands behind the dash, the others below it.
                var inner = ""
                item.writeYAML(to: &inner, indent: indent + 2)
                text += " " + inner.dropFirst(indent + 2)
            }
        default:
            text += "\(blanks)\(scalarText)\n"
        }
    }

    private func writeYAMLValue(to text: inout String, indent: Int) {
        switch self {
        case .mapping(let members) where !members.isEmpty:
            text += "\n"
            writeYAML(to: &text, indent: indent + 2)
        case .sequence(let items) where !items.isEmpty:
            if items.allSatisfy(\.isScalar) {
                text += " [\(items.map(\.scalarText).joined(separator: ", "))]\n"
            } else {
                text += "\n"
                writeYAML(to: &text, indent: indent + 2)
            }
        default:
            text += " \(scalarText)\n"
        }
    }

    private var isScalar: Bool {
        switch self {
        case .sequence, .mapping: false
        default: true
        }
    }

    private var scalarText: String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .number(let value):
            return value == value.rounded() && value.magnitude < 1e15
                ? String(Int(value)) : String(value)
        case .string(let text): return Self.plainOrQuoted(text)
        case .sequence: return "[]"
        case .mapping: return "{}"
        }
    }

    /// The text without quotes where nothing could be taken for something else.
    private static func plainOrQuoted(_ text: String) -> String {
        let isPlain =
            text.utf8.first.map(isLetter) == true && text.utf8.allSatisfy(isSafe)
            && !["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
                .contains(text.lowercased())
        if isPlain { return text }
        var json = JSONWriter(reserving: text.utf8.count + 2)
        json.string(text)
        return json.text
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "/"):
            true
        default: isLetter(byte)
        }
    }
}
