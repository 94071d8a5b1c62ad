/// CRC-32C (Castagnoli; RFC 3720, appendix B.4), which can go on from an earlier value.
///
/// It notices every change within 32 bits in a row, and of other changes all but one in 2³².
enum CyclicRedundancyCheck {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in
            value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1
        }
    }

    /// The check value of `bytes` that follow what gave `start`; 0 when nothing came before.
    static func value(of bytes: ArraySlice<UInt8>, after start: UInt32 = 0) -> UInt32 {
        var value = ~start
        for byte in bytes {
            value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)]
        }
        return ~value
    }
}
