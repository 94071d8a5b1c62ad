/// Makes frames as docs/recording-format.md describes them, apart from the code that is tested.
enum Forgery {
    /// CRC-32C, bit by bit.
    static func value(of bytes: ArraySlice<UInt8>, after start: UInt32) -> UInt32 {
        var value = ~start
        for byte in bytes {
            value ^= UInt32(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
        }
        return ~value
    }

    static func little(_ value: UInt32) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
    }

    static func frame(kind: UInt8, payload: [UInt8], after check: UInt32) -> [UInt8] {
        let start = [kind] + little(UInt32(payload.count))
        let headCheck = value(of: start[...], after: check)
        return start + little(headCheck) + payload
            + little(value(of: payload[...], after: headCheck))
    }

    /// The check that the last frame of some bytes ends with.
    static func check(of bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.suffix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
