/// What the compiler cannot check has a comment that says why it holds, on its line or within the
/// three lines above: `unsafe`, `@unchecked`, `try!`, `as!`, a force unwrap, and an implicitly
/// unwrapped type.
///
/// A run of such lines, each within three lines of the one before, needs one.
struct ReasonRule: FileRule {
    static let reach = 3

    func violations(in file: SwiftFile) -> [Violation] {
        var found: [Violation] = []
        var lastCovered = -Self.reach - 1
        for (line, what) in Self.claims(in: file.tokens()) {
            let reach = max(0, line - Self.reach)...line
            if reach.contains(where: { file.hasComment[$0] }) || line - lastCovered <= Self.reach {
                lastCovered = line
            } else {
                found.append(file.violation(line, "\(what) without a comment that says why"))
            }
        }
        return found
    }

    private static func claims(in tokens: [PlacedToken]) -> [(line: Int, what: String)] {
        tokens.indices.compactMap { index in
            let placed = tokens[index]
            switch placed.token {
            case .word("unsafe"): return (placed.line, "unsafe")
            case .word("unchecked") where index > 0 && tokens[index - 1].token == .mark("@"):
                return (placed.line, "@unchecked")
            case .mark("!") where isPostfix(index, tokens): return (placed.line, "!")
            case .word, .mark: return nil
            }
        }
    }

    /// A `!` that is glued to what is before it and not to an `=` after it.
    private static func isPostfix(_ index: Int, _ tokens: [PlacedToken]) -> Bool {
        guard index > 0, !tokens[index].isApart else { return false }
        if index + 1 < tokens.count, tokens[index + 1].token == .mark("="),
            !tokens[index + 1].isApart
        {
            return false
        }
        switch tokens[index - 1].token {
        case .word: return true
        case .mark(let mark): return ")]}>?\"`".contains(mark)
        }
    }
}
