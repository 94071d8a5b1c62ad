import HTTPWire
import Testing

/// The verdict depends on the bytes, not on how they were cut.
struct SplitTests {
    @Test(arguments: SampleResponse.wellFormed + SampleResponse.broken)
    func `Cut at every pair of positions, a response gets the verdict of the whole`(
        sample: SampleResponse
    ) {
        // A parser used again must not remember the response before.
        var parser = ResponseParser(limits: Self.limits)
        let bytes = sample.bytes
        let whole = Transcript.of([bytes[...]], sample.context, using: &parser)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let cut = Transcript.of(
                    [bytes[..<first], bytes[first..<second], bytes[second...]],
                    sample.context, using: &parser)
                if cut != whole {
                    Issue.record("cut at \(first) and \(second): \(cut), whole: \(whole)")
                    return
                }
            }
        }
    }

    @Test(arguments: SampleResponse.wellFormed + SampleResponse.broken)
    func `Byte by byte, with every small limit, a response gets the verdict of the whole`(
        sample: SampleResponse
    ) {
        let bytes = sample.bytes
        let pieces = bytes.indices.map { bytes[$0...$0] }
        for limit in 0...bytes.count {
            var limits = ResponseParserLimits()
            limits.headerBytes = limit
            limits.bodyBytes = limit / 2
            limits.trailerBytes = limit / 4
            limits.chunkExtensionBytes = limit / 16
            limits.informationalResponses = limit % 2
            var parser = ResponseParser(limits: limits)
            let whole = Transcript.of([bytes[...]], sample.context, using: &parser)
            let single = Transcript.of(pieces, sample.context, using: &parser)
            #expect(single == whole, "limit \(limit)")
            #expect(whole.body.count <= limits.bodyBytes)
        }
    }

    @Test(arguments: SampleResponse.wellFormed)
    func `A well-formed response ends, with or without the close of the connection`(
        sample: SampleResponse
    ) {
        let transcript = Transcript.of(sample.bytes, sample.context)
        #expect(transcript.persistence != nil, "\(transcript)")
    }

    @Test(arguments: SampleResponse.broken)
    func `A broken response fails, at the latest when the connection closes`(
        sample: SampleResponse
    ) {
        let transcript = Transcript.of(sample.bytes, sample.context)
        #expect(transcript.fault != nil, "\(transcript)")
    }

    private static var limits: ResponseParserLimits {
        var limits = ResponseParserLimits()
        limits.bodyBytes = 100
        return limits
    }
}
