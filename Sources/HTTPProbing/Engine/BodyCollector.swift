import Measurements

/// The body of one response: decoded as it comes, counted, and its first part kept for checks.
///
/// Constant memory but for what is kept, which ``ResponseLimits/keptBytes`` bounds.
struct BodyCollector {
    /// The first part of the decoded body.
    private(set) var kept: [UInt8] = []
    /// Whether the decoded body was longer than what was kept.
    private(set) var isCut = false
    private var decoder: BodyDecoder?
    private var limits = ResponseLimits()
    private var keeps = false

    /// Starts a body.
    ///
    /// - Parameter codings: In the order in which they were applied.
    mutating func begin(
        codings: [ContentCoding], limits: ResponseLimits, keeps: Bool
    ) -> ProbeFailure? {
        self.limits = limits
        self.keeps = keeps
        guard !codings.isEmpty else { return nil }
        guard codings.count <= BodyDecoder.codingsLimit else {
            return ProbeFailure(
                .badEncoding, phase: nil,
                detail: "\(codings.count) content codings on top of each other; at most "
                    + "\(BodyDecoder.codingsLimit) are undone")
        }
        decoder = BodyDecoder(codings: codings, limit: limits.decodedBytes)
        return nil
    }

    /// Takes a piece as it was received.
    mutating func append(_ bytes: borrowing Span<UInt8>) -> ProbeFailure? {
        guard let decoder else {
            keep(bytes)
            return nil
        }
        var piece = PartialBody(kept: kept, isCut: isCut, limit: keeps ? limits.keptBytes : 0)
        kept = []
        let result = decoder.decode(copy bytes) { piece.keep($0) }
        kept = piece.kept
        isCut = isCut || (keeps && piece.isCut)
        return failure(of: result)
    }

    /// Says whether the body ended as its coding must.
    mutating func finish() -> ProbeFailure? {
        guard let decoder else { return nil }
        return failure(of: decoder.finish())
    }

    /// Forgets the body, and keeps the storage when it is small.
    mutating func reset() {
        decoder = nil
        isCut = false
        keeps = false
        if !kept.isEmpty { kept.removeAll(keepingCapacity: kept.capacity <= 4096) }
    }

    private mutating func keep(_ bytes: borrowing Span<UInt8>) {
        guard keeps else { return }
        var piece = PartialBody(kept: kept, isCut: isCut, limit: limits.keptBytes)
        kept = []
        piece.keep(bytes)
        kept = piece.kept
        isCut = piece.isCut
    }

    private func failure(of result: DecodeResult) -> ProbeFailure? {
        guard case .failed(let failure) = result else { return nil }
        switch failure {
        case .corrupt(let words):
            return ProbeFailure(
                .badEncoding, phase: nil, detail: "the encoded body is broken: \(words)")
        case .truncated:
            return ProbeFailure(
                .badEncoding, phase: nil, detail: "the encoded body ends before its data do")
        case .trailingBytes:
            return ProbeFailure(
                .badEncoding, phase: nil, detail: "bytes follow the end of the encoded body")
        case .tooLarge:
            return ProbeFailure(
                .bodyTooLarge, phase: nil,
                detail: "the decoded body is larger than \(limits.decodedBytes) bytes")
        }
    }
}

/// A kept part that grows up to its limit.
private struct PartialBody {
    var kept: [UInt8]
    var isCut: Bool
    let limit: Int

    mutating func keep(_ bytes: borrowing Span<UInt8>) {
        let room = limit - kept.count
        if bytes.count > room { isCut = true }
        for index in 0..<min(room, bytes.count) { kept.append(bytes[index]) }
    }
}
