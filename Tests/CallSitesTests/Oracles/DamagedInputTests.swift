import CallSites
import KernelFormats
import Testing

/// Inputs by which the fuzzer found a promise that did not hold.
@Suite struct DamagedInputTests {
    @Test func `A record that is too short for its type is not read on into the next one`() {
        let layouts = [
            UInt64(6): PerfSampleLayout(
                hasCallChain: false, hasRaw: false, registers: PerfRegister.mask(.rsp))
        ]
        let neighbour = Self.record(type: 10, [UInt8](repeating: 0, count: 40))
        for type: UInt32 in [2, 3, 4, 7] {
            for count in 0..<16 {
                let bytes = Self.record(type: type, [UInt8](repeating: 1, count: count))
                var reader = PerfRecordReader(bytes + neighbour, layouts: layouts)
                let first = reader.next()
                #expect(first == .other(type: type), "\(type), \(count)")
                let second = reader.next()
                #expect(second == .other(type: 10), "\(type), \(count)")
            }
        }
        // A sample that ends before its registers.
        var body: [UInt8] = []
        for word: UInt64 in [6, 1, 2] { KernelInteger.append(word, to: &body) }
        var reader = PerfRecordReader(
            Self.record(type: 9, body) + neighbour, layouts: layouts)
        let sample = reader.next()
        #expect(sample == nil && reader.isBroken)
    }

    private static func record(type: UInt32, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        KernelInteger.append(type, to: &bytes)
        // The name of a task comes with its execve(2).
        KernelInteger.append(UInt16(0x2000), to: &bytes)
        KernelInteger.append(UInt16(8 + body.count), to: &bytes)
        return bytes + body
    }

    @Test func `A path that ends with a carriage return does not hide the next line`() {
        let text = """
            5590-55a0 r-xp 00010000 fe:00 12   /srv/odd\r
            7000-7100 r-xp 00002000 fe:00 13   /srv/shop
            7100-7200 r-xp 00000000 00:00 0   \("")
            """
        #expect(MappedFile.executables(in: text).map(\.path) == ["/srv/odd\r", "/srv/shop"])
    }

    @Test func `Names of generated code end with their lines, and lines begin with 1`() {
        let code = GeneratedCode("1000 10 py::odd:/srv/odd\r\n2000 10 JS:f /srv/app.js:0:1\n")
        let symbolizer = Symbolizer(
            images: ProgramImages(program: nil, cache: ImageCache { _ in nil }), generated: code)
        #expect(symbolizer.frames(of: [0x1000]).map(\.file) == ["/srv/odd\r"])
        let frames = symbolizer.frames(of: [0x2000])
        #expect(frames.map(\.function) == ["f"] && frames.map(\.line) == [nil])
    }

    @Test func `A crate without a name has none`() {
        #expect(RustSymbol.demangle("_RC0") == nil)
        #expect(RustSymbol.demangle("_RC1a") == "a")
    }

    @Test func `Entries of a thousand attributes that take no bytes come to an end`() throws {
        // A unit's entry with its addresses, and one of flags that are told by being there.
        var layouts: [UInt8] = [1, 0x11, 1, 0x11, 1, 0x12, 7, 0, 0, 2, 0x34, 0]
        for _ in 0..<1_000 { layouts += [0x3F, 0x19] }
        layouts += [0, 0, 0]
        var unit: [UInt8] = [4, 0, 0, 0, 0, 0, 8, 1]
        KernelInteger.append(SmallELF.code, to: &unit)
        KernelInteger.append(SmallELF.codeSize, to: &unit)
        // Two thousand million attributes, if all were read.
        unit += [UInt8](repeating: 2, count: 2 << 20)
        var information: [UInt8] = []
        KernelInteger.append(UInt32(unit.count), to: &information)
        var file = SmallELF()
        file.add(".debug_info", information + unit)
        file.add(".debug_abbrev", layouts)
        let image = try #require(ELFImage(read: BinaryFile.reader(file.bytes())))
        var calls = try #require(InlinedCalls(image))
        #expect(calls.calls(at: SmallELF.code).isEmpty)
    }
}
