/// Reads foreign bytes one after another.
///
/// What is not there reads as 0 and breaks the reader for good, so that a caller may read a whole
/// record and ask once. All integers are little-endian, as ``ELFImage`` only takes such files.
struct DWARFReader {
    /// The bytes that are read.
    let bytes: [UInt8]
    /// The next byte that is read.
    private(set) var place: Int
    /// Where the readable bytes end.
    private(set) var end: Int
    /// Whether something was asked for that is not there.
    private(set) var isBroken = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        place = 0
        end = bytes.count
    }

    /// Whether there is nothing more to read.
    var isAtEnd: Bool { isBroken || place >= end }

    /// Makes all reading from here on come to nothing.
    mutating func fail() {
        isBroken = true
        place = end
    }

    /// Ends the readable bytes `count` after here; breaks when there are not as many.
    mutating func limit(to count: UInt64) {
        guard count <= UInt64(end - place) else { return fail() }
        end = place + Int(count)
    }

    /// Goes to a place that the reader can reach.
    mutating func move(to place: Int) {
        guard place >= 0, place <= end, !isBroken else { return fail() }
        self.place = place
    }

    mutating func skip(_ count: UInt64) {
        guard count <= UInt64(end - place) else { return fail() }
        place += Int(count)
    }

    @inline(__always)
    mutating func u8() -> UInt8 {
        guard place < end else {
            fail()
            return 0
        }
        defer { place &+= 1 }
        return bytes[place]
    }

    /// An integer of 0 to 8 bytes.
    mutating func unsigned(_ count: Int) -> UInt64 {
        guard count >= 0, count <= 8, count <= end - place else {
            fail()
            return 0
        }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(bytes[place + index]) << UInt64(8 * index) }
        place += count
        return value
    }

    /// An integer of variable length (LEB128); bits above the 64th are dropped.
    @inline(__always)
    mutating func leb() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < end {
            let byte = bytes[place]
            place &+= 1
            if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
            if byte < 0x80 { return value }
            shift = min(64, shift + 7)
        }
        fail()
        return 0
    }

    /// An integer of variable length with a sign.
    mutating func signedLEB() -> Int64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < end {
            let byte = bytes[place]
            place += 1
            if shift < 64 { value |= UInt64(byte & 0x7F) << shift }
            shift = min(64, shift + 7)
            guard byte < 0x80 else { continue }
            if byte & 0x40 != 0, shift < 64 { value |= ~0 << shift }
            return Int64(bitPattern: value)
        }
        fail()
        return 0
    }

    /// Passes a text that ends with a NUL: where it begins, and whether there was one at all.
    mutating func passText() -> (start: Int, isEmpty: Bool) {
        let start = place
        while place < end {
            defer { place += 1 }
            if bytes[place] == 0 { return (start, place == start) }
        }
        fail()
        return (start, true)
    }

    /// The length that a unit begins with, and whether its offsets have 8 bytes (DWARF 5, 7.4).
    mutating func unitLength() -> (length: UInt64, offsetSize: Int) {
        let length = unsigned(4)
        if length < 0xFFFF_FFF0 { return (length, 4) }
        guard length == 0xFFFF_FFFF else {
            fail()
            return (0, 4)
        }
        return (unsigned(8), 8)
    }
}
