import Foundation
import Testing

@testable import Monitor

@Suite struct HostileConfigurationTests {
    private static let levels = "bcdefghi"

    /// Each level holds nine of the one before: 9⁹ values.
    private static var bomb: String {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        var before: Character = "a"
        for level in levels {
            let items = Array(repeating: "*\(before)", count: 9).joined(separator: ", ")
            text += "\(level): &\(level) [\(items)]\n"
            before = level
        }
        return text
    }

    @Test func `Aliases of aliases are counted and refused`() {
        let faults = #expect(throws: ConfigurationFaults.self) {
            _ = try ConfigurationFixtures.read(Self.bomb)
        }
        #expect(faults?.description.contains("aliases counted at each use") == true)
    }

    @Test(arguments: [
        "? *i\n: 1\n", "*i : 1\n", "[*i]: 1\n", "z: {*i : 1}\n", "z: {?*i : 1}\n",
        "z: {?[*i]\n: 1}\n", "? - *i\n: 1\n",
    ])
    func `A key of aliases is refused before it is compared`(key: String) {
        let faults = #expect(throws: ConfigurationFaults.self) {
            _ = try ConfigurationFixtures.read(Self.bomb + key)
        }
        #expect(faults?.description.contains("an alias in a key") == true)
    }

    @Test(arguments: [
        "targets: [\"http://a.test/?x=*y&z={1}:2\"] # see [that]: fine, and *this*\n",
        "defaults: {checks: [{body: \"a *b* (\\\\?c)\"}]}\n",
        "defaults: &d {interval: 5s}\ngroups: [{<<: *d, targets: [a.test]}]\n",
    ])
    func `Stars and question marks that are none of these are read`(text: String) throws {
        _ = try ConfigurationFixtures.read(text)
    }

    @Test(arguments: ["[", "- ", "{a: "])
    func `Deep nesting is refused`(opening: String) {
        let text = String(repeating: opening, count: 100_000)
        #expect(throws: ConfigurationFaults.self) { _ = try ConfigurationFixtures.read(text) }
    }

    @Test func `A file that is too large is refused without reading it whole`() throws {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "sockeye-\(UUID().uuidString).yml").path(percentEncoded: false)
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 65 << 20)
        try file.close()
        let faults = #expect(throws: ConfigurationFaults.self) {
            _ = try ConfigurationReader().load(path: path)
        }
        #expect(faults?.description == "\(path): cannot read: it is larger than 65536 KiB")
    }

    @Test func `Every beginning of a configuration is read or refused at a place in it`() throws {
        let path = ConfigurationFixtures.path("valid-full.yml")
        let whole = try String(contentsOfFile: path, encoding: .utf8)
        for length in stride(from: 0, to: whole.count, by: 7) {
            check(String(whole.prefix(length)), "the first \(length) characters")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3])
    func `A damaged configuration is read or refused at a place in it`(seed: UInt64) throws {
        let path = ConfigurationFixtures.path("valid-full.yml")
        let whole = Array(try String(contentsOfFile: path, encoding: .utf8).unicodeScalars)
        let alphabet = Array("{}[]:,-?*&!|>'\"%@`# \n\t~<0aé".unicodeScalars)
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        for round in 0..<150 {
            var scalars = whole
            for _ in 0...next(3) { scalars[next(scalars.count)] = alphabet[next(alphabet.count)] }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars)
            check(String(text), "seed \(seed), round \(round)")
        }
    }

    private func check(_ text: String, _ comment: Comment) {
        do {
            _ = try ConfigurationFixtures.read(text)
        } catch let faults as ConfigurationFaults {
            let lines = text.unicodeScalars.count { $0 == "\n" } + 1
            #expect(!faults.faults.isEmpty, comment)
            #expect(faults.faults.allSatisfy { $0.line <= lines + 1 }, comment)
        } catch {
            Issue.record("another error: \(error)", sourceLocation: #_sourceLocation)
        }
    }
}
