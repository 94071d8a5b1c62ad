/// A path into a JSON document (RFC 6901).
public struct JSONPointer: Hashable, Sendable {
    /// The pointer as it was written.
    public let text: String
    /// Its names and indices, unescaped.
    public let tokens: [String]

    /// Reads a pointer; nil when the text is none.
    public init?(_ text: String) {
        self.text = text
        guard !text.isEmpty else {
            tokens = []
            return
        }
        // By code points: a character that combines with a slash leaves it one.
        let scalars = text.unicodeScalars
        guard scalars.first == "/" else { return nil }
        var tokens: [String] = []
        for raw in scalars.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let token = Self.unescaped(raw) else { return nil }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    /// The pointer of names and indices as they are.
    public init(tokens: [String]) {
        self.tokens = tokens
        text = tokens.map { token in
            var escaped = "/"
            for scalar in token.unicodeScalars {
                switch scalar {
                case "~": escaped += "~0"
                case "/": escaped += "~1"
                default: escaped.unicodeScalars.append(scalar)
                }
            }
            return escaped
        }.joined()
    }

    private static func unescaped(_ raw: Substring.UnicodeScalarView) -> String? {
        var token = ""
        var characters = raw.makeIterator()
        while let character = characters.next() {
            guard character == "~" else {
                token.unicodeScalars.append(character)
                continue
            }
            switch characters.next() {
            case "0": token.unicodeScalars.append("~")
            case "1": token.unicodeScalars.append("/")
            default: return nil
            }
        }
        return token
    }
}
