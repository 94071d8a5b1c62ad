/// A link in a page leads to something that is there.
enum LinkRule {
    /// The links of a page that lead nowhere; `exists` is asked about paths from the root.
    static func violations(in page: TextFile, exists: (String) -> Bool) -> [Violation] {
        var found: [Violation] = []
        for (number, line) in page.text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            for link in line.matches(of: /\]\(([^)\s]+)\)/).map(\.1) {
                let path = link.split(separator: "#", omittingEmptySubsequences: false)[0]
                guard !path.isEmpty, !link.contains("://"), !link.hasPrefix("mailto:") else {
                    continue
                }
                let folder = page.path.split(separator: "/").dropLast()
                if !exists(resolve(path, from: Array(folder))) {
                    found.append(
                        Violation(
                            path: page.path, line: number + 1,
                            message: "the link to \(link) leads nowhere"))
                }
            }
        }
        return found
    }

    private static func resolve(_ path: Substring, from folder: [Substring]) -> String {
        var parts = folder
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}

/// Every key that a JSON output writes is documented.
enum DocumentedKeyRule {
    /// The keys that a file writes by name: `json.key("…")`.
    static func keys(in file: SwiftFile) -> [(line: Int, key: String)] {
        file.lines.enumerated().flatMap { number, line in
            line.matches(of: /\.key\("([A-Za-z0-9_]+)"\)/).map { (number, String($0.1)) }
        }
    }

    /// The keys of a file that no page names between backticks.
    static func violations(in file: SwiftFile, pages: [TextFile]) -> [Violation] {
        keys(in: file).compactMap { line, key in
            pages.contains { names(key, in: $0) }
                ? nil : file.violation(line, "the JSON key \(key) is on no page of docs/")
        }
    }

    /// Whether a page names a word between backticks.
    static func names(_ word: String, in page: TextFile) -> Bool {
        page.text.contains("`\(word)`")
    }
}

/// Every key that a configuration may have is documented.
enum ConfigurationKeyRule {
    /// The keys in the sets of known keys of a file: `known: Set<String> = ["…", …]` and the like.
    static func keys(in file: SwiftFile) -> Set<String> {
        let sets =
            /(?:known|[kK]eys)(?:: Set<String>)?(?: = |: |\.union\()(?:isWanted\s*\? )?\[([^\]]*)\]/
        let text = file.lines.joined(separator: "\n")
        return text.matches(of: sets).reduce(into: []) { keys, set in
            for name in set.1.matches(of: /"([a-z_]+)"/) { keys.insert(String(name.1)) }
        }
    }
}
