import Testing

/// Each rule catches what it is for, and leaves alone what only looks like it.
@Suite struct RuleTests {
    // MARK: Imports

    @Test(arguments: [
        ("Measurements", "import Foundation"), ("ConnectionPooling", "internal import NIOCore"),
        ("HTTPWire", "public import Glibc"), ("ProbeChecks", "import CRegex"),
        ("ProbeScheduling", "import struct Foundation.Date"),
        ("HTTPProbing", "import LinuxKernel"), ("AdminSite", "import HistoryStore"),
        ("AdminSite", "@preconcurrency import HTTPProbing"), ("Lab", "import Monitor"),
        ("HTTPProbing", "import Commands"), ("Monitor", "import Commands"),
        ("sockeye", "import Monitor"), ("Commands", "@testable import TestWorlds"),
        ("LinuxKernel", "import CResolver"), ("HTTPProbing", "import Lab"),
        ("Commands", "import Testing"), ("TestWorlds", "import Monitor"),
        ("SomethingNew", "import Measurements"),
    ])
    func `An import across a boundary is caught`(target: String, line: String) {
        let found = ImportRule().violations(path: "Sources/\(target)/Sample.swift", line + "\n")
        #expect(found.count == 1)
    }

    @Test(arguments: [
        ("ConnectionPooling", "public import Measurements"),
        ("ConnectionPooling", "import DequeModule"), ("HTTPWire", "import Synchronization"),
        ("HTTPProbing", "import NIOCore\nimport CResolver\nimport ConnectionPooling"),
        ("Monitor", "import HTTPProbing\nimport Yams"), ("Commands", "import Monitor\nimport Lab"),
        ("sockeye", "import Commands"), ("TestWorlds", "import Testing\nimport NIOPosix"),
        ("Measurements", "// import Foundation\nlet text = \"import Foundation\""),
    ])
    func `An import within the rules passes`(target: String, text: String) {
        let found = ImportRule().violations(path: "Sources/\(target)/Sample.swift", text)
        #expect(found.isEmpty)
    }

    @Test func `Tests import what they test`() {
        let text = "import Foundation\n@testable import Monitor\n"
        #expect(ImportRule().violations(path: "Tests/MonitorTests/A.swift", text).isEmpty)
    }

    // MARK: Lengths

    @Test func `A file of 401 lines is caught`() {
        let lines = String(repeating: "// line\n", count: 400)
        #expect(LengthRule().violations(lines).isEmpty)
        #expect(LengthRule().violations(lines + "// one more\n").count == 1)
    }

    @Test(arguments: ["func long(a: Int = 1) -> Int {", "init?(x: [Int] = []) {", "deinit {"])
    func `A function of 61 lines is caught`(head: String) {
        func sample(lines: Int) -> String {
            "struct A {\n    \(head)\n" + String(repeating: "    call { }\n", count: lines - 2)
                + "    }\n}\n"
        }
        #expect(LengthRule().violations(sample(lines: 60)).isEmpty)
        let found = LengthRule().violations(sample(lines: 61))
        #expect(found.map(\.line) == [2])
    }

    @Test func `A requirement without a body has no length`() {
        let text =
            "protocol P {\n    func one()\n    init(x: Int)\n}\nstruct S {\n"
            + String(repeating: "    var x = 0\n", count: 80) + "}\n"
        #expect(LengthRule().violations(text).isEmpty)
    }

    @Test func `Braces in texts and comments do not count`() {
        let text =
            "func short() {\n    let a = \"}{{ \\(b { }) {\"  // {\n    /* { /* { */ */\n}\n"
            + "func `other { name`() {\n}\n" + String(repeating: "let x = 1\n", count: 70)
        #expect(LengthRule().violations(text).isEmpty)
    }

    // MARK: Reasons

