import Foundation
import Testing

@testable import Monitor

/// Each `invalid-….yml` says in its first lines what is expected of it.
@Suite struct InvalidConfigurationTests {
    @Test func `There are invalid configurations to test with`() {
        #expect(ConfigurationFixtures.names(prefix: "invalid-").count >= 18)
    }

    @Test(arguments: ConfigurationFixtures.names(prefix: "invalid-"))
    func `Every fault is reported at its place, with what was expected`(name: String) throws {
        let path = ConfigurationFixtures.path(name)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let expected = Self.expectations(in: text, of: path)
        #expect(!expected.isEmpty)
        let faults = #expect(throws: ConfigurationFaults.self) {
            _ = try ConfigurationFixtures.load(name)
        }
        #expect(faults?.faults.map(\.description) == expected)
        #expect(faults?.omitted == 0)
        #expect(faults?.description.contains("hush") == false, "a message shows a secret")
    }

    private static func expectations(in text: String, of path: String) -> [String] {
        text.split(separator: "\n").compactMap { line -> String? in
            let line = line.replacing("FILE", with: path)
                .replacing("FOLDER", with: ConfigurationFixtures.folder)
            if line.hasPrefix("# expect: ") { return "\(path):\(line.dropFirst(10))" }
            guard line.hasPrefix("# expect-in ") else { return nil }
            let place = line.dropFirst(12).replacing(": ", with: ":", maxReplacements: 1)
            return ConfigurationFixtures.path(String(place))
        }
    }

    @Test func `Faults beyond twenty are counted`() {
        let lines = (0..<33).map { "  wrong\($0): 1" }.joined(separator: "\n")
        let faults = #expect(throws: ConfigurationFaults.self) {
            _ = try ConfigurationFixtures.read("pool:\n\(lines)\n")
        }
        #expect(faults?.faults.count == 20)
        #expect(faults?.omitted == 13)
        #expect(faults?.description.hasSuffix("\n… and 13 more faults") == true)
    }

    @Test func `A file that is not there is reported`() {
        let faults = #expect(throws: ConfigurationFaults.self) {
            _ = try ConfigurationFixtures.load("none.yml")
        }
        let path = ConfigurationFixtures.path("none.yml")
        #expect(faults?.description == "\(path): cannot read: No such file or directory")
    }

    @Test func `A pattern that is no expression is reported at its place`() {
        let reader = ConfigurationReader { $0 == "(" ? "missing )" : nil }
        let text = "defaults:\n  checks:\n    - {body: fine, header: {name: A, matches: (}}\n"
        let faults = #expect(throws: ConfigurationFaults.self) {
            _ = try reader.read(text, file: "a.yml")
        }
        #expect(faults?.description == "a.yml:3:47: matches: missing )")
    }
}
