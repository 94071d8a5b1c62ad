import KernelFormats

/// Reads the numbers of DWARF out of a part of bytes; what is not there is 0 and breaks the cursor.
struct DwarfCursor {
    let bytes: [UInt8]
    let end: Int
    private(set) var place: Int
    private(set) var isBroken = false

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        self.bytes = bytes
        end = min(bytes.count, range.upperBound)
        place = max(0, min(range.lowerBound, end))
    }

    var isAtEnd: Bool { isBroken || place >= end }
    /// What was not read yet.
    var rest: Range<Int> { place..<max(place, end) }

    private mutating func take(_ count: Int) -> Int? {
        guard !isBroken, count <= end - place else {
            isBroken = true
            return nil
        }
        defer { place += count }
        return place
    }

    mutating func u8() -> UInt8 { take(1).map { bytes[$0] } ?? 0 }
    mutating func u16() -> UInt16 { take(2).map { KernelInteger.u16(bytes.span, $0) } ?? 0 }
    mutating func u32() -> UInt32 { take(4).map { KernelInteger.u32(bytes.span, $0) } ?? 0 }
    mutating func u64() -> UInt64 { take(8).map { KernelInteger.u64(bytes.span, $0) } ?? 0 }

    /// A number of seven bits a byte, the lowest first; bits above the 64th are dropped.
    private mutating func leb() -> (value: UInt64, shift: Int, isNegative: Bool) {
        var (value, shift) = (UInt64(0), 0)
        while true {
            let byte = u8()
            if shift < 64 { value |= UInt64(byte & 0x7F) << UInt64(shift) }
            // Beyond 70 it changes no more: an endless number must not overflow.
            if shift < 70 { shift += 7 }
            if byte & 0x80 == 0 { return (value, shift, byte & 0x40 != 0) }
        }
    }

    mutating func unsigned() -> UInt64 { leb().value }

    mutating func signed() -> Int64 {
        let (value, shift, isNegative) = leb()
        guard isNegative, shift < 64 else { return Int64(bitPattern: value) }
        return Int64(bitPattern: value | UInt64.max << UInt64(shift))
    }

    mutating func skip(_ count: UInt64) {
        guard count <= UInt64(end - place) else {
            isBroken = true
            return
        }
        _ = take(Int(count))
    }

    /// A count and so many bytes.
    mutating func block() -> Range<Int> {
        let count = unsigned()
        let start = place
        skip(count)
        return isBroken ? start..<start : start..<place
    }

    /// The bytes up to a NUL.
    mutating func text() -> ArraySlice<UInt8> {
        let start = place
        while u8() != 0 {}
        return isBroken ? [] : bytes[start..<place - 1]
    }

    /// A pointer that is encoded (LSB 5.0, DWARF exception header encoding); nil for an encoding
    /// that asks for the process's memory, or is not known.
    ///
    /// `address` is where the first of all bytes is loaded, `data` what `datarel` counts from.
    mutating func pointer(_ encoding: UInt8, address: UInt64, data: UInt64?) -> UInt64? {
        let origin = address &+ UInt64(place)
        let value: UInt64
        switch encoding & 0x0F {
        case 0x00, 0x04, 0x0C: value = u64()
        case 0x01: value = unsigned()
        case 0x02: value = UInt64(u16())
        case 0x03: value = UInt64(u32())
        case 0x09: value = UInt64(bitPattern: signed())
        case 0x0A: value = UInt64(bitPattern: Int64(Int16(bitPattern: u16())))
        case 0x0B: value = UInt64(bitPattern: Int64(Int32(bitPattern: u32())))
        default:
            isBroken = true
            return nil
        }
        guard !isBroken, encoding & 0x80 == 0 else { return nil }
        switch encoding & 0x70 {
        case 0x00: return value
        case 0x10: return origin &+ value
        case 0x30: return data.map { $0 &+ value }
        default: return nil
        }
    }
}
