public import Measurements

extension JSONScalar {
    /// What a text without quotes means: `null`, `true`, `false`, a number, or else the text.
    public init(plain text: String) {
        switch text {
        case "null": self = .null
        case "true": self = .bool(true)
        case "false": self = .bool(false)
        default:
            let isNumeric = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
            if isNumeric, let number = Double(text), number.isFinite {
                self = .number(number)
            } else {
                self = .string(text)
            }
        }
    }
}
