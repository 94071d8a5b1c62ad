/// A file has at most 400 lines and a function at most 60, from its `func` to its last brace.
struct LengthRule: FileRule {
    static let fileLimit = 400
    static let functionLimit = 60

    func violations(in file: SwiftFile) -> [Violation] {
        var found: [Violation] = []
        let count = file.lines.last?.isEmpty == true ? file.lines.count - 1 : file.lines.count
        if count > Self.fileLimit {
            found.append(
                file.violation(0, "\(count) lines; a file has at most \(Self.fileLimit)"))
        }
        for body in FunctionBodies(tokens: file.tokens()).all where body.lines > Self.functionLimit
        {
            found.append(
                file.violation(
                    body.start,
                    "\(body.name) has \(body.lines) lines; a function has at most "
                        + "\(Self.functionLimit)"))
        }
        return found
    }
}

/// The functions of a file and how long they are, nested ones too.
struct FunctionBodies {
    struct Body {
        var name: String
        var start: Int
        var lines: Int
    }

    let all: [Body]

    init(tokens: [PlacedToken]) {
        all = tokens.indices.compactMap { Self.body(at: $0, tokens) }
    }

    private static func body(at index: Int, _ tokens: [PlacedToken]) -> Body? {
        guard let word = tokens[index].token.word,
            ["func", "init", "deinit", "subscript"].contains(word),
            index == 0 || tokens[index - 1].token != .mark("."), index + 1 < tokens.count
        else { return nil }
        var name = word
        if word == "func" {
            name = tokens[index + 1].token.word ?? "an operator"
        } else if word == "init", case .word = tokens[index + 1].token {
            return nil
        }
        guard let open = openingBrace(after: index, tokens) else { return nil }
        var depth = 0
        for place in open..<tokens.count {
            if tokens[place].token == .mark("{") { depth += 1 }
            if tokens[place].token == .mark("}") { depth -= 1 }
            if depth == 0 {
                let start = tokens[index].line
                return Body(name: name, start: start, lines: tokens[place].line - start + 1)
            }
        }
        return nil
    }

    /// The brace that opens the body; nil where a requirement of a protocol has none.
    private static func openingBrace(after index: Int, _ tokens: [PlacedToken]) -> Int? {
        let ends: Set = ["func", "init", "deinit", "subscript", "var", "let", "case", "static"]
        var depth = 0
        for place in (index + 1)..<tokens.count {
            switch tokens[place].token {
            case .mark("("), .mark("["): depth += 1
            case .mark(")"), .mark("]"): depth -= 1
            case .mark("{") where depth == 0: return place
            case .mark("}") where depth == 0: return nil
            case .word(let word) where depth == 0 && place > index + 1 && ends.contains(word):
                return nil
            case .word, .mark: break
            }
        }
        return nil
    }
}
