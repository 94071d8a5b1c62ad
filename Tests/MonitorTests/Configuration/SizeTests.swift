import Testing

@testable import Monitor

@Suite struct SizeTests {
    @Test(arguments: [
        ("0", 0), ("65536", 65_536), ("64KiB", 65_536), ("1.5MiB", 1_572_864),
        ("2GB", 2_000_000_000),
        ("10 kB", 10_000),
    ])
    func `A size is read in binary and decimal units`(text: String, bytes: Int) {
        #expect(ByteSize.parse(text) == bytes)
    }

    @Test(arguments: ["", "KiB", "-1", "1e3", ".5KiB", "5.", "1XiB", "99999999999TiB"])
    func `What is no size is refused`(text: String) {
        #expect(ByteSize.parse(text) == nil)
    }

    @Test(arguments: [0, 1, 1023, 1024, 65_536, 1 << 20, 3 << 30, 1_000_000])
    func `A size is written so that it is read back`(bytes: Int) {
        #expect(ByteSize.parse(ByteSize.exact(bytes)) == bytes)
    }
}
