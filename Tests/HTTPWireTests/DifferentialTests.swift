import Foundation
import HTTPWire
import Testing

/// The same verdict as NIOHTTP1, or a difference with a name and a reason.
struct DifferentialTests {
    private static let shards: UInt64 = 10
    /// All shards together make 100,000 responses, or as many as this variable says.
    private static let responsesOfShard =
        (ProcessInfo.processInfo.environment["SOCKEYE_DIFFERENTIAL_RESPONSES"].flatMap(Int.init)
            ?? 100_000) / Int(shards)
    /// One response in so many is cut at every position, for both readers.
    private static let cutEverywhere = 500

    private static let framingRows = FramingRow.all.map { row in
        SampleResponse(text: String(decoding: row.bytes, as: UTF8.self), context: row.context)
    }

    @Test(arguments: KnownDifference.all)
    func `Each named difference has an example that shows it, and nothing else`(
        difference: KnownDifference
    ) throws {
        let comparison = try Comparison(Array(difference.example.utf8), difference.context)
        let differences = comparison.differences
        #expect(!differences.isEmpty, "\(comparison)")
        #expect(differences.isSubset(of: difference.explained(in: comparison)), "\(comparison)")
        let others = KnownDifference.all.filter { other in
            other.name != difference.name
                && !other.explained(in: comparison).isDisjoint(with: differences)
        }
        #expect(others.map(\.name).isEmpty)
        Self.compareAtEverySplit(comparison, difference.name)
    }

    @Test(arguments: SampleResponse.wellFormed + SampleResponse.broken + framingRows)
    func `Both read the samples alike, whole and at every split`(sample: SampleResponse) throws {
        let comparison = try Comparison(sample.bytes, sample.context)
        #expect(comparison.unexplained.isEmpty, "\(comparison)")
        Self.compareAtEverySplit(comparison, "sample")
    }

    @Test(arguments: 1...shards)
    func `Both read generated and mutated responses alike, however they are cut`(
        seed: UInt64
    ) throws {
        var generator = ResponseGenerator(seed: seed)
        var parser = ResponseParser(limits: ResponseParserLimits())
        var agreed = 0
        for round in 0..<Self.responsesOfShard {
            let (bytes, context) = generator.next()
            let comparison = try Comparison(bytes, context)
            guard comparison.unexplained.isEmpty else {
                Issue.record("seed \(seed), response \(round): \(comparison)")
                return
            }
            if comparison.differences.isEmpty, comparison.theirs.hasEnded { agreed += 1 }
            let pieces = bytes.cut(at: generator.cuts(bytes.count))
            let cut = Transcript.of(pieces, context, using: &parser)
            #expect(cut == comparison.ours, "seed \(seed), response \(round): \(pieces)")
            if round % Self.cutEverywhere == 0 {
                Self.compareAtEverySplit(comparison, "seed \(seed), response \(round)")
            }
        }
        // Readers that refuse everything would agree too.
        #expect(agreed > Self.responsesOfShard / 4, "seed \(seed): both took only \(agreed)")
    }

    @Test func `The page names every difference with its section, and no other`() throws {
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

    /// Cuts at each position, then at all of them: neither reader may see another response.
    private static func compareAtEverySplit(_ whole: Comparison, _ label: String) {
        let positions = Array(whole.bytes.indices)
        for cuts in positions.map({ [$0] }) + [positions] {
            guard let cut = try? Comparison(whole.bytes, whole.context, cutAt: cuts),
                cut.ours == whole.ours, cut.theirs == whole.theirs
            else {
                Issue.record("\(label), cut at \(cuts): \(whole)")
                return
            }
        }
    }
}
