import CDecompression
import Measurements

/// One coding of a body: finds out the exact format, follows gzip from member to member, and
/// counts the output.
final class DecodingStage {
    /// A coding as its name promises it.
    enum Format {
        case gzip
        /// zlib's wrapper by the RFC, a raw stream by some servers: the first two bytes tell.
        case deflate
        case brotli

        init(_ coding: ContentCoding) {
            switch coding {
            case .gzip: self = .gzip
            case .deflate: self = .deflate
            case .br: self = .brotli
            }
        }
    }

    private enum State {
        /// Nothing is decoded yet; one byte may be held back to know the format.
        case undecided(held: UInt8?)
        /// Inside a stream.
        case decoding(DecoderState)
        /// The stream, or a gzip member, has ended.
        case ended(DecoderState)
    }

    private static let gzipFirstByte: UInt8 = 0x1F

    private let format: Format
    private let limit: Int
    private var state = State.undecided(held: nil)
    private var produced = 0
    private var buffer = [UInt8](repeating: 0, count: BodyDecoder.outputBytes)

    init(_ format: Format, limit: Int) {
        self.format = format
        self.limit = limit
    }

    /// Whether the stream has ended.
    var isFinished: Bool {
        if case .ended = state { true } else { false }
    }

    /// Whether the body may end here: the stream has ended, or nothing at all came.
    var isBetweenStreams: Bool {
        switch state {
        case .undecided(held: nil), .ended: true
        case .undecided, .decoding: false
        }
    }

    /// Decodes a piece; `take` gets the output and says whether to go on.
    func decode(_ input: Span<UInt8>, take: (Span<UInt8>) -> Bool) -> DecodeResult {
        var offset = 0
        while true {
            switch state {
            case .undecided(let held):
                guard offset < input.count else { return .more }
                if let failure = start(held: held, input, &offset, take: take) {
                    return .failed(failure)
                }
            case .decoding(let decoder):
                switch step(decoder, input, &offset, take: take) {
                case .more: return .more
                case .failed(let failure): return .failed(failure)
                case .finished: state = .ended(decoder)
                }
            case .ended(let decoder):
                guard offset < input.count else { return .finished }
                guard case .gzip = format, input[offset] == Self.gzipFirstByte else {
                    return .failed(.trailingBytes)
                }
                decoder.startNextMember()
                state = .decoding(decoder)
            }
        }
    }

    /// Chooses the decoder, or holds back the one byte that does not tell yet.
    private func start(
        held: UInt8?, _ input: Span<UInt8>, _ offset: inout Int, take: (Span<UInt8>) -> Bool
    ) -> DecodeFailure? {
        let format: CDecompressionFormat
        switch self.format {
        case .gzip: format = CDecompressionGzip
        case .brotli: format = CDecompressionBrotli
        case .deflate:
            guard let held else {
                state = .undecided(held: input[offset])
                offset += 1
                return nil
            }
            format =
                Self.isZlibHeader(held, input[offset])
                ? CDecompressionZlib : CDecompressionRawDeflate
        }
        guard let decoder = DecoderState(format) else { return .corrupt("out of memory") }
        state = .decoding(decoder)
        guard let held else { return nil }
        let first: [1 of UInt8] = [held]
        var start = 0
        guard case .failed(let failure) = step(decoder, first.span, &start, take: take) else {
            return nil
        }
        return failure
    }

    /// The two bytes that open a zlib stream: method 8, a window of 32 KiB at most, a check sum
    /// divisible by 31 (RFC 1950, section 2.2).
    private static func isZlibHeader(_ first: UInt8, _ second: UInt8) -> Bool {
        first & 0x0F == 8 && first >> 4 <= 7 && (Int(first) << 8 | Int(second)) % 31 == 0
    }

    /// Decodes until the input is used up or the stream ends.
    private func step(
        _ decoder: DecoderState, _ input: Span<UInt8>, _ offset: inout Int,
        take: (Span<UInt8>) -> Bool
    ) -> DecodeResult {
        while true {
            let piece = decoder.step(input, &offset, into: &buffer)
            if piece.count > 0 {
                produced += piece.count
                guard produced <= limit else { return .failed(.tooLarge) }
                guard take(buffer.span.extracting(0..<piece.count)) else { return .more }
            }
            switch piece.end {
            case .needsInput: return .more
            case .needsOutput: continue
            case .finished: return .finished
            case .failed(let text): return .failed(.corrupt(text))
            }
        }
    }
}
