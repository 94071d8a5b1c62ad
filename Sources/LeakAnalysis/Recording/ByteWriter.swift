import Measurements

/// Appends numbers and texts to bytes, each in the one way that a recording knows.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    init(reserving capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    mutating func byte(_ value: UInt8) { bytes.append(value) }

    mutating func fixed16(_ value: UInt16) { little(UInt64(value), count: 2) }

    mutating func fixed32(_ value: UInt32) { little(UInt64(value), count: 4) }

    mutating func fixed64(_ value: UInt64) { little(value, count: 8) }

    private mutating func little(_ value: UInt64, count: Int) {
        for index in 0..<count {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index)))
        }
    }

    /// Seven bits a byte, lowest first; the top bit says that more follow (LEB128).
    mutating func variable(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    mutating func count(_ value: Int) { variable(UInt64(max(0, value))) }

    /// Small numbers of either sign become small numbers: 0, −1, 1, −2, … are 0, 1, 2, 3, ….
    mutating func signed(_ value: Int64) {
        variable(UInt64(bitPattern: value << 1 ^ value >> 63))
    }

    mutating func double(_ value: Double) { fixed64(value.bitPattern) }

    /// A text of at most ``RecordingLimits/textBytes`` bytes; of a longer one the beginning.
    mutating func text(_ value: String) {
        let utf8 = value.utf8
        guard utf8.count > RecordingLimits.textBytes else {
            count(utf8.count)
            bytes.append(contentsOf: utf8)
            return
        }
        var end = utf8.index(utf8.startIndex, offsetBy: RecordingLimits.textBytes)
        while end > utf8.startIndex, end.samePosition(in: value.unicodeScalars) == nil {
            end = utf8.index(before: end)
        }
        let kept = utf8[..<end]
        count(kept.count)
        bytes.append(contentsOf: kept)
    }

    /// Seconds, then the rest: nanoseconds × 2, or attoseconds × 2 + 1 where they are not whole.
    mutating func duration(_ value: Duration) {
        let (seconds, attoseconds) = value.components
        signed(seconds)
        let whole = attoseconds % 1_000_000_000 == 0
        signed(whole ? attoseconds / 1_000_000_000 * 2 : attoseconds * 2 + 1)
    }

    mutating func append(_ more: [UInt8]) { bytes.append(contentsOf: more) }

    mutating func append(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }

    /// Appends a section: its number, its length, and what `body` writes.
    mutating func section(_ number: SnapshotSection, _ body: (inout ByteWriter) -> Void) {
        var inner = ByteWriter()
        body(&inner)
        variable(number.rawValue)
        count(inner.bytes.count)
        append(inner.bytes)
    }
}
