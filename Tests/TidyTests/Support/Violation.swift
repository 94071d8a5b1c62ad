/// One place that breaks a rule, and what to do about it.
struct Violation: Hashable, CustomStringConvertible {
    var path: String
    var line: Int
    var message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// A rule that looks at one file at a time.
protocol FileRule {
    func violations(in file: SwiftFile) -> [Violation]
}

extension FileRule {
    /// What the rule finds in the whole tree.
    func violationsInTree() throws -> [Violation] {
        try SourceTree.swiftFiles().flatMap { violations(in: $0) }
    }

    /// What the rule finds in a sample.
    func violations(path: String = "Sources/Measurements/Sample.swift", _ text: String)
        -> [Violation]
    {
        violations(in: SwiftFile(path: path, text: text))
    }
}
