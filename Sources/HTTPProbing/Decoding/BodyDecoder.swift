import Measurements

/// Undoes the content codings of one body, piece by piece, in constant memory.
///
/// Each coding has one decoder of C and one output buffer of ``outputBytes``. The limit holds for
/// the output of every coding, so a bomb inside another coding stops as early as a plain one.
/// Pieces go to the sink as soon as they are decoded; none is kept.
final class BodyDecoder {
    /// How much is decoded at a time, in bytes.
    static let outputBytes = 16 << 10
    /// The most codings that are undone for one body.
    static let codingsLimit = 2

    private let stages: [DecodingStage]
    private var state = DecodeResult.more

    /// Makes a decoder for codings in the order in which they were applied, which is the order of
    /// `Content-Encoding` (RFC 9110, section 8.4).
    ///
    /// At most ``codingsLimit`` of them.
    ///
    /// `limit` is the most bytes of output, for each coding.
    init(codings: [ContentCoding], limit: Int) {
        precondition(codings.count <= Self.codingsLimit, "the caller refuses more codings")
        precondition(limit >= 0, "a limit is not negative")
        stages = codings.reversed().map { DecodingStage(DecodingStage.Format($0), limit: limit) }
    }

    /// Decodes the next piece.
    ///
    /// The spans that the sink gets live until it returns.
    ///
    /// A failure stays: every later call returns it and decodes nothing.
    func decode(_ input: Span<UInt8>, into sink: (Span<UInt8>) -> Void) -> DecodeResult {
        if case .failed = state { return state }
        state = run(input, from: 0, into: sink)
        return state
    }

    /// Says how the body ended: every decoder must have seen the end of its stream.
    func finish() -> DecodeResult {
        switch state {
        case .failed, .finished: state
        case .more: stages.allSatisfy(\.isBetweenStreams) ? .finished : .failed(.truncated)
        }
    }

    private func run(
        _ input: Span<UInt8>, from index: Int, into sink: (Span<UInt8>) -> Void
    ) -> DecodeResult {
        guard index < stages.count else {
            if !input.isEmpty { sink(input) }
            return .finished
        }
        var inner: DecodeResult?
        let outer = stages[index].decode(input) { piece in
            let result = run(piece, from: index + 1, into: sink)
            inner = result
            if case .failed = result { return false }
            return true
        }
        if case .failed = inner { return inner ?? outer }
        if case .failed = outer { return outer }
        // What follows decides together with this stage: both must be at an end.
        return stages[index...].allSatisfy(\.isFinished) ? .finished : .more
    }
}

/// How decoding stands.
enum DecodeResult: Hashable, Sendable {
    /// More input may follow.
    case more
    /// Every coding has seen the end of its stream.
    case finished
    /// The body cannot be decoded.
    case failed(DecodeFailure)
}

/// Why a body cannot be decoded.
enum DecodeFailure: Hashable, Sendable {
    /// The data are broken; the decoder's own words.
    case corrupt(String)
    /// The output is larger than the limit.
    case tooLarge
    /// Bytes follow the end of the stream.
    case trailingBytes
    /// The body ended before its stream did.
    case truncated
}
