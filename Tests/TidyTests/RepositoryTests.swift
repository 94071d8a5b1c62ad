import Foundation
import Testing

/// What is committed and what is not.
@Suite struct RepositoryTests {
    @Test func `Nothing that a build makes is committed`() throws {
        guard let paths = try Self.committedPaths() else {
            print("not checked: this tree is no git working copy, or there is no git")
            return
        }
        #expect(!paths.isEmpty)
        #expect(Self.built(among: paths).isEmpty)
    }

    @Test func `A committed build is caught`() {
        let paths = [
            "Package.resolved", ".build/debug/x.o", "Benchmarks/.build-x/y", "Package.swift",
            "Benchmarks/Parser/Package.resolved", "docs/a.profraw",
        ]
        #expect(Self.built(among: paths).count == 5)
    }

    @Test func `Scripts can be run`() throws {
        let folder = SourceTree.root.appending(path: "Scripts").path
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let path = "\(folder)/\(name)"
            #expect(FileManager.default.isExecutableFile(atPath: path), "Scripts/\(name)")
            let text = String(
                decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            #expect(text.hasPrefix("#!/usr/bin/env "), "Scripts/\(name) names no interpreter")
        }
    }

    private static func built(among paths: [String]) -> [String] {
        paths.filter { path in
            let parts = path.split(separator: "/")
            return parts.contains { $0.hasPrefix(".build") } || parts.last == "Package.resolved"
                || path.hasSuffix(".profraw") || path.hasSuffix(".profdata")
        }
    }

    /// The paths that git knows; nil where there is no git to ask.
    private static func committedPaths() throws -> [String]? {
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments = ["git", "-C", SourceTree.root.path, "ls-files", "-z"]
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        try git.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else { return nil }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }
}
