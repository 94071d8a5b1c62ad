/// One compiled regular expression.
public protocol TextMatcher: Sendable {
    /// Whether the expression matches anywhere in the bytes.
    func matches(_ bytes: Span<UInt8>) -> Bool
}

/// Compiles regular expressions.
///
/// The engine of expressions is plugged in from outside.
public protocol TextMatcherFactory {
    /// Compiles a pattern.
    func compile(_ pattern: String) throws(PatternFault) -> any TextMatcher
}

/// A pattern that is no regular expression, or too large a one.
public struct PatternFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The pattern.
    public var pattern: String
    /// What is wrong with it, in the words of the expression engine.
    public var detail: String

    /// Makes the fault of a pattern.
    public init(pattern: String, detail: String) {
        self.pattern = pattern
        self.detail = detail
    }

    /// The pattern and what is wrong with it.
    public var description: String { "the pattern \"\(pattern.prefix(200))\": \(detail)" }
}
