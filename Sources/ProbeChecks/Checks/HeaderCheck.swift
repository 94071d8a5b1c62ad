/// A field matches an expression, or does not.
struct HeaderCheck: Check {
    let field: String
    let pattern: String
    let matcher: any TextMatcher
    let isWanted: Bool
    let allowsMissing: Bool

    var name: String { "\(isWanted ? "header" : "header_not") \(field.lowercased())" }

    func complaint(about evidence: CheckEvidence) -> String? {
        let values = evidence.headers.values(of: field)
        if values.isEmpty {
            return isWanted && !allowsMissing ? "the field is absent" : nil
        }
        let isFound = values.contains { matcher.matches(Array($0.utf8).span) }
        guard isFound != isWanted else { return nil }
        let shown = values.joined(separator: ", ").prefix(200)
        return isWanted
            ? "no match for \"\(pattern)\" in \"\(shown)\""
            : "\"\(pattern)\" matches \"\(shown)\", and must not"
    }
}
