import CallSites
import KernelFormats
import Testing

/// Line programs written by hand: what compilers for this machine never write.
@Suite struct LineProgramTests {
    private static let prefix: [UInt8] = [0, 9, 2]

    private static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        var bytes: [UInt8] = []
        KernelInteger.append(value, to: &bytes)
        return bytes
    }

    /// A unit of DWARF 2 to 4: two files, `a.c`, and `b.c` in the folder `dir`.
    private static func unit(
        version: UInt16 = 4, minimum: UInt8 = 1, operations: UInt8 = 1, opcodeBase: UInt8 = 13,
        _ program: [UInt8]
    ) -> [UInt8] {
        var header: [UInt8] = [minimum] + (version >= 4 ? [operations] : [])
        header += [1, UInt8(bitPattern: -5), 14, opcodeBase]
        header += [0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 2, 2].prefix(Int(opcodeBase) - 1)
        header += Array("dir".utf8) + [0, 0] + Array("a.c".utf8) + [0, 0, 0, 0]
        header += Array("b.c".utf8) + [0, 1, 0, 0, 0]
        let rest = number(version) + number(UInt32(header.count)) + header + program
        return number(UInt32(rest.count)) + rest
    }

    private static func table(_ bytes: [UInt8]) throws -> LineTable? {
        var file = SmallELF()
        file.add(".debug_line", bytes)
        return LineTable(try #require(ELFImage(read: BinaryFile.reader(file.bytes()))))
    }

    private static func text(_ table: LineTable, _ address: UInt64) -> String? {
        table.location(at: address).map { "\($0.file):\($0.line)" }
    }

    private static func start(_ address: UInt64) -> [UInt8] { prefix + number(address) }
    private static let end: [UInt8] = [0, 1, 1]

    @Test func `Every opcode does what the standard says`() throws {
        var program = Self.start(0x1000)
        // Line 10 by a signed number, a row; then 2 addresses and 3 lines more in one opcode.
        program += [3, 9, 1, UInt8(13 + 2 * 14 + 5 + 3)]
        // The second file, a line less, 256 addresses further.
        program += [4, 2, 3, 0x7F, 2, 0x80, 0x02, 1]
        // As far as opcode 255 advances: 17; and 0x0102 of fixed size.
        program += [8, 3, 1, 1, 9, 0x02, 0x01, 3, 1, 1]
        // Column, statement, block, prologue's end, epilogue's begin, and an instruction set.
        program += [5, 7, 6, 7, 10, 11, 12, 3, 0, 2, 4, 9]
        // A file of the program's own, an unknown opcode, and an empty one.
        program += [0, 6, 3] + Array("c".utf8) + [0, 1, 0, 0]
        program += [0, 3, 0x80, 1, 2, 0, 0, 4, 3, 2, 4, 1, 2, 4] + Self.end
        let table = try #require(try Self.table(Self.unit(program)))
        #expect(Self.text(table, 0xFFF) == nil)
        #expect(Self.text(table, 0x1000) == "a.c:10" && Self.text(table, 0x1001) == "a.c:10")
        #expect(Self.text(table, 0x1002) == "a.c:13" && Self.text(table, 0x1101) == "a.c:13")
        #expect(Self.text(table, 0x1102) == "dir/b.c:12")
        #expect(Self.text(table, 0x1113) == "dir/b.c:13")
        #expect(Self.text(table, 0x1215) == "dir/b.c:14")
        #expect(Self.text(table, 0x1219) == "dir/c:14" && Self.text(table, 0x121C) == "dir/c:14")
        #expect(Self.text(table, 0x121D) == nil)
    }

    @Test func `Several operations in one instruction, and instructions of several bytes, count`()
        throws
    {
        // 3 operations an instruction of 4 bytes: 7 of them are 2 instructions and 1 over, which the
        // next 2 fill up.
        let program =
            Self.start(0x1000) + [1, 2, 7, 3, 1, 1, 2, 2, 3, 1, 1, 9, 3, 0, 3, 1, 1, 2, 2, 3, 1, 1]
            + [2, 1, 3, 1, 1] + Self.end
        let table = try #require(
            try Self.table(Self.unit(minimum: 4, operations: 3, program)))
        #expect(Self.text(table, 0x1007) == "a.c:1" && Self.text(table, 0x1008) == "a.c:2")
        #expect(Self.text(table, 0x100C) == "a.c:3")
        // The fixed advance is of bytes, and begins an instruction: 2 operations stay in it.
        #expect(Self.text(table, 0x100F) == "a.c:5")
        // One more makes the instruction whole, where the sequence ends.
        #expect(Self.text(table, 0x1012) == "a.c:5" && Self.text(table, 0x1013) == nil)
    }

    @Test func `Fewer and more standard opcodes than are known are read by their lengths`() throws {
        // With 10 opcodes, 10 is special: line -5. Of version 2, there is no number of operations.
        let few = Self.start(0x1000) + [3, 19, 1, UInt8(10 + 14 + 5), 10 + 14, 2, 4] + Self.end
        let table = try #require(try Self.table(Self.unit(version: 2, opcodeBase: 10, few)))
        #expect(Self.text(table, 0x1000) == "a.c:20" && Self.text(table, 0x1001) == "a.c:20")
        #expect(Self.text(table, 0x1002) == "a.c:15")
        // Opcodes 13 and 14 are of the future and have two numbers.
        let more =
            Self.start(0x1000) + [13, 0x80, 1, 3, 1, 14, 1, 1, 3, 1, 2, 2, 1, 2, 2] + Self.end
        let later = try #require(try Self.table(Self.unit(version: 3, opcodeBase: 15, more)))
        #expect(Self.text(later, 0x1000) == "a.c:1" && Self.text(later, 0x1002) == "a.c:2")
    }

    @Test func `What the linker dropped, and what does not end, is not found`() throws {
        let row: [UInt8] = [1, 2, 0x20]
        let dropped = [0, 0x10, .max, .max - 1, 0x8_0000].flatMap {
            Self.start($0) + row + Self.end
        }
        #expect(try Self.table(Self.unit(dropped)) == nil)
        #expect(try Self.table(Self.unit(Self.start(0x1000) + row)) == nil)
        let kept = dropped + Self.start(0x1000) + row + Self.end
        // Units of unknown versions are passed.
        let unknown = Self.number(UInt32(6)) + Self.number(UInt16(6)) + [1, 2, 3, 4]
        let table = try #require(try Self.table(unknown + Self.unit(kept)))
        #expect(table.count == 1 && Self.text(table, 0x101F) == "a.c:1")
        #expect(Self.text(table, 0x8_0000) == nil && Self.text(table, 0x1020) == nil)
        // A file that is not there has no name, and a length beyond the section ends all.
        let nameless = Self.start(0x1000) + [4, 9] + row + Self.end
        #expect(try #require(try Self.table(Self.unit(nameless))).location(at: 0x1000) == nil)
        #expect(try Self.table(Self.number(UInt32(0x1000)) + Self.unit(kept)) == nil)
    }

    @Test func `Rows that go back, and sequences within others, are found`() throws {
        let back =
            Self.start(0x2000) + [1, 2, 0x10, 3, 1, 1] + Self.start(0x1800) + [3, 1, 1, 2, 8]
            + Self.end
        let outer = Self.start(0x3000) + [3, 29, 1, 2, 0x60] + Self.end
        let inner = Self.start(0x3020) + [3, 49, 1, 2, 0x10] + Self.end
        let table = try #require(try Self.table(Self.unit(back + inner + outer)))
        #expect(Self.text(table, 0x200F) == "a.c:1" && Self.text(table, 0x1807) == "a.c:3")
        #expect(Self.text(table, 0x1808) == nil)
        #expect(Self.text(table, 0x3000) == "a.c:30" && Self.text(table, 0x3020) == "a.c:50")
        #expect(Self.text(table, 0x3030) == "a.c:30" && Self.text(table, 0x3060) == nil)
    }

    @Test func `Rows of one address, and rows that change nothing, are one`() throws {
        let program =
            Self.start(0x1000) + [1, 3, 1, 1, 3, 1, 1, 2, 4, 1, 2, 4, 5, 9, 1, 3, 1, 1, 3, 0x7F, 1]
            + [2, 1] + Self.end
        let table = try #require(try Self.table(Self.unit(program)))
        #expect(table.count == 1 && Self.text(table, 0x1008) == "a.c:3")
    }

    @Test func `A compressed section is not taken for an open one`() throws {
        // Elf64_Chdr: zlib, and what it would be uncompressed.
        let header = Self.number(UInt32(1)) + Self.number(UInt32(0)) + Self.number(UInt64(4_000))
        #expect(try Self.table(header + Self.number(UInt64(1)) + [0x78, 0x9C, 1, 2, 3]) == nil)
    }
}
