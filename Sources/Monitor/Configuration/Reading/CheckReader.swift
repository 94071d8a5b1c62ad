import ProbeChecks
import Measurements

/// Reads `checks`: a list of checks, or a mapping with one of each kind.
enum CheckReader {
    static let known: Set<String> = [
        "status", "body", "body_not", "header", "header_not", "json", "certificate_days",
        "tls_version", "http_version", "max_elapsed",
    ]

    static func checks(_ reader: MappingReader) -> [CheckSpecification] {
        var checks: [CheckSpecification] = []
        for item in reader.items("checks") {
            guard
                let check = MappingReader(
                    item, what: "checks", known: known, context: reader.context)
            else { continue }
            read(check, into: &checks)
        }
        return checks
    }

    private static func read(_ reader: MappingReader, into checks: inout [CheckSpecification]) {
        if let ranges = reader.value("status", .list(.statusRanges)) {
            checks.append(.status(ranges.flatMap { $0 }))
        }
        for item in reader.items("body") { body(item, reader, into: &checks) }
        for item in reader.items("body_not") {
            if let pattern = pattern(item, "body_not", reader) {
                checks.append(.body(pattern: pattern, matches: false))
            }
        }
        for item in reader.items("header") { header(item, "header", reader, into: &checks) }
        for item in reader.items("header_not") {
            header(item, "header_not", reader, into: &checks)
        }
        for item in reader.items("json") { json(item, reader, into: &checks) }
        if let days = reader.value(
            "certificate_days", .number(0...36_500, "a number of days from 0 to 36500"))
        {
            checks.append(.certificateDays(days))
        }
        if let version = reader.value("tls_version", .tlsVersion) {
            checks.append(.tlsVersion(version))
        }
        let versions = ["1.0", "1.1", "2"].map { ($0, $0) }
        if let versions = reader.value(
            "http_version", .list(ValueReader<String>.choice(versions)))
        {
            checks.append(.httpVersion(versions))
        }
        if let limit = reader.value(
            "max_elapsed", .duration(.milliseconds(1)...(.seconds(3600))))
        {
            checks.append(.maximumElapsed(limit))
        }
    }

    private static func body(
        _ item: YAMLNode, _ reader: MappingReader, into checks: inout [CheckSpecification]
    ) {
        guard case .mapping = item.value else {
            if let pattern = pattern(item, "body", reader) {
                checks.append(.body(pattern: pattern, matches: true))
            }
            return
        }
        guard
            let body = MappingReader(
                item, what: "body", known: ["matches", "not_matches"], context: reader.context)
        else { return }
        for key in ["matches", "not_matches"] {
            for item in body.items(key) {
                if let pattern = pattern(item, key, body) {
                    checks.append(.body(pattern: pattern, matches: key == "matches"))
                }
            }
        }
    }

    private static func header(
        _ item: YAMLNode, _ kind: String, _ reader: MappingReader,
        into checks: inout [CheckSpecification]
    ) {
        let isWanted = kind == "header"
        let keys: Set<String> =
            isWanted
            ? ["name", "matches", "not_matches", "allow_missing"] : ["name", "matches"]
        guard
            let header = MappingReader(item, what: kind, known: keys, context: reader.context)
        else { return }
        guard let name = header.value("name", .text("the name of a header field", limit: 256))
        else {
            if header.node("name") == nil {
                reader.context.fault(item.place, "\(kind): has no name")
            }
            return
        }
        guard FieldText.isToken(name) else {
            header.fault(
                "name", "\"\(YAMLNode.shortened(name))\" is not the name of a header field")
            return
        }
        let allowMissing = header.value("allow_missing", .bool) ?? false
        var found = false
        for key in ["matches", "not_matches"] {
            for item in header.items(key) {
                found = true
                guard let pattern = pattern(item, key, header) else { continue }
                checks.append(
                    .header(
                        name: name, pattern: pattern, matches: isWanted == (key == "matches"),
                        allowMissing: allowMissing))
            }
        }
        // A name alone: the field must be there, or must not; every value matches nothing.
        if !found {
            checks.append(
                .header(name: name, pattern: "", matches: isWanted, allowMissing: allowMissing))
        }
    }

