extension ResponseParser {
    /// Takes from a body whose length the head told.
    mutating func takeCounted(_ input: Span<UInt8>, _ offset: inout Int) -> ResponseEvent {
        let range = takeRemaining(input, &offset)
        if remaining == 0 { stage = .complete }
        return range.isEmpty ? .needsMore : .body(range)
    }

    /// Takes from a body that the end of the connection delimits.
    mutating func takeUntilClose(_ input: Span<UInt8>, _ offset: inout Int) -> ResponseEvent {
        guard offset < input.count else { return .needsMore }
        let end = offset + min(input.count - offset, limits.bodyBytes - received)
        guard offset < end else { return fail(.bodyTooLarge) }
        let range = offset..<end
        received += range.count
        offset = end
        return .body(range)
    }

    /// Reads chunk framing up to the next piece of data, the end of the body, or of the input
    /// (RFC 9112, section 7.1).
    mutating func parseChunked(_ input: Span<UInt8>, _ offset: inout Int) -> ResponseEvent {
        while offset < input.count {
            let fault: ResponseFault?
            switch stage {
            case .chunkSize: fault = takeChunkSize(input, &offset)
            case .chunkPadding: fault = takeChunkPadding(input, &offset)
            case .chunkExtension: fault = takeChunkExtension(input, &offset)
            case .chunkSizeEnd: fault = endChunkSize(input, &offset)
            case .chunkData:
                let range = takeRemaining(input, &offset)
                if remaining == 0 { stage = .chunkDataEnd }
                return .body(range)
            case .chunkDataEnd:
                fault = input[offset] == .carriageReturn ? nil : .invalidChunkTerminator
                offset += 1
                stage = .chunkDataLineFeed
            case .chunkDataLineFeed:
                fault = input[offset] == .lineFeed ? nil : .invalidChunkTerminator
                offset += 1
                stage = .chunkSize
            case .trailers: fault = takeTrailers(input, &offset)
            case .head, .counted, .untilClose, .complete, .over, .failed:
                return parse(input, from: &offset)
            }
            if let fault { return fail(fault) }
        }
        if case .complete = stage { return parse(input, from: &offset) }
        return .needsMore
    }

    private mutating func takeRemaining(
        _ input: Span<UInt8>, _ offset: inout Int
    ) -> Range<Int> {
        let range = offset..<(offset + min(remaining, input.count - offset))
        remaining -= range.count
        offset = range.upperBound
        return range
    }

    private mutating func takeChunkSize(
        _ input: Span<UInt8>, _ offset: inout Int
    ) -> ResponseFault? {
        while offset < input.count {
            let byte = input[offset]
            guard let digit = byte.hexadecimalValue else { break }
            offset += 1
            chunkDigits += 1
            // Sixteen digits fit the word; the first of them must leave the sign alone.
            if chunkDigits > 16 || remaining > Int.max >> 4 { return .chunkSizeOverflow }
            remaining = remaining << 4 | digit
        }
        guard offset < input.count else { return nil }
        guard chunkDigits > 0 else { return .invalidChunkSize }
        switch input[offset] {
        case .carriageReturn:
            offset += 1
            stage = .chunkSizeEnd
        case .semicolon:
            stage = .chunkExtension
        case .space, .tab:
            stage = .chunkPadding
        default:
            return .invalidChunkSize
        }
        return nil
    }

    private mutating func takeChunkPadding(
        _ input: Span<UInt8>, _ offset: inout Int
    ) -> ResponseFault? {
        while offset < input.count {
            switch input[offset] {
            case .space, .tab:
                guard extensionLength < limits.chunkExtensionBytes else {
                    return .chunkExtensionTooLong
                }
                extensionLength += 1
                offset += 1
            case .carriageReturn:
                offset += 1
                stage = .chunkSizeEnd
                return nil
            case .semicolon:
                stage = .chunkExtension
                return nil
            default:
                return .invalidChunkSize
            }
        }
        return nil
    }

    private mutating func takeChunkExtension(
        _ input: Span<UInt8>, _ offset: inout Int
    ) -> ResponseFault? {
        let start = offset
        let end = start + min(input.count - start, limits.chunkExtensionBytes - extensionLength)
        offset = input.endOfText(from: start, to: end)
        extensionLength += offset - start
        guard offset < input.count else { return nil }
        let byte = input[offset]
        if byte == .carriageReturn {
            offset += 1
            stage = .chunkSizeEnd
            return nil
        }
        return byte.isText ? .chunkExtensionTooLong : .invalidChunkExtension
    }

    private mutating func endChunkSize(
        _ input: Span<UInt8>, _ offset: inout Int
    ) -> ResponseFault? {
        guard input[offset] == .lineFeed else { return .bareCarriageReturn }
        offset += 1
        chunkDigits = 0
        if remaining == 0 {
            lines = FieldLineScanner()
            stage = .trailers
            return nil
        }
        if remaining > limits.bodyBytes - received { return .bodyTooLarge }
        received += remaining
        stage = .chunkData
        return nil
    }

    /// Checks the trailer section and drops it.
    private mutating func takeTrailers(
        _ input: Span<UInt8>, _ offset: inout Int
    ) -> ResponseFault? {
        let start = offset
        let end = start + min(input.count - start, limits.trailerBytes - trailerLength)
        let result = lines.scan(
            input, &offset, to: end, shift: 0, keeps: false, into: &head.fields)
        trailerLength += offset - start
        switch result {
        case .incomplete: return offset < input.count ? .trailersTooLarge : nil
        case .complete: stage = .complete
        case .fault(let fault): return fault
        }
        return nil
    }
}
