/// What a look could not see, each with why and what would help.
///
/// Never silently missing: it is part of the result.
public struct Coverage: Hashable, Sendable {
    /// Sentences, each about one thing that was not seen; no duplicates.
    public private(set) var missing: [String] = []

    /// Makes the coverage of a look that saw everything.
    public init() {}

    /// Whether everything was seen.
    public var isComplete: Bool { missing.isEmpty }

    /// Notes what was not seen.
    public mutating func lacks(_ sentence: String) {
        if !missing.contains(sentence) { missing.append(sentence) }
    }

    /// Notes all that another look did not see.
    public mutating func merge(_ other: Coverage) {
        for sentence in other.missing { lacks(sentence) }
    }
}
