import Foundation
import HTTPWire
import Testing

/// The same verdict as NIOHTTP1, or a difference with a name and a reason.
struct DifferentialTests {
    @Test(arguments: KnownDifference.all)
    func `each named difference has an example that shows it`(difference: KnownDifference) throws {
        let comparison = try Comparison(Array(difference.example.utf8), difference.context)
        #expect(!comparison.differences.isEmpty, "\(comparison)")
        #expect(comparison.differences.subtracting(difference.explained(in: comparison)).isEmpty)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt64>)
    func `generated and mutated responses get the same verdict, whole`(seed: UInt64) throws {
        var generator = ResponseGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<8_000 {
            let (bytes, context) = generator.next()
            let comparison = try Comparison(bytes, context)
            #expect(comparison.unexplained.isEmpty, "seed \(seed): \(comparison)")
            if !comparison.unexplained.isEmpty { return }
            if comparison.theirs.hasEnded { accepted += 1 }
        }
        #expect(accepted > 1_000, "seed \(seed): only \(accepted) were responses")
    }

    @Test(arguments: 101...104 as ClosedRange<UInt64>)
    func `and in two pieces at every split`(seed: UInt64) throws {
        var generator = ResponseGenerator(seed: seed)
        for _ in 0..<60 {
            let (bytes, context) = generator.next()
            for cut in stride(from: 1, to: bytes.count, by: 1) {
                let comparison = try Comparison(bytes, context, cutAt: [cut])
                #expect(comparison.unexplained.isEmpty, "seed \(seed), cut \(cut): \(comparison)")
                if !comparison.unexplained.isEmpty { return }
            }
        }
    }

    @Test func `the page names every difference with its section, and no other`() throws {
        let page = try String(
            contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "docs/http-parser-differences.md"), encoding: .utf8)
        let lines = page.split(separator: "\n").map(String.init)
        let headings = lines.filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        #expect(headings.sorted() == KnownDifference.all.map(\.name).sorted())
        for difference in KnownDifference.all {
            let index = try #require(lines.firstIndex(of: "## " + difference.name))
            #expect(lines[index + 1].hasPrefix(difference.section + ":"))
        }
    }
}
