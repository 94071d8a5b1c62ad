import Measurements

/// Reads what ``ByteWriter`` wrote, and never beyond its part of the bytes.
struct ByteReader {
    let bytes: [UInt8]
    /// Where the next byte is read, counted from the beginning of the file.
    private(set) var position: Int
    /// Where this part ends.
    let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var remaining: Int { end - position }

    var isAtEnd: Bool { position == end }

    /// What is wrong with a frame, before the decoder adds how many looks are whole.
    enum Fault: Error {
        case malformed(offset: Int, String)
        case beyondLimit(offset: Int, what: String, value: UInt64, limit: UInt64)
    }

    private func short() -> Fault {
        .malformed(offset: position, "a value goes beyond the end of its part")
    }

    mutating func byte() throws(Fault) -> UInt8 {
        guard position < end else { throw short() }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func fixed16() throws(Fault) -> UInt16 { UInt16(try little(2)) }

    mutating func fixed32() throws(Fault) -> UInt32 { UInt32(try little(4)) }

    mutating func fixed64() throws(Fault) -> UInt64 { try little(8) }

    private mutating func little(_ count: Int) throws(Fault) -> UInt64 {
        guard remaining >= count else { throw short() }
        var value: UInt64 = 0
        for index in 0..<count {
            value |= UInt64(bytes[position + index]) << UInt64(8 * index)
        }
        position += count
        return value
    }

    mutating func variable() throws(Fault) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        let start = position
        while true {
            let byte = try byte()
            guard shift < 63 || byte <= 1 else {
                throw .malformed(offset: start, "a number has more than 64 bits")
            }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    mutating func signed() throws(Fault) -> Int64 {
        let value = try variable()
        return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
    }

    mutating func variable32(_ what: String) throws(Fault) -> UInt32 {
        UInt32(try count(what, limit: Int(UInt32.max)))
    }

    /// A count of at most `limit`.
    mutating func count(_ what: String, limit: Int) throws(Fault) -> Int {
        let start = position
        let value = try variable()
        guard value <= UInt64(limit) else {
            throw .beyondLimit(offset: start, what: what, value: value, limit: UInt64(limit))
        }
        return Int(value)
    }

    mutating func double() throws(Fault) -> Double { Double(bitPattern: try fixed64()) }

    mutating func text() throws(Fault) -> String {
        let length = try count("bytes of a text", limit: RecordingLimits.textBytes)
        guard remaining >= length else { throw short() }
        let start = position
        position += length
        guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
            throw .malformed(offset: start, "a text is not UTF-8")
        }
        return text
    }

    mutating func duration() throws(Fault) -> Duration {
        let start = position
        let seconds = try signed()
        let rest = try signed()
        let attoseconds =
            rest & 1 == 0
            ? (rest >> 1).multipliedReportingOverflow(by: 1_000_000_000)
            : (partialValue: rest >> 1, overflow: false)
        // A bootTime is some decades at most; `Duration` traps beyond what its 128 bits hold.
        guard !attoseconds.overflow, seconds.magnitude <= 1_000_000_000_000,
            attoseconds.partialValue.magnitude < 1_000_000_000_000_000_000
        else { throw .malformed(offset: start, "a duration is impossible") }
        return Duration(
            secondsComponent: seconds, attosecondsComponent: attoseconds.partialValue)
    }

    /// The part of the next `length` bytes, which are skipped here.
    mutating func part(_ length: Int) throws(Fault) -> ByteReader {
        guard remaining >= length else { throw short() }
        defer { position += length }
        return ByteReader(bytes, position..<position + length)
    }
}
