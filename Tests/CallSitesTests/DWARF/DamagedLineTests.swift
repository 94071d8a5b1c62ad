import CallSites
import Foundation
import TestWorlds
import Testing

/// Debugging information that is no such thing any more.
@Suite struct DamagedLineTests {
    private static let source = """
        #include <stdio.h>
        static inline __attribute__((always_inline)) int inner(int a) { return a * 3 + (a >> 1); }
        int outer(int a) {
            int sum = 0;
            for (int i = 0; i < a; i++) sum += inner(i) ^ inner(sum);
            return sum;
        }
        int main(int c, char **v) { (void)v; printf("%d\\n", outer(c)); return 0; }
        """

    /// Changes bytes of debugging sections, and at times of the tables that say where they are.
    private static func damage(
        _ bytes: inout [UInt8], _ parts: [Range<Int>], _ chance: inout SeededGenerator
    ) {
        for _ in 0..<Int.random(in: 1...8, using: &chance) {
            guard let part = parts.randomElement(using: &chance),
                let place = part.randomElement(using: &chance)
            else { continue }
            switch Int.random(in: 0..<4, using: &chance) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &chance)
            case 1: bytes[place] = 0xFF
            case 2:
                let end = min(part.upperBound, place + 8)
                for index in place..<end { bytes[index] = 0xFF }
            default: bytes[place] = UInt8.random(in: 0...255, using: &chance)
            }
        }
    }

    @Test(arguments: 2...5)
    func `A damaged table gives something or nothing, and never takes the reader down`(
        version: Int
    ) throws {
        guard let compiler = Compilers.c(for: "damaged tables of lines") else { return }
        let directory = try TemporaryDirectory("damaged")
        try directory.write(Self.source, to: "program.c")
        let program = try DebugProgram(
            "\(compiler) -gdwarf-\(version) -O1 -o program program.c", in: directory)
        let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: program.path)))
        let addresses = try program.addresses(step: 3) + [0, .max, 1 << 40]
        let tables = whole.count - 64 * program.image.sections.count
        var parts = program.image.sections
            .filter { $0.name.hasPrefix(".debug_") && $0.size > 0 && $0.name != ".debug_aranges" }
            .map { Int($0.offset)..<Int($0.offset + $0.size) }
        let lines = try #require(program.image[".debug_line"])
        // Twice more: it is where most can go wrong.
        for _ in 0..<2 { parts.append(Int(lines.offset)..<Int(lines.offset + lines.size)) }
        var chance = SeededGenerator(seed: UInt64(40 + version))
        var (survivors, inlined) = (0, 0)
        for round in 0..<3_000 {
            var bytes = whole
            Self.damage(&bytes, round % 10 == 0 ? [tables..<whole.count] : parts, &chance)
            guard let image = ELFImage(read: BinaryFile.reader(bytes)) else { continue }
            if var calls = InlinedCalls(image) {
                for address in addresses {
                    for call in calls.calls(at: address) where call.line < 0 {
                        Issue.record("seed \(chance.seed), round \(round), address \(address)")
                    }
                    inlined += 1
                }
            }
            guard let table = LineTable(image) else { continue }
            survivors += 1
            for address in addresses {
                guard let found = table.location(at: address),
                    found.line < 0 || found.file.isEmpty
                else { continue }
                Issue.record("seed \(chance.seed), round \(round), address \(address)")
            }
        }
        #expect(survivors > 500 && inlined > 500)
    }

    @Test func `Pure chance in all sections takes nothing down`() {
        var chance = SeededGenerator(seed: 77)
        for round in 0..<3_000 {
            var file = SmallELF()
            for name in [
                ".debug_line", ".debug_line_str", ".debug_str", ".debug_info", ".debug_abbrev",
                ".debug_str_offsets", ".debug_addr", ".debug_rnglists", ".debug_ranges",
            ] {
                var bytes = (0..<Int.random(in: 1...200, using: &chance)).map { _ in
                    UInt8.random(in: 0...255, using: &chance)
                }
                // A length that fits and a version that exists lead further in.
                if round % 3 != 0, bytes.count > 8 {
                    bytes.replaceSubrange(
                        0..<6, with: [UInt8(bytes.count - 4), 0, 0, 0, UInt8(2 + round % 4), 0])
                }
                file.add(name, bytes)
            }
            guard let image = ELFImage(read: BinaryFile.reader(file.bytes())) else {
                Issue.record("seed \(chance.seed), round \(round)")
                return
            }
            var calls = InlinedCalls(image)
            _ = calls?.calls(at: SmallELF.code)
            guard let table = LineTable(image) else { continue }
            for address in stride(from: SmallELF.code, to: SmallELF.code + 64, by: 7) {
                _ = table.location(at: address)
            }
        }
    }
}
