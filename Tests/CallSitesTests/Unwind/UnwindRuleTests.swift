import CallSites
import TestWorlds
import Testing

/// What rules and expressions of DWARF mean, in files that an assembler made.
@Suite struct UnwindRuleTests {
    /// The stack begins here; each of its words is its address plus ``mark``.
    private static let base: UInt64 = 0x10000
    private static let mark: UInt64 = 0x5_0000_0000
    private static let stack: [UInt8] = stride(from: base, to: base + 4_096, by: 8).flatMap {
        address in (0..<8).map { UInt8(truncatingIfNeeded: (address + mark) >> (8 * $0)) }
    }

    /// Assembles a function of each text of directives; nil, with the reason printed, when that
    /// cannot be done here.
    private static func table(
        _ functions: [String], outside: String = ""
    ) throws -> (table: UnwindTable, symbols: SymbolTable)? {
        guard let compiler = Compilers.c(for: "rules of frames") else { return nil }
        #if !arch(x86_64)
            print("not run: rules of frames, this machine is not x86-64")
            return nil
        #endif
        let directory = try TemporaryDirectory("rules")
        var text = ".text\n"
        for (number, directives) in functions.enumerated() {
            text += """
                .balign 32
                .globl f\(number)
                .type f\(number), @function
                f\(number): .cfi_startproc
                \(directives)
                .skip 16, 0x90
                .cfi_endproc
                .size f\(number), 16

                """
        }
        let source = try directory.write(text + outside + "\n", to: "rules.s")
        let library = directory.file("rules.so")
        try ChildProcess.run(
            [compiler, "-shared", "-nostdlib", "-o", library, source],
            outputPath: directory.file("build"))
        let image = try #require(ELFImage(read: try BinaryFile.reader(library)))
        return (try #require(UnwindTable(image)), SymbolTable(image))
    }

    /// The chain of a thread that is in a function, and the last step's end.
    private static func unwind(
        _ table: UnwindTable, at address: UInt64
    ) -> (caller: UInt64?, ending: UnwoundStack.Ending) {
        var registers = UnwindRegisters()
        for register in 0..<16 { registers[register] = UInt64(register) * 3 + 1 }
        registers[7] = base
        registers[16] = address
        var unwinder = StackUnwinder()
        let found = unwinder.unwind(registers, stack: stack, base: base) { asked in
            asked == address ? (table, 0) : nil
        }
        return (found.chain.count > 1 ? found.chain[1] : nil, found.ending)
    }

    private static func escape(_ bytes: [UInt8]) -> String {
        ".cfi_escape " + bytes.map { String($0) }.joined(separator: ", ")
    }

    /// Expressions and what they give; nil for those that must give nothing.
    private static let expressions: [(name: String, code: [UInt8], value: UInt64?)] = [
        ("lit5", [0x35], 5), ("lit31", [0x4F], 31),
        ("const1u 200, lit2, shr", [0x08, 200, 0x32, 0x25], 50),
        ("const1s -3, neg", [0x09, 0xFD, 0x1F], 3),
        ("const2u 20", [0x0A, 20, 0], 20), ("const2s -2, neg", [0x0B, 0xFE, 0xFF, 0x1F], 2),
        ("const4u 21", [0x0C, 21, 0, 0, 0], 21),
        ("const4s -4, neg", [0x0D, 0xFC, 0xFF, 0xFF, 0xFF, 0x1F], 4),
        ("const8u 22", [0x0E, 22, 0, 0, 0, 0, 0, 0, 0], 22),
        ("constu 100", [0x10, 100], 100), ("consts -5, neg", [0x11, 0x7B, 0x1F], 5),
        ("lit5, dup, plus", [0x35, 0x12, 0x22], 10), ("lit5, lit6, drop", [0x35, 0x36, 0x13], 5),
        ("lit1, lit2, over, plus", [0x31, 0x32, 0x14, 0x22], 3),
        ("lit9, lit2, lit1, pick 2, plus", [0x39, 0x32, 0x31, 0x15, 2, 0x22], 10),
        ("lit2, lit5, swap, minus", [0x32, 0x35, 0x16, 0x1C], 3),
        ("lit1, lit5, lit2, lit4, rot, minus", [0x31, 0x35, 0x32, 0x34, 0x17, 0x1C], 3),
        ("const1s -7, abs", [0x09, 0xF9, 0x19], 7), ("lit7, lit13, and", [0x37, 0x3D, 0x1A], 5),
        ("lit17, lit5, div", [0x41, 0x35, 0x1B], 3), ("lit17, lit5, mod", [0x41, 0x35, 0x1D], 2),
        ("lit3, lit5, mul", [0x33, 0x35, 0x1E], 15), ("lit0, not, neg", [0x30, 0x20, 0x1F], 1),
        ("lit9, lit6, or", [0x39, 0x36, 0x21], 15), ("lit9, lit5, xor", [0x39, 0x35, 0x27], 12),
        ("lit3, plus_uconst 40", [0x33, 0x23, 40], 43),
        ("lit3, lit2, shl", [0x33, 0x32, 0x24], 12),
        ("const1s -8, lit1, shra, neg", [0x09, 0xF8, 0x31, 0x26, 0x1F], 4),
        ("lit3, lit3, eq", [0x33, 0x33, 0x29], 1), ("lit3, lit3, ge", [0x33, 0x33, 0x2A], 1),
        ("lit3, lit3, gt", [0x33, 0x33, 0x2B], 0), ("lit2, lit3, le", [0x32, 0x33, 0x2C], 1),
        ("lit2, lit3, lt", [0x32, 0x33, 0x2D], 1), ("lit2, lit3, ne", [0x32, 0x33, 0x2E], 1),
        ("const1s -1, lit1, lt", [0x09, 0xFF, 0x31, 0x2D], 1),
        ("lit7, lit1, bra 1, lit4", [0x37, 0x31, 0x28, 1, 0, 0x34], 7),
        ("lit7, lit0, bra 1, lit4", [0x37, 0x30, 0x28, 1, 0, 0x34], 4),
        ("lit7, skip 1, lit4, nop", [0x37, 0x2F, 1, 0, 0x34, 0x96], 7),
        ("breg3 + 2", [0x73, 2], 12), ("bregx 12 - 7", [0x92, 12, 0x79], 30),
        // The word at the stack pointer plus 32, less what it is.
        (
            "breg7 + 32, deref, const8u, minus",
            [0x77, 32, 0x06, 0x0E, 0x20, 0, 0x01, 0, 0x05, 0, 0, 0, 0x1C], 0
        ),
        ("plus of one", [0x31, 0x22, 0x22], nil), ("nothing", [0x13], nil),
        ("a division by zero", [0x31, 0x30, 0x1B], nil),
        ("an endless loop", [0x31, 0x2F, 0xFD, 0xFF], nil),
        ("a jump away", [0x31, 0x2F, 0xFD, 0x7F], nil), ("bregx 17", [0x92, 17, 0], nil),
        ("a number that has no end", [0x10, 0xFF], nil), ("reg3", [0x53], nil),
        ("memory below", [0x31, 0x06], nil), ("swap of one", [0x16], nil),
    ]

    @Test func `Expressions give what DWARF says`() throws {
        let functions = Self.expressions.map { expression in
            // Eight times the value, and 0x10100: lit8, mul, plus_uconst.
            let code = expression.code + [0x38, 0x1E, 0x23, 0x80, 0x82, 0x04]
            // DW_CFA_def_cfa_expression.
            return Self.escape([0x0F, UInt8(code.count)] + code)
        }
        guard let (table, symbols) = try Self.table(functions) else { return }
        for (number, expression) in Self.expressions.enumerated() {
            let address = try #require(symbols.symbol(named: "f\(number)")).address
            let found = Self.unwind(table, at: address)
            // The return address is below the frame.
            let expected = expression.value.map { 0x10100 + 8 * $0 - 8 + Self.mark }
            #expect(found.caller == expected, "\(expression.name)")
            if expected == nil { #expect(found.ending == .unknown(address), "\(expression.name)") }
        }
    }

    @Test func `The stub of a library's function is passed before and behind its push`() throws {
        // What linkers write for each entry of .plt: breg7 + 8, breg16 + 0, lit15, and, lit11, ge,
        // lit3, shl, plus.
        let code: [UInt8] = [0x77, 8, 0x80, 0, 0x3F, 0x1A, 0x3B, 0x2A, 0x33, 0x24, 0x22]
        guard
            let (table, symbols) = try Self.table([
                Self.escape([0x0F, UInt8(code.count)] + code)
            ])
        else { return }
        let start = try #require(symbols.symbol(named: "f0")).address
        for offset in 0..<16 as Range<UInt64> {
            let found = Self.unwind(table, at: start + offset)
            #expect(found.caller == Self.base + (offset >= 11 ? 8 : 0) + Self.mark, "\(offset)")
        }
    }

    @Test func `Rules of the return address give what DWARF says`() throws {
        let word = Self.base + Self.mark
        let rules: [(directives: String, caller: UInt64?, ending: UnwoundStack.Ending?)] = [
            (".cfi_def_cfa_offset 16", word + 8, nil),
            (".cfi_undefined rip", nil, .complete), (".cfi_same_value rip", nil, .complete),
            (".cfi_register rip, rcx", 7, nil),
            // DW_CFA_val_offset: −2 times −8 above the frame.
            (Self.escape([0x14, 16, 2]), Self.base + 8 - 16, nil),
            // DW_CFA_val_offset_sf, DW_CFA_offset_extended_sf.
            (Self.escape([0x15, 16, 0x7E]), Self.base + 8 + 16, nil),
            (Self.escape([0x11, 16, 0x7E]), word + 8 + 16, nil),
            // DW_CFA_GNU_negative_offset_extended.
            (Self.escape([0x2F, 16, 3]), word + 8 + 24, nil),
            // DW_CFA_val_expression and DW_CFA_expression: the frame plus 8.
            (Self.escape([0x16, 16, 2, 0x23, 8]), Self.base + 16, nil),
            (Self.escape([0x10, 16, 2, 0x23, 8]), word + 16, nil),
            // Remembered and restored, with the frame; the count of arguments' bytes changes none.
            (
                ".cfi_remember_state\n.cfi_def_cfa_offset 64\n.cfi_undefined rip\n"
                    + ".cfi_restore_state\n" + Self.escape([0x2E, 32]), word, nil
            ),
            (".cfi_undefined rip\n.cfi_restore rip", word, nil),
            (".cfi_def_cfa rbx, 0x10000\n.cfi_adjust_cfa_offset 6", word + 8, nil),
            (".cfi_def_cfa_register rbx", nil, .unknown(0)),
            // DW_CFA_def_cfa_sf and DW_CFA_def_cfa_offset_sf.
            (Self.escape([0x12, 7, 0x7D]), word + 16, nil),
            (Self.escape([0x13, 0x7C]), word + 24, nil),
            // A stack that does not grow, and one that ends.
            (".cfi_def_cfa_offset 0", nil, .unknown(0)), (".cfi_def_cfa_offset 4104", nil, .cut),
            (".cfi_def_cfa_offset 4096", word + 4_088, nil),
            // An instruction that is not known, and one without its state.
            (Self.escape([0x3F]), nil, .unknown(0)), (Self.escape([0x0B]), nil, .unknown(0)),
        ]
        guard let (table, symbols) = try Self.table(rules.map(\.directives)) else { return }
        for (number, rule) in rules.enumerated() {
            let address = try #require(symbols.symbol(named: "f\(number)")).address
            let found = Self.unwind(table, at: address)
            #expect(found.caller == rule.caller, "\(rule.directives)")
            switch rule.ending {
            case .unknown: #expect(found.ending == .unknown(address), "\(rule.directives)")
            case .some(let ending): #expect(found.ending == ending, "\(rule.directives)")
            case nil: break
            }
        }
    }

    @Test func `A handler of signals returns through a library that has no row for it`() throws {
        let outside = """
            .balign 32
            .skip 16, 0x90
            .globl back
            .type back, @function
            back: mov $15, %rax
            syscall
            .size back, 9
            """
        guard let (table, symbols) = try Self.table([""], outside: outside) else { return }
        let back = try #require(symbols.symbol(named: "back")).address
        let handler = try #require(symbols.symbol(named: "f0")).address
        // The handler's return address, and the kernel's ucontext_t behind it.
        var words = [UInt64](repeating: 0, count: 64)
        words[0] = back
        words[1 + 160 / 8] = Self.base + 40 * 8
        words[1 + 168 / 8] = handler
        words[1 + 120 / 8] = 0x77
        words[40] = 0x7777
        let stack = words.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
        }
        var registers = UnwindRegisters()
        registers[16] = handler + 1
        var unwinder = StackUnwinder()
        let found = unwinder.unwind(registers, stack: stack, base: Self.base) { asked in
            asked < 0x7000 ? (table, 0) : nil
        }
        // The interrupted function is looked up where it is, and not before it.
        #expect(found.chain == [handler + 1, back, handler, 0x7777])
    }
}