    private static func pattern(_ node: YAMLNode, _ key: String, _ reader: MappingReader)
        -> String?
    {
        guard case .scalar(let text, _) = node.value, !node.isNull else {
            reader.context.fault(
                node.place, "\(key): expected a regular expression, found \(node.kind)")
            return nil
        }
        if let complaint = reader.context.reader.patternComplaint(text) {
            reader.context.fault(node.place, "\(key): \(complaint)")
            return nil
        }
        return text
    }
}

// MARK: JSON

extension CheckReader {
    private static func json(
        _ item: YAMLNode, _ reader: MappingReader, into checks: inout [CheckSpecification]
    ) {
        let known: Set<String> = [
            "pointer", "exists", "equals", "not_equals", "matches", "less_than", "at_most",
            "greater_than", "at_least",
        ]
        guard
            let json = MappingReader(item, what: "json", known: known, context: reader.context)
        else { return }
        guard json.has("pointer"), let pointer = json.value("pointer", .anyText(limit: 4096))
        else {
            if json.node("pointer") == nil {
                reader.context.fault(
                    item.place, "json: has no pointer; \"\" means the whole document")
            }
            return
        }
        guard isPointer(pointer) else {
            json.fault(
                "pointer",
                "\"\(YAMLNode.shortened(pointer))\" is no JSON pointer: it is empty or begins "
                    + "with /, and ~ is followed by 0 or 1 (RFC 6901)")
            return
        }
        let comparisons = comparisons(json)
        guard !comparisons.isEmpty else {
            let words = known.subtracting(["pointer"]).sorted().joined(separator: ", ")
            reader.context.fault(item.place, "json: expected one of \(words)")
            return
        }
        checks += comparisons.map { .json(pointer: pointer, comparison: $0) }
    }

    private static func comparisons(_ json: MappingReader) -> [JSONComparison] {
        var comparisons: [JSONComparison] = []
        if let exists = json.value("exists", .bool) {
            if exists {
                comparisons.append(.exists)
            } else {
                json.fault("exists", "expected true; there is no check that a value is absent")
            }
        }
        if json.has("equals"), let scalar = scalar("equals", json) {
            comparisons.append(.equals(scalar))
        }
        if json.has("not_equals"), let scalar = scalar("not_equals", json) {
            comparisons.append(.notEquals(scalar))
        }
        for item in json.items("matches") {
            if let pattern = pattern(item, "matches", json) {
                comparisons.append(.matches(pattern))
            }
        }
        let bounds: [(String, (Double) -> JSONComparison)] = [
            ("less_than", JSONComparison.lessThan), ("at_most", JSONComparison.atMost),
            ("greater_than", JSONComparison.greaterThan), ("at_least", JSONComparison.atLeast),
        ]
        let range = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        for (key, make) in bounds {
            if let bound = json.value(key, .number(range, "a number")) {
                comparisons.append(make(bound))
            }
        }
        return comparisons
    }

    /// What a scalar means in JSON: quoted it is a string, plain it may be something else.
    private static func scalar(_ key: String, _ reader: MappingReader) -> JSONScalar? {
        guard let node = reader.node(key) else { return .null }
        guard case .scalar(let text, let isPlain) = node.value else {
            reader.context.fault(
                node.place,
                "\(key): expected a text, a number, true, false or null, "
                    + "found \(node.kind)")
            return nil
        }
        return isPlain ? JSONScalar(plain: text) : .string(text)
    }

    private static func isPointer(_ text: String) -> Bool {
        guard text.isEmpty || text.hasPrefix("/") else { return false }
        return text.split(separator: "~", omittingEmptySubsequences: false).dropFirst()
            .allSatisfy { $0.hasPrefix("0") || $0.hasPrefix("1") }
    }
}

extension ValueReader where Value == [ClosedRange<Int>] {
    static var statusRanges: ValueReader {
        ValueReader { (node) throws(ValueFault) in
            let text = try scalar(node, "a status such as 200, 2xx or 200-299")
            guard let ranges = HTTPStatusRanges.parse(text) else {
                throw ValueFault(
                    place: node.place,
                    message: "expected a status such as 200, 2xx or 200-299, found \(node.kind)")
            }
            return ranges
        }
    }
}
