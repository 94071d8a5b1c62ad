import CallSites
import TestWorlds
import Testing

/// Chains of real stacks beside those that libgcc's unwinder found in the program itself.
@Suite struct StackUnwinderTests {
    private static func compiler(_ purpose: String) -> String? {
        #if arch(x86_64)
            return Compilers.c(for: purpose)
        #else
            print("not run: \(purpose), this machine is not x86-64")
            return nil
        #endif
    }

    private static func hexadecimal(_ chain: [UInt64]) -> String {
        chain.map { String($0, radix: 16) }.joined(separator: " ")
    }

    @Test(arguments: [
        ["-fomit-frame-pointer"], ["-fno-omit-frame-pointer"],
        ["-fomit-frame-pointer", "-O3", "-s", "-static-libgcc", "-fstack-protector-all"],
        ["-fomit-frame-pointer", "-mno-red-zone", "-fno-pie", "-no-pie", "-Os"],
    ])
    func `Every chain of a real program is the one that libgcc finds`(options: [String]) throws {
        guard let compiler = Self.compiler("chains of a real program") else { return }
        let recording = try RecordedStack.record(options, with: compiler)
        #expect(
            recording.stacks.map(\.name) == ["deep", "sorted", "handler", "interrupted", "thread"])
        let tables = MappedTables(recording)
        var unwinder = StackUnwinder()
        for stack in recording.stacks {
            let found = unwinder.unwind(
                stack.registers, stack: stack.stack, base: stack.base, table: tables.table)
            #expect(stack.expected.count > 5, "\(stack.name)")
            #expect(
                found.chain == stack.expected, "\(stack.name): \(Self.hexadecimal(found.chain))")
            #expect(found.ending == .complete && found.framePointerFrames == 0, "\(stack.name)")
            // Of the same places nothing is asked again.
            let questions = tables.questions
            let again = unwinder.unwind(
                stack.registers, stack: stack.stack, base: stack.base, table: tables.table)
            #expect(again == found && tables.questions == questions)
        }
        let first = try #require(recording.stacks.first)
        unwinder.forget()
        let questions = tables.questions
        _ = unwinder.unwind(
            first.registers, stack: first.stack, base: first.base, table: tables.table)
        #expect(tables.questions > questions)
    }

    @Test func `The registers that perf gives are enough`() throws {
        guard let compiler = Self.compiler("chains by the registers of perf") else { return }
        let recording = try RecordedStack.record(
            ["-fomit-frame-pointer"], with: compiler)
        let tables = MappedTables(recording)
        // BX, BP, SP, IP, R12 to R15, in DWARF's numbers in the order of perf's bits.
        let mask: UInt64 = 1 << 1 | 1 << 6 | 1 << 7 | 1 << 8 | 0xF << 20
        for stack in recording.stacks {
            let values = [3, 6, 7, 16, 12, 13, 14, 15].compactMap { stack.registers[$0] }
            let few = UnwindRegisters(perfMask: mask, values: values)
            #expect(few[0] == nil && few[15] == stack.registers[15])
            var unwinder = StackUnwinder()
            let found = unwinder.unwind(
                few, stack: stack.stack, base: stack.base, table: tables.table)
            #expect(found.chain == stack.expected && found.ending == .complete, "\(stack.name)")
        }
    }

    @Test func `A stack that was cut gives the beginning, and the kernel's chain the rest`() throws
    {
        guard let compiler = Self.compiler("chains of stacks that were cut") else { return }
        let recording = try RecordedStack.record(
            ["-fno-omit-frame-pointer"], with: compiler)
        let tables = MappedTables(recording)
        var unwinder = StackUnwinder()
        for stack in recording.stacks {
            var lengths: Set<Int> = []
            for count in stride(from: 0, to: min(8_192, stack.stack.count), by: 8) {
                let part = Array(stack.stack.prefix(count))
                let found = unwinder.unwind(
                    stack.registers, stack: part, base: stack.base, table: tables.table)
                #expect(
                    stack.expected.starts(with: found.chain), "\(stack.name) cut to \(count)")
                #expect(
                    found.ending == .cut || found.chain.count == stack.expected.count,
                    "\(stack.name) cut to \(count)")
                lengths.insert(found.chain.count)
                let whole = unwinder.unwind(
                    stack.registers, stack: part, base: stack.base,
                    framePointerChain: stack.expected, table: tables.table)
                #expect(whole.chain == stack.expected, "\(stack.name) cut to \(count)")
                #expect(whole.framePointerFrames == whole.chain.count - found.chain.count)
            }
            #expect(lengths.count > 3, "\(stack.name)")
        }
    }

    @Test func `Code without tables is passed by its frame pointer`() throws {
        guard let compiler = Self.compiler("chains through code without tables") else { return }
        let recording = try RecordedStack.record(
            ["-fno-omit-frame-pointer", "-fno-optimize-sibling-calls"], with: compiler)
        let tables = MappedTables(recording, isOwnLeftOut: true)
        for stack in recording.stacks {
            var unwinder = StackUnwinder()
            let found = unwinder.unwind(
                stack.registers, stack: stack.stack, base: stack.base, table: tables.table)
            #expect(found.chain.count > 5 && found.framePointerFrames > 3, "\(stack.name)")
            // The program's own beginning has no frame pointer, which is told by 0.
            #expect(found.ending == .complete, "\(stack.name): \(found.ending)")
            #expect(
                found.chain == stack.expected, "\(stack.name): \(Self.hexadecimal(found.chain))")
        }
    }

    @Test func `Where nothing tells, the address is told`() {
        var unwinder = StackUnwinder()
        var registers = UnwindRegisters()
        let nothing = unwinder.unwind(registers, stack: [], base: 0x1000) { _ in nil }
        #expect(nothing == UnwoundStack(chain: [], ending: .unknown(0)))
        registers[16] = 0x5000
        let lost = unwinder.unwind(registers, stack: [], base: 0x1000) { _ in nil }
        #expect(lost == UnwoundStack(chain: [0x5000], ending: .unknown(0x5000)))
        // The kernel's chain is still there.
        let kernel = unwinder.unwind(
            registers, stack: [], base: 0x1000, framePointerChain: [0x5000, 0x6000]
        ) { _ in nil }
        #expect(kernel.chain == [0x5000, 0x6000] && kernel.framePointerFrames == 1)
        #expect(kernel.ending == .unknown(0x5000))
        // Recursion: each call of ours is one of the kernel's.
        registers[6] = 0x1000
        var words: [UInt64] = [0x1010, 0x6000, 0x1020, 0x6000, 0x1030, 0x6000]
        func bytes() -> [UInt8] {
            words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        }
        let again = unwinder.unwind(
            registers, stack: bytes(), base: 0x1000,
            framePointerChain: [0x5000] + [UInt64](repeating: 0x6000, count: 7) + [0x7000, 5]
        ) { _ in nil }
        #expect(again.chain == [0x5000] + [UInt64](repeating: 0x6000, count: 7) + [0x7000])
        #expect(again.ending == .cut && again.framePointerFrames == 8)
        // A frame pointer that leads back, one that is 0, and an address that is none.
        words[2] = 0x1000
        let loop = unwinder.unwind(registers, stack: bytes(), base: 0x1000) { _ in nil }
        #expect(loop.ending == .unknown(0x6000) && loop.chain == [0x5000, 0x6000, 0x6000])
        words[2] = 0
        let end = unwinder.unwind(registers, stack: bytes(), base: 0x1000) { _ in nil }
        #expect(end.ending == .complete && end.chain == [0x5000, 0x6000, 0x6000])
        words[1] = 0x1008
        let stack = unwinder.unwind(registers, stack: bytes(), base: 0x1000) { _ in nil }
        #expect(stack.ending == .unknown(0x5000) && stack.chain == [0x5000])
    }
}
