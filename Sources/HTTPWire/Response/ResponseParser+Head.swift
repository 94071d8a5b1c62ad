extension ResponseParser {
    /// The length of `HTTP/1.1 200`: what the status line has before the reason phrase.
    private static let statusPrefixLength = 12

    /// Scans the input and keeps what it consumed, then looks at the fields when all are here.
    mutating func parseHead(_ input: Span<UInt8>, _ offset: inout Int) -> ResponseEvent {
        let start = offset
        guard start < input.count else { return .needsMore }
        hasBegunReceiving = true
        let shift = head.bytes.count - start
        // The first byte over the limit is an error at its place, wherever the input was cut.
        let end = min(input.count, start + limits.headerBytes - head.bytes.count)
        var index = start
        let result = scanHead(input, &index, to: end, shift: shift)
        offset = index
        switch result {
        case .incomplete:
            head.bytes.append(input, start..<index)
            return index < input.count ? fail(.headersTooLarge) : .needsMore
        case .complete:
            head.bytes.append(input, start..<index)
            return completeHead()
        case .fault(let fault):
            return fail(fault)
        }
    }

    private mutating func scanHead(
        _ input: Span<UInt8>, _ index: inout Int, to end: Int, shift: Int
    ) -> FieldLineScanner.Result {
        if statusStep != .done {
            if let fault = scanStatusLine(input, &index, to: end, shift: shift) {
                return .fault(fault)
            }
        }
        return lines.scan(
            input, &index, to: end, shift: shift, keeps: true, into: &head.fields)
    }

    private mutating func scanStatusLine(
        _ input: Span<UInt8>, _ index: inout Int, to end: Int, shift: Int
    ) -> ResponseFault? {
        if statusStep == .prefix {
            while shift + index < Self.statusPrefixLength {
                guard index < end else { return nil }
                if let fault = takeStatusByte(input[index], at: shift + index) { return fault }
                index += 1
            }
            statusStep = .afterCode
        }
        while index < end {
            let byte = input[index]
            switch statusStep {
            case .prefix, .done:
                return nil
            case .afterCode:
                switch byte {
                case .space: statusStep = .reason
                case .carriageReturn: statusStep = .lineEnd
                case .lineFeed: statusStep = .done
                default: return byte.isDigit ? .invalidStatusCode : .malformedStatusLine
                }
                index += 1
                head.reasonRange = (shift + index)..<(shift + index)
            case .reason:
                index = input.endOfText(from: index, to: end)
                guard index < end else { return nil }
                let stop = input[index]
                guard stop == .carriageReturn || stop == .lineFeed else { return .invalidReason }
                head.reasonRange = head.reasonRange.lowerBound..<(shift + index)
                statusStep = stop == .carriageReturn ? .lineEnd : .done
                index += 1
            case .lineEnd:
                guard byte == .lineFeed else { return .bareCarriageReturn }
                statusStep = .done
                index += 1
            }
        }
        return nil
    }

    /// Takes one byte of `HTTP/1.1 200`; anything else is refused at its first wrong byte.
    private mutating func takeStatusByte(_ byte: UInt8, at position: Int) -> ResponseFault? {
        switch position {
        case 0: return byte == 0x48 ? nil : .malformedStatusLine
        case 1, 2: return byte == 0x54 ? nil : .malformedStatusLine
        case 3: return byte == 0x50 ? nil : .malformedStatusLine
        case 4: return byte == 0x2F ? nil : .malformedStatusLine
        case 5:
            if byte == 0x31 { return nil }
            return byte.isDigit ? .invalidVersion : .malformedStatusLine
        case 6: return byte == .period ? nil : .malformedStatusLine
        case 7:
            head.version = byte == 0x30 ? .http10 : .http11
            return byte.isDigit ? nil : .malformedStatusLine
        case 8: return byte == .space ? nil : .malformedStatusLine
        default:
            guard byte.isDigit, position > 9 || byte != 0x30 else { return .invalidStatusCode }
            head.status = head.status * 10 + Int(byte &- 0x30)
            return nil
        }
    }
}
