import Foundation
import Testing

/// What the compiler and the formatter do not see, for every file of the tree.
@Suite struct TreeTests {
    @Test func `Every file imports only what its ring allows`() throws {
        expectNone(try ImportRule().violationsInTree())
    }

    @Test func `No file and no function is too long`() throws {
        expectNone(try LengthRule().violationsInTree())
    }

    @Test func `What the compiler cannot check has its reason beside it`() throws {
        expectNone(try ReasonRule().violationsInTree())
    }

    @Test func `Public declarations are documented`() throws {
        expectNone(try DocumentationRule().violationsInTree())
    }

    @Test func `Nothing is left for later`() throws {
        expectNone(try LeftoverRule().violationsInTree())
    }

    @Test func `The tree is not empty`() throws {
        // All rules above hold of no files too.
        let files = try SourceTree.swiftFiles()
        #expect(files.contains { $0.path == "Sources/sockeye/main.swift" })
        #expect(files.contains { $0.path == "Tests/TidyTests/TreeTests.swift" })
        #expect(try SourceTree.pages().contains { $0.path == "README.md" })
    }

    @Test func `main is a table of contents`() throws {
        let main = try #require(
            try SourceTree.swiftFiles().first { $0.path == "Sources/sockeye/main.swift" })
        #expect(main.lines.count <= 40)
    }

    private func expectNone(_ violations: [Violation]) {
        for violation in violations { Issue.record("\(violation)") }
    }
}
