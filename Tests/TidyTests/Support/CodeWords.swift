/// Words and marks of code, each with its place.
enum CodeToken: Hashable {
    case word(String)
    case mark(Character)

    var word: String? {
        if case .word(let text) = self { text } else { nil }
    }
}

/// A token and the line it stands on.
struct PlacedToken {
    var token: CodeToken
    var line: Int
    /// Whether white space, or the start of the line, comes before it.
    var isApart: Bool
}

extension SwiftFile {
    /// The tokens of the code, in order.
    ///
    /// A word is a name, a keyword or a number; every other character that is not white space is
    /// a mark.
    func tokens() -> [PlacedToken] {
        var tokens: [PlacedToken] = []
        for (number, line) in code.enumerated() {
            var word = ""
            var isApart = true
            var wordIsApart = true
            for character in line {
                if character.isLetter || character.isNumber || character == "_" {
                    if word.isEmpty { wordIsApart = isApart }
                    word.append(character)
                    isApart = false
                    continue
                }
                if !word.isEmpty {
                    tokens.append(
                        PlacedToken(token: .word(word), line: number, isApart: wordIsApart))
                    word = ""
                }
                if !character.isWhitespace {
                    tokens.append(
                        PlacedToken(token: .mark(character), line: number, isApart: isApart))
                }
                isApart = character.isWhitespace
            }
            if !word.isEmpty {
                tokens.append(PlacedToken(token: .word(word), line: number, isApart: wordIsApart))
            }
        }
        return tokens
    }
}
