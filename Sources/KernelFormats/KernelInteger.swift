/// Reads the kernel's integers out of bytes, in the order of the machine.
///
/// Every Linux that Swift runs on is little-endian (x86-64, AArch64).
public enum KernelInteger {
    /// Two bytes from `offset`; 0 when they are not all there.
    @inline(__always)
    public static func u16(_ bytes: borrowing Span<UInt8>, _ offset: Int) -> UInt16 {
        guard offset >= 0, offset <= bytes.count &- 2 else { return 0 }
        return UInt16(bytes[offset]) | UInt16(bytes[offset &+ 1]) << 8
    }

    /// Two bytes from `offset` in network order, as ports are; 0 when they are not all there.
    @inline(__always)
    public static func networkU16(_ bytes: borrowing Span<UInt8>, _ offset: Int) -> UInt16 {
        u16(bytes, offset).byteSwapped
    }

    /// Four bytes from `offset`; 0 when they are not all there.
    @inline(__always)
    public static func u32(_ bytes: borrowing Span<UInt8>, _ offset: Int) -> UInt32 {
        guard offset >= 0, offset <= bytes.count &- 4 else { return 0 }
        return UInt32(bytes[offset]) | UInt32(bytes[offset &+ 1]) << 8
            | UInt32(bytes[offset &+ 2]) << 16 | UInt32(bytes[offset &+ 3]) << 24
    }

    /// Eight bytes from `offset`; 0 when they are not all there.
    @inline(__always)
    public static func u64(_ bytes: borrowing Span<UInt8>, _ offset: Int) -> UInt64 {
        guard offset >= 0, offset <= bytes.count &- 8 else { return 0 }
        return UInt64(u32(bytes, offset)) | UInt64(u32(bytes, offset &+ 4)) << 32
    }

    /// Appends an integer's bytes.
    public static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }
}
