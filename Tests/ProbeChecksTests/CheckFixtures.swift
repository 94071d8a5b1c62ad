import Measurements
import ProbeChecks

/// "Compiles" a pattern to the search for a piece of text: the real engine is tested elsewhere.
struct PlainText: TextMatcherFactory, TextMatcher {
    var bytes: [UInt8] = []

    func compile(_ pattern: String) throws(PatternFault) -> any TextMatcher {
        guard pattern != "(" else { throw PatternFault(pattern: pattern, detail: "missing )") }
        return PlainText(bytes: Array(pattern.utf8))
    }

    func matches(_ text: Span<UInt8>) -> Bool {
        guard text.count >= bytes.count else { return false }
        for start in 0...(text.count - bytes.count) {
            if bytes.indices.allSatisfy({ text[start + $0] == bytes[$0] }) { return true }
        }
        return false
    }
}

struct Fields: HeaderLookup {
    var lines: [(String, String)] = []

    func values(of name: String) -> [String] {
        lines.filter { $0.0.lowercased() == name.lowercased() }.map(\.1)
    }
}

/// The evidence of a good answer, changed as a test needs it.
func evidence(_ change: (inout CheckEvidence) -> Void = { _ in }) -> CheckEvidence {
    var evidence = CheckEvidence(
        status: 200, httpVersion: .http11, elapsed: .milliseconds(20), tls: nil,
        now: WallTime(year: 2026, month: 11, day: 25), body: Array("all is well".utf8),
        bodyIsCut: false,
        headers: Fields(lines: [("Content-Type", "text/plain"), ("Via", "a"), ("via", "b")]))
    change(&evidence)
    return evidence
}

/// What one check says; nil when it holds.
func complaint(
    _ check: CheckSpecification, _ evidence: CheckEvidence = evidence()
) throws -> String? {
    let (results, failure) = try CompiledChecks([.status([100...599]), check], using: PlainText())
        .evaluate(evidence)
    guard let result = results.last, result.passed == (failure == nil) else {
        return "the results contradict each other: \(results)"
    }
    return result.passed ? nil : result.detail
}

/// What a JSON check says of a text.
func complaint(_ json: String, at pointer: String, _ comparison: JSONComparison = .exists) throws
    -> String?
{
    try complaint(
        .json(pointer: pointer, comparison: comparison), evidence { $0.body = Array(json.utf8) })
}
