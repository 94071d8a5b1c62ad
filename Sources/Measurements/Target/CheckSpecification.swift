/// One thing that must hold of an answer.
public enum CheckSpecification: Hashable, Sendable {
    /// The status is in one of the ranges. A single status is a range of one.
    case status([ClosedRange<Int>])
    /// The decoded body matches an RE2 expression, or must not.
    case body(pattern: String, matches: Bool)
    /// A field matches an RE2 expression, or must not. A field that is absent matches nothing:
    /// `matches: true` then fails unless `allowMissing`.
    case header(name: String, pattern: String, matches: Bool, allowMissing: Bool)
    /// The value at an RFC 6901 pointer in the decoded JSON body compares as asked.
    case json(pointer: String, comparison: JSONComparison)
    /// The leaf certificate is valid for at least this many more days.
    case certificateDays(Double)
    /// The negotiated TLS version is at least this.
    case tlsVersion(TLSVersion)
    /// The HTTP version is one of these: `1.0`, `1.1`, `2`.
    case httpVersion([String])
    /// The whole probe took at most this long.
    case maximumElapsed(Duration)
}

/// How a JSON value is compared.
public enum JSONComparison: Hashable, Sendable {
    /// The pointer leads to a value, whatever it is.
    case exists
    /// Deep equality with a scalar.
    case equals(JSONScalar)
    /// Anything but this scalar.
    case notEquals(JSONScalar)
    /// A string (or the text of another scalar) matches an RE2 expression.
    case matches(String)
    /// A number is below, at most, above, at least the bound.
    case lessThan(Double)
    /// At most the bound.
    case atMost(Double)
    /// Above the bound.
    case greaterThan(Double)
    /// At least the bound.
    case atLeast(Double)
}

/// A JSON value that has no parts.
public enum JSONScalar: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
}
