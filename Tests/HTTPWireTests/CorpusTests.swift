import Foundation
import HTTPWire
import Testing

/// The seeds of the fuzzer, read again without it.
struct CorpusTests {
    /// One seed: settings, then a response, as `Fuzzing/ResponseParser/FuzzInput.swift` says.
    struct Seed: CustomTestStringConvertible, Sendable {
        let name: String
        let bytes: [UInt8]

        var testDescription: String { name }
        var response: ArraySlice<UInt8> { bytes.dropFirst(5) }

        var context: ResponseContext {
            switch bytes[0] & 3 {
            case 1: .head
            case 2: .connect
            default: .ordinary
            }
        }

        var limits: ResponseParserLimits {
            var limits = ResponseParserLimits()
            if bytes[0] & 16 != 0 {
                limits.headerBytes = .max
                limits.bodyBytes = .max
                limits.trailerBytes = .max
                limits.chunkExtensionBytes = .max
                limits.informationalResponses = .max
                return limits
            }
            guard bytes[0] & 4 != 0 else { return limits }
            let limit = Int(bytes[1])
            limits.headerBytes = limit
            limits.bodyBytes = limit / 2
            limits.trailerBytes = limit / 4
            limits.chunkExtensionBytes = limit / 16
            limits.informationalResponses = limit % 2
            return limits
        }
    }

    private static func seeds() throws -> [Seed] {
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        folder.append(path: "Fuzzing/Corpus/response-parser")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            Seed(name: $0, bytes: Array(try Data(contentsOf: folder.appending(path: $0))))
        }
    }

    @Test func `There are seeds, few and small`() throws {
        let seeds = try Self.seeds()
        #expect(20...60 ~= seeds.count)
        for seed in seeds { #expect(5...512 ~= seed.bytes.count, "\(seed.name)") }
    }

    @Test(arguments: try seeds())
    func `A seed is read alike whole, at every split and byte by byte`(seed: Seed) throws {
        try #require(seed.bytes.count >= 5)
        var parser = ResponseParser(limits: seed.limits)
        let response = seed.response
        let whole = Transcript.of([response], seed.context, using: &parser)
        #expect(whole.body.count <= seed.limits.bodyBytes)
        #expect((whole.consumed ?? 0) <= response.count)
        for split in response.startIndex...response.endIndex {
            let cut = Transcript.of(
                [response[..<split], response[split...]], seed.context, using: &parser)
            #expect(cut == whole, "cut at \(split - response.startIndex)")
        }
        let single = Transcript.of(
            response.indices.map { response[$0...$0] }, seed.context, using: &parser)
        #expect(single == whole, "byte by byte")
    }

    @Test func `The seeds reach an end and most faults`() throws {
        var faults: Set<ResponseFault> = []
        var ended = 0
        for seed in try Self.seeds() {
            var parser = ResponseParser(limits: seed.limits)
            let whole = Transcript.of([seed.response], seed.context, using: &parser)
            if let fault = whole.fault { faults.insert(fault) } else { ended += 1 }
        }
        #expect(ended >= 10)
        let missing = Set(ResponseFault.allCases).subtracting(faults)
        #expect(missing.count <= ResponseFault.allCases.count / 4, "\(missing)")
    }
}
