import Foundation
import Testing

/// Parsers of kernel bytes keep what they promise of any bytes.
@Suite struct MutationTests {
    /// The seeds of the fuzzer: a letter for the parser, then bytes for it.
    struct Seed: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]

        var testDescription: String { name }
        var parser: KernelParser? { bytes.first.flatMap(KernelParser.init(letter:)) }
        var input: [UInt8] { Array(bytes.dropFirst()) }
    }

    static let seeds: [Seed] = {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        folder.append(path: "Fuzzing/Corpus/kernel-formats")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().compactMap { name in
            (try? Data(contentsOf: folder.appending(path: name))).map {
                Seed(name: name, bytes: Array($0))
            }
        }
    }()

    @Test func `There are seeds for every parser, few and small`() {
        #expect(30...150 ~= Self.seeds.count)
        #expect(Set(Self.seeds.compactMap(\.parser)) == Set(KernelParser.allCases))
        for seed in Self.seeds { #expect(seed.parser != nil && seed.bytes.count <= 600) }
    }

    @Test(arguments: seeds)
    func `A seed is read as promised, and so is every beginning of it`(seed: Seed) throws {
        let parser = try #require(seed.parser)
        for length in 0...seed.input.count {
            do throws(Breach) {
                try parser.check(Array(seed.input[..<length]))
            } catch {
                Issue.record("\(seed.name) cut at \(length): \(error)")
            }
        }
    }

    /// How many mutations each parser is given.
    ///
    /// `SOCKEYE_MUTATIONS` says another number.
    static let rounds =
        ProcessInfo.processInfo.environment["SOCKEYE_MUTATIONS"].flatMap { Int($0) } ?? 100_000

    @Test(arguments: KernelParser.allCases)
    func `Damaged bytes are read as promised`(parser: KernelParser) throws {
        let seeds = Self.seeds.filter { $0.parser == parser }.map(\.input)
        try #require(!seeds.isEmpty)
        let first = UInt64(parser.rawValue) << 32
        for group in 0..<UInt64(max(1, Self.rounds / 1_000)) {
            var mutator = Mutator(seed: first + group, of: seeds)
            for round in 0..<1_000 {
                let bytes = mutator.next()
                do throws(Breach) {
                    try parser.check(bytes)
                } catch {
                    Issue.record("\(parser), seed \(first + group), round \(round): \(error)")
                    return
                }
            }
        }
    }
}
