import Measurements

/// The value at a pointer in the JSON body compares as asked.
struct JSONCheck: Check {
    let pointer: JSONPointer
    let comparison: JSONComparison
    let matcher: (any TextMatcher)?

    var name: String { "json \(pointer.text)" }
    var needsBody: Bool { true }

    func complaint(about evidence: CheckEvidence) -> String? {
        guard !evidence.bodyIsCut else {
            return "cannot be decided: the body is longer than the \(evidence.body.count) bytes "
                + "that are kept; raise limits.kept_bytes"
        }
        let value: JSONValue?
        do throws(JSONFault) {
            value = try JSONReader.value(at: pointer, in: evidence.body)
        } catch {
            return "the body is not JSON: \(error)"
        }
        guard let value else { return "the pointer leads to nothing" }
        return holds(for: value) ? nil : "\(value), expected \(expectation)"
    }

    private func holds(for value: JSONValue) -> Bool {
        switch comparison {
        case .exists: true
        case .equals(let scalar): value.scalar == scalar
        case .notEquals(let scalar): value.scalar != scalar
        case .matches: value.text.map { matches($0) } ?? false
        case .lessThan(let bound): value.number.map { $0 < bound } ?? false
        case .atMost(let bound): value.number.map { $0 <= bound } ?? false
        case .greaterThan(let bound): value.number.map { $0 > bound } ?? false
        case .atLeast(let bound): value.number.map { $0 >= bound } ?? false
        }
    }

    private func matches(_ text: String) -> Bool {
        matcher?.matches(Array(text.utf8).span) ?? false
    }

    private var expectation: String {
        switch comparison {
        case .exists: "any value"
        case .equals(let scalar): "\(JSONValue(scalar))"
        case .notEquals(let scalar): "anything but \(JSONValue(scalar))"
        case .matches(let pattern): "a match for \"\(pattern)\""
        case .lessThan(let bound): "a number below \(JSONValue.number(bound))"
        case .atMost(let bound): "a number of at most \(JSONValue.number(bound))"
        case .greaterThan(let bound): "a number above \(JSONValue.number(bound))"
        case .atLeast(let bound): "a number of at least \(JSONValue.number(bound))"
        }
    }
}
