import KernelFormats
import Testing

/// The attributes behind the fixed part of a message.
@Suite struct NetlinkAttributesTests {
    struct Attribute: Equatable {
        var type: UInt16
        var value: Range<Int>
    }

    static func read(_ bytes: [UInt8], _ range: Range<Int>? = nil) -> [Attribute] {
        var walk = NetlinkAttributes(range ?? 0..<bytes.count)
        var found: [Attribute] = []
        while let (type, value) = walk.next(in: bytes.span) {
            found.append(Attribute(type: type, value: value))
        }
        return found
    }

    @Test func `Every attribute of a captured row is found`() {
        let found = Self.read(Captured.accepted, 88..<408)
        #expect(found.map(\.type) == [8, 15, 21, 22, 2])
        #expect(found.map(\.value) == [92..<93, 100..<104, 108..<116, 120..<122, 128..<408])
    }

    @Test func `The two flags are no part of the type`() {
        let bytes = Hex.bytes(
            """
            05 00 02 80  aa 00*3  # NLA_F_NESTED
            04 00 02 40  # NLA_F_NET_BYTEORDER
            04 00 ff ff  # both, and the largest type
            """)
        #expect(
            Self.read(bytes) == [
                Attribute(type: 2, value: 4..<5), Attribute(type: 2, value: 12..<12),
                Attribute(type: 0x3FFF, value: 16..<16),
            ])
    }

    @Test(arguments: [0, 1, 2, 3, 13, 0xFFFF])
    func `A length that cannot be ends the walk`(length: UInt16) {
        var bytes: [UInt8] = [8, 0, 1, 0, 9, 9, 9, 9]
        KernelInteger.append(length, to: &bytes)
        bytes += [2, 0, 0, 0, 0, 0, 4, 0, 3, 0]
        #expect(Self.read(bytes, 0..<20) == [Attribute(type: 1, value: 4..<8)])
    }

    @Test func `The last attribute may do without padding`() {
        #expect(Self.read([5, 0, 3, 0, 1]) == [Attribute(type: 3, value: 4..<5)])
    }

    @Test func `Attributes cut anywhere are those that are whole`() {
        let bytes = Captured.unixListener
        let ends = [32 + 18, 52 + 12, 64 + 5]
        for end in 32...bytes.count {
            let found = Self.read(bytes, 32..<end)
            #expect(found.count == ends.count { $0 <= end }, "cut at \(end)")
            #expect(found.allSatisfy { $0.value.upperBound <= end }, "cut at \(end)")
        }
    }

    @Test func `A range beyond the datagram has no attributes`() {
        #expect(Self.read([8, 0, 1, 0, 9, 9, 9, 9], 0..<9).isEmpty)
        #expect(Self.read([], 0..<4).isEmpty)
    }
}
