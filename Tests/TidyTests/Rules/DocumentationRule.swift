/// A public declaration of a library has a documentation comment.
struct DocumentationRule: FileRule {
    private static let kinds: Set<Substring> = [
        "func", "var", "let", "struct", "class", "enum", "actor", "protocol", "init",
        "subscript", "typealias", "macro", "case", "associatedtype",
    ]

    func violations(in file: SwiftFile) -> [Violation] {
        guard let target = file.target, target != "sockeye" else { return [] }
        return file.code.indices.compactMap { line in
            guard let name = Self.publicDeclaration(file.code[line]),
                !Self.isDocumented(line, in: file)
            else { return nil }
            return file.violation(line, "public \(name) has no documentation comment")
        }
    }

    /// What is declared, for the message; nil where a line declares nothing public.
    private static func publicDeclaration(_ code: Substring) -> String? {
        let words = code.split { !($0.isLetter || $0.isNumber || $0 == "_") }
        guard let access = words.firstIndex(where: { $0 == "public" || $0 == "open" }),
            let kind = words[access...].firstIndex(where: { kinds.contains($0) }),
            !words[..<kind].contains("extension"), !words[..<kind].contains("import")
        else { return nil }
        // Words before the access level other than attributes mean a use of the name.
        let isFirst = code.drop(while: \.isWhitespace).first
        guard access == 0 || isFirst == "@" || words[..<access].allSatisfy(isModifier) else {
            return nil
        }
        let name = words[(kind + 1)...].first.map { " \($0)" } ?? ""
        return "\(words[kind])\(name)"
    }

    private static func isModifier(_ word: Substring) -> Bool {
        [
            "static", "final", "mutating", "nonmutating", "consuming", "borrowing", "indirect",
            "nonisolated", "override", "convenience", "required",
        ].contains(word)
    }

    /// Whether `///` stands above, attributes of the declaration left aside.
    private static func isDocumented(_ line: Int, in file: SwiftFile) -> Bool {
        var above = line - 1
        while above >= 0 {
            let text = file.lines[above].drop(while: \.isWhitespace)
            if text.hasPrefix("///") || text.hasSuffix("*/") { return true }
            guard text.hasPrefix("@") || text.hasPrefix("#if") || text.hasPrefix("// ") else {
                return false
            }
            above -= 1
        }
        return false
    }
}