    @Test(arguments: [
        "let a = unsafe pointer.pointee", "nonisolated(unsafe) var a = 0",
        "final class A: @unchecked Sendable {}", "let a = try! load()", "let a = b as! C",
        "let a = b!", "let a = b[0]!.c", "let a = f()!", "var a: Int!", "let a = \"\\(b!)\"",
    ])
    func `A claim without a reason is caught`(line: String) {
        #expect(ReasonRule().violations(line + "\n").count == 1)
        #expect(ReasonRule().violations("let x = 1\n\n\n\n" + line + "\n").map(\.line) == [5])
        #expect(ReasonRule().violations("// Why.\nlet x = 1\n\n\n" + line + "\n").count == 1)
    }

    @Test(arguments: [
        "let a = b! // It was set above.", "// The buffer outlives the call.\nunsafe f(p)",
        "// Why.\nunsafe f(p)\nlet a = 1\nunsafe g(p)\nlet b = 1\nlet c = 1\nunsafe h(p)",
        "if !a, b != c, d !== e, a!=b {}", "let a = \"what! unsafe try!\"",
        "// unsafe, or try!", "withUnsafeBytes { _ in }", "#if !os(Linux)\n#endif",
        "let a = #\"raw \"quotes\"! \"#", "let a = \"\"\"\n    a! \"quoted\"!\n    \"\"\"",
    ])
    func `A claim with its reason passes, and so does what is none`(text: String) {
        #expect(ReasonRule().violations(text + "\n").isEmpty)
    }

    // MARK: Documentation

    @Test(arguments: [
        "public struct A {}", "    public private(set) var a = 0", "    public init() {}",
        "@frozen public enum A {}", "    public static func a() {}", "open class A {}",
        "    @inlinable\n    public mutating func a() {}", "// A comment.\npublic let a = 1",
    ])
    func `A public declaration without documentation is caught`(text: String) {
        #expect(DocumentationRule().violations("\n" + text + "\n").count == 1)
        let other = DocumentationRule().violations(path: "Tests/ATests/A.swift", text)
        #expect(other.isEmpty)
    }

    @Test(arguments: [
        "/// What it is.\npublic struct A {}", "/// What it is.\n@frozen\npublic enum A {}",
        "public import Measurements", "public extension A {}", "struct A {}",
        "let a = \"public func b\"", "/** What it is. */\npublic let a = 1",
    ])
    func `A documented or private declaration passes`(text: String) {
        #expect(DocumentationRule().violations("\n" + text + "\n").isEmpty)
    }

    // MARK: Leftovers

    @Test(arguments: LeftoverRule.words)
    func `A leftover is caught`(word: String) {
        #expect(LeftoverRule().violations("// \(word): later\n").count == 1)
        #expect(LeftoverRule().violations("/* a\n \(word) */\n").map(\.line) == [2])
        #expect(LeftoverRule().violations("let a = \"\(word)\"\n").isEmpty)
    }

    // MARK: Pages

    @Test func `A link that leads nowhere is caught`() {
        let text = """
            [a](there.md) [b](gone.md) [c](../there.md#part) [d](https://example.org/x)
            [e](#here) [f](sub/../gone.md#part)
            """
        let page = TextFile(path: "docs/page.md", text: text)
        let found = LinkRule.violations(in: page) { ["docs/there.md", "there.md"].contains($0) }
        #expect(found.map(\.line) == [1, 2])
    }

    @Test func `A key that no page names is caught`() {
        let file = SwiftFile(
            path: "Sources/Lab/Sample.swift", text: "json.key(\"known\")\njson.key(\"new\")\n")
        let page = TextFile(path: "docs/a.md", text: "| `known` | a key; new is one too |")
        #expect(DocumentedKeyRule.violations(in: file, pages: [page]).map(\.line) == [2])
    }

    @Test func `The keys of a configuration are found`() {
        let text = """
            static let known: Set<String> = [
                "one", "two",
            ]
            static let all = known.union(["no"])
            static let targetKeys = sharedKeys.union(["three"])
            reader.mapping("x", known: ["four", "five"])
            let other = ["six"]
            """
        let file = SwiftFile(path: "Sources/Monitor/Sample.swift", text: text)
        let keys = ConfigurationKeyRule.keys(in: file)
        #expect(keys == ["one", "two", "no", "three", "four", "five"])
    }
}
