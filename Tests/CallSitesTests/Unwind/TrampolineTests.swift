import CallSites
import KernelFormats
import TestWorlds
import Testing

/// Code that is made while a program runs, without a frame pointer of its own.
@Suite struct TrampolineTests {
    @Test func `A trampoline that moved the stack pointer by 8 is passed, and no other address`()
        throws
    {
        let image = try #require(ELFImage(read: try BinaryFile.reader("/bin/sh")))
        let table = try #require(UnwindTable(image))
        let text = try #require(image[".text"])
        let known = try #require(
            (text.address..<text.address + text.size).first { table.row(at: $0) != nil })
        let base: UInt64 = 0x7FFD_0000_0000
        // The trampoline is at an address of no file; RBP is some value of the program's.
        func chain(_ words: [UInt64]) -> [UInt64] {
            var registers = UnwindRegisters()
            (registers[6], registers[7], registers[16]) = (1, base, 0x7F00_0000_1000)
            var stack: [UInt8] = []
            for word in words { KernelInteger.append(word, to: &stack) }
            var unwinder = StackUnwinder()
            return unwinder.unwind(registers, stack: stack, base: base) { address in
                text.address <= address && address < text.address + text.size ? (table, 0) : nil
            }.chain
        }
        #expect(Array(chain([0, known + 1, 0, 0]).prefix(2)) == [0x7F00_0000_1000, known + 1])
        #expect(chain([known + 1, 0, 0, 0]) == [0x7F00_0000_1000])
        #expect(chain([0, 0x7F00_0000_2000, 0, 0]) == [0x7F00_0000_1000])
    }
}
