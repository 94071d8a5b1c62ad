/// The decoded body matches an expression, or does not.
struct BodyCheck: Check {
    let pattern: String
    let matcher: any TextMatcher
    let isWanted: Bool

    var name: String { isWanted ? "body" : "body_not" }
    var needsBody: Bool { true }

    func complaint(about evidence: CheckEvidence) -> String? {
        let isFound = matcher.matches(evidence.body.span)
        if isFound != isWanted, evidence.bodyIsCut, !isFound {
            return "no match for \"\(pattern)\" in the first \(evidence.body.count) bytes, and "
                + "the body is longer than what is kept; raise limits.kept_bytes"
        }
        if !isFound, !isWanted, evidence.bodyIsCut {
            return "cannot be decided: \"\(pattern)\" is not in the first "
                + "\(evidence.body.count) bytes, and the body is longer than what is kept; raise "
                + "limits.kept_bytes"
        }
        guard isFound != isWanted else { return nil }
        return isWanted
            ? "no match for \"\(pattern)\" in \(evidence.body.count) bytes"
            : "\"\(pattern)\" matches, and must not"
    }
}
