// The loops over bytes. All unchecked access to memory of this target stands in this file: each
// function checks its range once, then reads within it.

extension UInt8 {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let comma: UInt8 = 0x2C
    static let period: UInt8 = 0x2E
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D

    /// Whether this is SP or HTAB.
    var isBlank: Bool { self == .space || self == .tab }

    /// Whether this is a decimal digit.
    var isDigit: Bool { self &- 0x30 < 10 }

    /// The byte with ASCII capitals made small.
    var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }

    /// Whether this may stand in a token: letters, digits and ``!#$%&'*+-.^_`|~``
    /// (RFC 9110, section 5.6.2).
    var isTokenCharacter: Bool {
        // One bit a character: 0x21…0x3F in the low word, 0x40…0x7E in the high one.
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        let word = self & 0x40 == 0 ? low : high
        return self < 0x80 && (word &>> UInt64(self & 0x3F)) & 1 != 0
    }

    /// Whether this may stand in a field value or reason phrase: HTAB, SP, VCHAR, obs-text
    /// (RFC 9110, section 5.5).
    var isText: Bool { self >= 0x20 ? self != 0x7F : self == .tab }

    /// The value as a hexadecimal digit.
    var hexadecimalValue: Int? {
        if isDigit { return Int(self &- 0x30) }
        let letter = lowercased &- 0x61
        return letter < 6 ? Int(letter) + 10 : nil
    }
}

extension Span<UInt8> {
    /// The first index from `start` whose byte is no token character, or `end`.
    @inline(__always)
    func endOfToken(from start: Int, to end: Int) -> Int {
        precondition(0 <= start && start <= end && end <= count)
        var index = start
        // The range was checked above.
        while index < end, unsafe self[unchecked: index].isTokenCharacter { index &+= 1 }
        return index
    }

    /// The first index from `start` whose byte is no text, or `end`.
    @inline(__always)
    func endOfText(from start: Int, to end: Int) -> Int {
        precondition(0 <= start && start <= end && end <= count)
        var index = start
        while end &- index >= 8 {
            // Eight bytes at once, in the order of memory; index + 8 is at most `end`.
            let word = UInt64(
                littleEndian: unsafe bytes.unsafeLoadUnaligned(
                    fromByteOffset: index, as: UInt64.self))
            // The lowest bit set is exact: borrows disturb only the bytes above a hit.
            let delete = word ^ 0x7F7F_7F7F_7F7F_7F7F
            let below = (word &- 0x2020_2020_2020_2020) & ~word
            let equal = (delete &- 0x0101_0101_0101_0101) & ~delete
            let hits = (below | equal) & 0x8080_8080_8080_8080
            if hits == 0 {
                index &+= 8
                continue
            }
            index &+= hits.trailingZeroBitCount &>> 3
            // Below end, which the caller keeps below count.
            if unsafe self[unchecked: index] != .tab { return index }
            index &+= 1
        }
        // The same bound holds for the bytes after the last whole word.
        while index < end, unsafe self[unchecked: index].isText { index &+= 1 }
        return index
    }

    /// Whether the bytes of `range` are `name`, which has no capitals, without regard to case.
    func equalsLowercased(_ name: StaticString, at range: Range<Int>) -> Bool {
        precondition(0 <= range.lowerBound && range.upperBound <= count)
        guard range.count == name.utf8CodeUnitCount else { return false }
        // The name lives as long as the program, and both lengths were compared.
        let expected = unsafe name.utf8Start
        for index in 0..<range.count {
            let byte = unsafe self[unchecked: range.lowerBound &+ index].lowercased
            guard unsafe byte == expected[index] else { return false }
        }
        return true
    }

    /// `range` without the blanks at its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start].isBlank { start += 1 }
        while start < end, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }

    /// The decimal number that is all of `range`, unless it has other bytes or does not fit.
    func decimal(at range: Range<Int>) -> Int? {
        guard !range.isEmpty else { return nil }
        var number = 0
        for index in range {
            guard self[index].isDigit else { return nil }
            let (tenfold, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isOver) = tenfold.addingReportingOverflow(Int(self[index] &- 0x30))
            if isTooLarge || isOver { return nil }
            number = sum
        }
        return number
    }
}

extension [UInt8] {
    /// Appends a copy of `range` of `span`.
    mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
        // The buffer is read within the call, and `extracting` checks the range.
        unsafe span.extracting(range).withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
    }
}

/// Walks the elements of a comma-separated list, empty ones left out (RFC 9110, section 5.6.1).
struct ListElements {
    private var position: Int
    private let end: Int

    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next element without the blanks around it; commas in quoted strings are not expected.
    mutating func next(in span: Span<UInt8>) -> Range<Int>? {
        while position < end {
            var stop = position
            while stop < end, span[stop] != .comma { stop += 1 }
            let element = span.trimmed(position..<stop)
            position = stop + 1
            if !element.isEmpty { return element }
        }
        return nil
    }
}
