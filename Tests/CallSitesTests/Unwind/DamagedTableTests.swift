import CallSites
import Foundation
import TestWorlds
import Testing

/// Tables that chance damaged: whatever they say, nothing traps and all comes to an end.
@Suite struct DamagedTableTests {
    private static let seed: UInt64 = 11

    private static func whole() throws -> (bytes: [UInt8], image: ELFImage)? {
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
        let image = try #require(ELFImage(read: BinaryFile.reader(bytes)))
        guard image.machine == 62, image[".eh_frame"] != nil else {
            print("not run: damaged tables, /bin/true is not of x86-64 or has none")
            return nil
        }
        return (bytes, image)
    }

    private static func unwind(
        _ table: UnwindTable, _ text: Range<UInt64>, _ chance: inout SeededGenerator
    ) {
        // A stack of addresses of the program, of the stack itself, and of anything.
        let base: UInt64 = 0x7FFF_0000_0000
        var stack: [UInt8] = []
        for _ in 0..<128 {
            let word =
                switch UInt8.random(in: 0..<4, using: &chance) {
                case 0: UInt64.random(in: base..<base + 2_048, using: &chance)
                case 1: UInt64.random(in: 0 ... .max, using: &chance)
                default: UInt64.random(in: text, using: &chance)
                }
            for shift in 0..<8 { stack.append(UInt8(truncatingIfNeeded: word >> (8 * shift))) }
        }
        var registers = UnwindRegisters()
        for register in 0..<16 where Bool.random(using: &chance) {
            registers[register] = base &+ 8 * UInt64.random(in: 0..<256, using: &chance)
        }
        registers[7] = base
        registers[16] = UInt64.random(in: text, using: &chance)
        var unwinder = StackUnwinder()
        let found = unwinder.unwind(
            registers, stack: stack, base: base, framePointerChain: [registers[16] ?? 0, 1, .max]
        ) { _ in (table, 0) }
        #expect(found.chain.count <= StackUnwinder.frameLimit, "seed \(seed)")
    }

    @Test func `Tables whose bytes were changed give something or nothing`() throws {
        guard let (whole, image) = try Self.whole(), let frames = image[".eh_frame"],
            let header = image[".eh_frame_hdr"], let code = image[".text"]
        else { return }
        var chance = SeededGenerator(seed: Self.seed)
        let text = code.address..<code.address + code.size
        var rows = 0
        for round in 0..<3_000 {
            var bytes = whole
            for _ in 0..<(1 + round % 24) {
                let section = Bool.random(using: &chance) && round % 3 == 0 ? header : frames
                let place = Int(section.offset + .random(in: 0..<section.size, using: &chance))
                bytes[place] =
                    Bool.random(using: &chance)
                    ? [0, 0xFF, 0x7F, 0x80].randomElement(using: &chance) ?? 0
                    : .random(in: 0...255, using: &chance)
            }
            if round % 4 == 0 { bytes[Int(header.offset) + 3] = 0xFF }
            if round % 7 == 0 { for place in 40..<48 { bytes[place] = 0 } }
            guard let image = ELFImage(read: BinaryFile.reader(bytes)),
                let table = UnwindTable(image)
            else { continue }
            for _ in 0..<16 {
                let address = UInt64.random(in: text, using: &chance)
                if table.row(at: address) != nil { rows += 1 }
                Self.unwind(table, text, &chance)
            }
            _ = table.row(at: .random(in: 0 ... .max, using: &chance))
        }
        // Most functions are whole.
        #expect(rows > 10_000, "seed \(Self.seed)")
    }

    @Test func `Instructions and expressions of chance give something or nothing`() throws {
        guard let (whole, image) = try Self.whole(), let frames = image[".eh_frame"],
            let code = image[".text"]
        else { return }
        var chance = SeededGenerator(seed: Self.seed)
        let text = code.address..<code.address + code.size
        var rows = 0
        for _ in 0..<1_000 {
            var bytes = whole
            // Behind the heads of the records, as far as they are of the usual size.
            var place = Int(frames.offset)
            let end = Int(frames.offset + frames.size)
            while place + 4 <= end {
                let length = (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
                let head = 17
                if length > head, place + 4 + length <= end {
                    for inside in (place + head)..<(place + 4 + length)
                    where UInt8.random(in: 0..<2, using: &chance) == 0 {
                        bytes[inside] = .random(in: 0...0x50, using: &chance)
                    }
                }
                place += 4 + length
                if length == 0 { break }
            }
            guard let image = ELFImage(read: BinaryFile.reader(bytes)),
                let table = UnwindTable(image)
            else { continue }
            for _ in 0..<16 {
                if table.row(at: .random(in: text, using: &chance)) != nil { rows += 1 }
                Self.unwind(table, text, &chance)
            }
        }
        #expect(rows > 100, "seed \(Self.seed)")
    }

    @Test func `Numbers, lengths and jumps that never end do end`() throws {
        guard let (whole, image) = try Self.whole(), let frames = image[".eh_frame"],
            let header = image[".eh_frame_hdr"], let code = image[".text"]
        else { return }
        // Every length, number and instruction is the same byte, behind the first record's length.
        for filler in 0...255 as ClosedRange<UInt8> {
            for kept in [0, 4, 8, 9, 13, 16, 24, 28, 40, 45] {
                var bytes = whole
                for place in (Int(frames.offset) + kept)..<Int(frames.offset + frames.size) {
                    bytes[place] = filler
                }
                bytes[Int(header.offset) + 3] = 0xFF
                guard let image = ELFImage(read: BinaryFile.reader(bytes)),
                    let table = UnwindTable(image)
                else { continue }
                _ = table.row(at: code.address)
                _ = table.row(at: code.address + code.size / 2)
                _ = table.row(at: .max)
            }
        }
    }
}
