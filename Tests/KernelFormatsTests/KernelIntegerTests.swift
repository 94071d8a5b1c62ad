import KernelFormats
import Testing

/// Integers out of bytes, wherever they are asked for.
@Suite struct KernelIntegerTests {
    static let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 9]

    /// What every reader says at an offset.
    static func read(_ offset: Int) -> [UInt64] {
        let span = bytes.span
        return [
            UInt64(KernelInteger.u16(span, offset)), UInt64(KernelInteger.networkU16(span, offset)),
            UInt64(KernelInteger.u32(span, offset)), KernelInteger.u64(span, offset),
        ]
    }

    @Test func `The machine's order and the network's`() {
        #expect(Self.read(0) == [0x0201, 0x0102, 0x0403_0201, 0x0807_0605_0403_0201])
        #expect(Self.read(1) == [0x0302, 0x0203, 0x0504_0302, 0x0908_0706_0504_0302])
    }

    @Test func `What is not all there is 0`() {
        #expect(Self.read(2) == [0x0403, 0x0304, 0x0605_0403, 0])
        #expect(Self.read(6) == [0x0807, 0x0708, 0, 0])
        #expect(Self.read(8) == [0, 0, 0, 0])
    }

    @Test(arguments: [-1, -8, 9, 10, Int.max, Int.max - 1, Int.max - 3, Int.max - 8, Int.min])
    func `An offset that cannot be gives 0`(offset: Int) {
        #expect(Self.read(offset) == [0, 0, 0, 0])
    }

    @Test func `What is appended is read again`() {
        var bytes: [UInt8] = []
        KernelInteger.append(UInt16(0xABCD), to: &bytes)
        KernelInteger.append(UInt32(0xDEAD_BEEF), to: &bytes)
        KernelInteger.append(UInt64(0x0123_4567_89AB_CDEF), to: &bytes)
        KernelInteger.append(Int32(-2), to: &bytes)
        let (first, second) = (KernelInteger.u16(bytes.span, 0), KernelInteger.u32(bytes.span, 2))
        let (third, fourth) = (KernelInteger.u64(bytes.span, 6), KernelInteger.u32(bytes.span, 14))
        #expect(first == 0xABCD && second == 0xDEAD_BEEF)
        #expect(third == 0x0123_4567_89AB_CDEF && fourth == 0xFFFF_FFFE)
    }
}
