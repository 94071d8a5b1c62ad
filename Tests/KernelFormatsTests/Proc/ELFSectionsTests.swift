import Foundation
import KernelFormats
import Testing

/// Tables of sections, those that a compiler made and those that nobody would.
@Suite struct ELFSectionsTests {
    /// Reads a file in memory, and keeps what was asked for.
    final class File {
        let bytes: [UInt8]
        private(set) var asked: [Int] = []

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func read(_ offset: Int, _ count: Int) -> [UInt8] {
            asked.append(count)
            guard offset >= 0, count >= 0, offset < bytes.count else { return [] }
            return Array(bytes[offset...].prefix(count))
        }

        func sections() -> ELFSections? { ELFSections(read: read) }
    }

    /// The smallest file with the sections "", ".text", ".go.buildinfo" and ".shstrtab".
    static func small() -> [UInt8] {
        let names = Array("\0.text\0.go.buildinfo\0.shstrtab\0".utf8)
        var bytes = Hex.bytes("7f 45 4c 46 02 01 01 00*9")
        KernelInteger.append(UInt64(0), to: &bytes)  // type, machine, version
        KernelInteger.append(UInt64(0x1000), to: &bytes)  // entry
        KernelInteger.append(UInt64(0), to: &bytes)  // program headers
        KernelInteger.append(UInt64(64 + names.count), to: &bytes)  // section headers
        KernelInteger.append(UInt32(0), to: &bytes)
        for value in [64, 0, 0, 64, 4, 3] as [UInt16] { KernelInteger.append(value, to: &bytes) }
        bytes += names
        let sections: [(UInt32, UInt64, UInt64)] = [
            (0, 0, 0), (1, 64, 7), (7, 71, 20), (21, 64, UInt64(names.count)),
        ]
        for (name, offset, size) in sections {
            KernelInteger.append(name, to: &bytes)
            KernelInteger.append(UInt32(0), to: &bytes)
            for value in [0, 0, offset, size, 0, 0, 0] as [UInt64] {
                KernelInteger.append(value, to: &bytes)
            }
        }
        return bytes
    }

    /// The same with an integer written over at an offset.
    static func small(_ value: some FixedWidthInteger, at offset: Int) -> [UInt8] {
        var bytes = small()
        var written: [UInt8] = []
        KernelInteger.append(value, to: &written)
        bytes.replaceSubrange(offset..<(offset + written.count), with: written)
        return bytes
    }

    @Test func `A small file has its sections`() throws {
        let found = try #require(File(Self.small()).sections())
        #expect(found.sections.map(\.name) == ["", ".text", ".go.buildinfo", ".shstrtab"])
        let section = try #require(found[".go.buildinfo"])
        #expect(section.offset == 71)
        #expect(section.size == 20)
        #expect(found[".symtab"] == nil)
    }

    @Test func `A program of this machine has sections that lie within it`() throws {
        let data = try Data(contentsOf: URL(filePath: "/bin/true"))
        let found = try #require(File(Array(data)).sections())
        #expect(found.sections.count >= 10)
        let text = try #require(found[".text"])
        #expect(text.offset > 0 && text.size > 0 && text.offset + text.size <= data.count)
        #expect(found[".shstrtab"] != nil && found[".dynamic"] != nil)
    }

    @Test func `A file cut anywhere gives what is there`() throws {
        let whole = Self.small()
        for length in 0..<whole.count {
            let found = File(Array(whole[..<length])).sections()
            #expect((found != nil) == (length >= 64), "\(length) bytes")
            // The table is at the end: without its last byte it is not read.
            #expect(found?.sections.isEmpty ?? true, "\(length) bytes")
        }
        let data = Array(try Data(contentsOf: URL(filePath: "/bin/true")))
        for length in stride(from: 0, to: data.count, by: 97) {
            let found = File(Array(data[..<length])).sections()
            #expect((found?.sections.count ?? 0) <= ELFSections.limit)
        }
    }

    @Test(arguments: [0, 1, 2, 3, 4, 5])
    func `What is no 64-bit little-endian ELF file is refused`(offset: Int) {
        var bytes = Self.small()
        bytes[offset] ^= 3
        #expect(File(bytes).sections() == nil)
    }

    /// Where, and what is written there: the place, size, count and name index of the table.
    static let absurd: [(Int, UInt64)] = [
        (40, 0), (40, UInt64.max), (40, 1 << 63), (40, UInt64(Int.max)), (40, 1 << 40),
    ]

    @Test(arguments: absurd)
    func `A table that is nowhere has no sections`(offset: Int, value: UInt64) throws {
        let found = try #require(File(Self.small(value, at: offset)).sections())
        #expect(found.sections.isEmpty)
    }

    @Test(arguments: [0, 1, 63, 65, 128, 0xFFFF] as [UInt16])
    func `An entry of another size is none that we know`(size: UInt16) throws {
        let file = File(Self.small(size, at: 58))
        #expect(try #require(file.sections()).sections.isEmpty)
        // A size that nobody writes must not make us ask for much.
        #expect((file.asked.max() ?? 0) <= ELFSections.limit * 64)
    }

    @Test(arguments: [0, 3, 5, 4096, 4097, 0xFFFF] as [UInt16])
    func `A count that is not true gives no sections`(count: UInt16) throws {
        let file = File(Self.small(count, at: 60))
        #expect(try #require(file.sections()).sections.isEmpty)
        #expect((file.asked.max() ?? 0) <= ELFSections.limit * 64)
    }

    @Test(arguments: [4, 5, 0xFFFF] as [UInt16])
    func `A table of names that is not there gives no sections`(index: UInt16) throws {
        #expect(try #require(File(Self.small(index, at: 62)).sections()).sections.isEmpty)
    }

    @Test(arguments: [UInt64.max, 1 << 63, UInt64(Int.max), 1 << 40])
    func `A section that lies or is as large as nobody made one is never negative`(
        value: UInt64
    ) throws {
        let table = Self.small().count - 4 * 64
        for field in [24, 32] {
            for index in 0..<4 {
                let file = File(Self.small(value, at: table + index * 64 + field))
                let found = try #require(file.sections())
                #expect(found.sections.allSatisfy { $0.offset >= 0 && $0.size >= 0 })
                #expect((file.asked.max() ?? 0) <= 1 << 20)
            }
        }
    }

    @Test func `A name beyond the names leaves its section out`() throws {
        let table = Self.small().count - 4 * 64
        let found = try #require(File(Self.small(UInt32.max, at: table + 64)).sections())
        #expect(found.sections.map(\.name) == ["", ".go.buildinfo", ".shstrtab"])
    }
}
