/// Walks the lines of a head or trailer section, across any cuts in the input.
///
/// It sees each byte once. Positions are relative to the first byte of the section.
struct FieldLineScanner: Sendable {
    /// What a scan came to.
    enum Result {
        /// All bytes up to the end were consumed.
        case incomplete
        /// The empty line that ends the section was consumed.
        case complete
        case fault(ResponseFault)
    }

    private enum Step: Sendable {
        case lineStart, name, value, valueEnd, sectionEnd
    }

    private var step = Step.lineStart
    private var nameStart = 0
    private var nameEnd = 0
    private var valueStart = 0
    /// Whether the current line continues the value of the line before it.
    private var isFolding = false
    /// Whether a field line has ended.
    private var hasFields = false
    /// Whether any value spans several lines, so that it has CR and LF within.
    private(set) var hasFolds = false

    /// Scans `input` from `index` to `end`.
    ///
    /// It advances `index`, and appends what it finds to `fields` when `keeps` is true. A position
    /// is an index and `shift` together.
    mutating func scan(
        _ input: Span<UInt8>, _ index: inout Int, to end: Int, shift: Int, keeps: Bool,
        into fields: inout [FieldRange]
    ) -> Result {
        while index < end {
            switch step {
            case .lineStart:
                if let result = startLine(input[index], shift + index) {
                    index += 1
                    switch result {
                    case .incomplete: continue
                    case .complete, .fault: return result
                    }
                }
            case .name:
                index = input.endOfToken(from: index, to: end)
                guard index < end else { return .incomplete }
                let byte = input[index]
                guard byte == .colon else { return .fault(Self.fault(inName: byte)) }
                nameEnd = shift + index
                index += 1
                valueStart = shift + index
                step = .value
            case .value:
                index = input.endOfText(from: index, to: end)
                guard index < end else { return .incomplete }
                let byte = input[index]
                let isReturn = byte == .carriageReturn
                guard isReturn || byte == .lineFeed else { return .fault(.invalidFieldValue) }
                if keeps { keepField(valueEnd: shift + index, in: &fields) }
                hasFields = true
                step = isReturn ? .valueEnd : .lineStart
                index += 1
            case .valueEnd:
                guard input[index] == .lineFeed else { return .fault(.bareCarriageReturn) }
                step = .lineStart
                index += 1
            case .sectionEnd:
                guard input[index] == .lineFeed else { return .fault(.bareCarriageReturn) }
                index += 1
                return .complete
            }
        }
        return .incomplete
    }

    /// Looks at the first byte of a line; nil means that it begins a field name.
    private mutating func startLine(_ byte: UInt8, _ position: Int) -> Result? {
        if byte.isTokenCharacter {
            nameStart = position
            isFolding = false
            step = .name
            return nil
        }
        switch byte {
        case .carriageReturn:
            step = .sectionEnd
            return .incomplete
        case .lineFeed:
            return .complete
        case .space, .tab:
            guard hasFields else { return .fault(.whitespaceBeforeFirstField) }
            isFolding = true
            hasFolds = true
            step = .value
            return .incomplete
        default:
            return .fault(.invalidFieldName)
        }
    }

    private func keepField(valueEnd: Int, in fields: inout [FieldRange]) {
        if isFolding {
            fields[fields.count - 1].valueEnd = UInt32(truncatingIfNeeded: valueEnd)
        } else {
            // The limit of a head keeps positions below 2^30.
            fields.append(
                FieldRange(
                    nameStart: UInt32(truncatingIfNeeded: nameStart),
                    nameEnd: UInt32(truncatingIfNeeded: nameEnd),
                    valueStart: UInt32(truncatingIfNeeded: valueStart),
                    valueEnd: UInt32(truncatingIfNeeded: valueEnd)))
        }
    }

    private static func fault(inName byte: UInt8) -> ResponseFault {
        switch byte {
        case .space, .tab: .whitespaceBeforeColon
        case .carriageReturn, .lineFeed: .missingColon
        default: .invalidFieldName
        }
    }
}
