import Foundation
import Testing

/// The pages keep up with the code.
@Suite struct PageTests {
    @Test func `Every link leads somewhere`() throws {
        for page in try SourceTree.pages() {
            let violations = LinkRule.violations(in: page) { path in
                FileManager.default.fileExists(
                    atPath: SourceTree.root.appending(path: path).path)
            }
            for violation in violations { Issue.record("\(violation)") }
        }
    }

    @Test func `Every JSON key is documented`() throws {
        let pages = try SourceTree.pages().filter { $0.path.hasPrefix("docs/") }
        for file in try SourceTree.swiftFiles() where file.target != nil {
            for violation in DocumentedKeyRule.violations(in: file, pages: pages) {
                Issue.record("\(violation)")
            }
        }
    }

    @Test func `Every key of a configuration is documented`() throws {
        let page = try #require(
            try SourceTree.pages().first { $0.path == "docs/configuration.md" })
        let keys = try SourceTree.swiftFiles()
            .filter { $0.path.hasPrefix("Sources/Monitor/Configuration/Reading/") }
            .reduce(into: Set<String>()) { $0.formUnion(ConfigurationKeyRule.keys(in: $1)) }
        #expect(keys.isSuperset(of: ["targets", "url", "interval", "mode", "loops", "pointer"]))
        #expect(keys.count >= 80)
        for key in keys.sorted() {
            #expect(DocumentedKeyRule.names(key, in: page), "docs/configuration.md lacks \(key)")
        }
    }

    @Test func `Every error class has its row`() throws {
        let file = try #require(
            try SourceTree.swiftFiles().first { $0.path.hasSuffix("/ProbeErrorClass.swift") })
        let page = try #require(try SourceTree.pages().first { $0.path == "docs/errors.md" })
        let classes = Self.errorClasses(in: file)
        #expect(classes.count >= 20)
        #expect(classes.contains("noerror") && classes.contains("timeout"))
        for name in classes {
            #expect(page.text.contains("| `\(name)` |"), "docs/errors.md has no row for \(name)")
        }
    }

    /// The raw values of the cases of the first enum in a file.
    private static func errorClasses(in file: SwiftFile) -> [String] {
        var names: [String] = []
        for line in file.lines {
            if line == "}" { break }
            if let match = line.firstMatch(of: /^    case ([a-zA-Z]+)(?: = "([a-z_]+)")?$/) {
                names.append(String(match.2 ?? match.1))
            }
        }
        return names
    }
}
