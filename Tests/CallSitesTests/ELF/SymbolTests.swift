import CallSites
import Foundation
import TestWorlds
import Testing

/// Files for the eyes of tests.
enum BinaryFile {
    /// A reader of a file's bytes, as the kernel's side gives one.
    static func reader(_ path: String) throws -> @Sendable (UInt64, Int) -> [UInt8] {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return reader(bytes)
    }

    static func reader(_ bytes: [UInt8]) -> @Sendable (UInt64, Int) -> [UInt8] {
        { offset, count in
            guard offset < UInt64(bytes.count), count > 0 else { return [] }
            let start = Int(offset)
            return Array(bytes[start..<min(bytes.count, start + count)])
        }
    }
}

/// Functions of real programs by their addresses.
@Suite struct SymbolTests {
    private static let source = """
        #include <stdio.h>
        __attribute__((noinline)) int first_of_all(int a) { return a + 1; }
        __attribute__((noinline)) static int hidden(int a) { return a * 3; }
        int main(int c, char **v) { (void)v; printf("%d\\n", first_of_all(c) + hidden(c)); return 0; }
        """

    @Test func `Every function that nm knows is found by its address`() throws {
        guard let compiler = Compilers.c(for: "symbols of a program in C"),
            ChildProcess.isInstalled("nm")
        else { return print("not run: symbols of a program in C, there is no nm") }
        let directory = try TemporaryDirectory("symbols")
        let source = try directory.write(Self.source, to: "program.c")
        let program = directory.file("program")
        try ChildProcess.run(
            [compiler, "-O1", "-o", program, source], outputPath: directory.file("build"))
        let listing = try ChildProcess.run(["nm", program], outputPath: directory.file("nm"))
        let image = try #require(ELFImage(read: try BinaryFile.reader(program)))
        let table = SymbolTable(image)
        var functions = 0
        for line in listing.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count == 3, fields[1].lowercased() == "t",
                let address = UInt64(fields[0], radix: 16),
                let symbol = table.symbol(named: String(fields[2])), symbol.size > 0
            else { continue }
            functions += 1
            #expect(symbol.address == address)
            let found = table.symbol(at: address + symbol.size - 1)
            #expect(found?.address == address, "\(fields[2])")
            #expect(table.symbol(at: address + symbol.size)?.name != String(fields[2]))
        }
        #expect(functions >= 3 && table.symbol(named: "hidden") != nil)
        let main = try #require(table.symbol(named: "main"))
        let offset = try #require(image.fileOffset(of: main.address))
        #expect(image.address(ofFile: offset) == main.address)
        #expect(image.bytes(at: main.address, count: 4).count == 4)
    }

    @Test func `A file that is no ELF, or is damaged, gives nothing or something`() throws {
        #expect(ELFImage(read: BinaryFile.reader([])) == nil)
        #expect(ELFImage(read: BinaryFile.reader(Array("#!/bin/sh\n".utf8))) == nil)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
        var chance = SeededGenerator(seed: 5)
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0..<4 {
                let place = Int.random(in: 4..<4_096, using: &chance)
                bytes[place] = UInt8.random(in: 0...255, using: &chance)
            }
            for _ in 0..<4 {
                // Most tables are at the end.
                let place = bytes.count - Int.random(in: 1..<4_096, using: &chance)
                bytes[place] = UInt8.random(in: 0...255, using: &chance)
            }
            guard let image = ELFImage(read: BinaryFile.reader(bytes)) else { continue }
            let table = SymbolTable(image)
            _ = table.symbol(at: 0x4000)
            _ = table.symbol(at: .max)
            _ = table.symbol(named: "main")
            _ = image.bytes(at: .max, count: .max)
            _ = GoLineTable(image)
            _ = GoBuildInfo(image)
        }
    }

    @Test func `Executable mappings are read, whatever the path is`() {
        let text = """
            5580-5590 r--p 00000000 fe:00 12   /usr/bin/a
            5590-55a0 r-xp 00010000 fe:00 12   /usr/bin/a
            7000-7100 r-xp 00002000 fe:00 13   /opt/with a space/lib.so (deleted)
            7100-7200 rwxp 00000000 00:00 0
            7200-7300 r-xp 00000000 00:00 0    [vdso]
            9000-8000 r-xp 00000000 00:00 0    /backwards
            nonsense
            """
        #expect(
            MappedFile.executables(in: text) == [
                MappedFile(range: 0x5590..<0x55a0, offset: 0x10000, path: "/usr/bin/a", inode: 12),
                MappedFile(
                    range: 0x7000..<0x7100, offset: 0x2000,
                    path: "/opt/with a space/lib.so (deleted)", inode: 13),
                MappedFile(range: 0x7200..<0x7300, offset: 0, path: "[vdso]"),
            ])
    }
}
