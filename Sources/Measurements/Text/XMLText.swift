/// Text inside XML 1.0.
public enum XMLText {
    /// The text for an element or an attribute: what XML reads as its own is escaped, and what it
    /// has no character for (XML 1.0, section 2.2), or discourages, becomes U+FFFD.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // An attribute keeps the ends of lines only as references (section 3.3.3).
            case "\n", "\t", "\r": result += "&#\(scalar.value);"
            case "\u{0}"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}"..."\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
