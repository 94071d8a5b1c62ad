import CallSites
import KernelFormats

/// What holds of any tables of callers, and of any stack.
enum UnwindPromises {
    private static let sections = [".eh_frame", ".eh_frame_hdr", ".debug_frame"]

    /// Sections, and behind them a stack.
    static func check(_ bytes: [UInt8]) {
        var stack: [UInt8] = []
        let file = FuzzFile(sections: sections, bytes, rest: &stack)
        guard let image = file.image else { return promise(false, "a whole file is none") }
        guard let table = UnwindTable(image) else { return }
        check(table, file.addresses(image), stack: stack.prefix(4_096))
        file.checkWork()
    }

    /// A table, asked for rows and for callers on a stack of these bytes.
    static func check(_ table: UnwindTable, _ addresses: [UInt64], stack: ArraySlice<UInt8>) {
        for address in addresses {
            guard let row = table.row(at: address) else { continue }
            check(row)
            promise(table.row(at: address) == row, "another row at \(address)")
        }
        let base: UInt64 = 0x7FFF_0000_0000
        let stack = Array(stack)
        // Words of the stack are registers too; half of them point into it.
        var registers = UnwindRegisters()
        for register in 0..<16 {
            let word = KernelInteger.u64(stack.span, 8 * register)
            registers[register] =
                word & 1 == 0 ? word : base &+ (word >> 1) % UInt64(stack.count + 8) & ~7
        }
        registers[7] = base
        var warm = StackUnwinder()
        for address in addresses.suffix(8) {
            registers[16] = address
            let kernel = [address, address &+ 1, KernelInteger.u64(stack.span, 8)]
            let found = unwind(&warm, table, registers, stack, base, kernel)
            promise(
                found == unwind(&warm, table, registers, stack, base, kernel),
                "rows that are kept are others")
            var cold = StackUnwinder()
            promise(
                found == unwind(&cold, table, registers, stack, base, kernel),
                "what was asked before matters")
            promise(found.chain.first == address, "begins elsewhere")
            promise(found.chain.count <= StackUnwinder.frameLimit, "\(found.chain.count) frames")
            promise(
                0..<found.chain.count ~= found.framePointerFrames,
                "\(found.framePointerFrames) of \(found.chain.count) frames")
        }
    }

    private static func unwind(
        _ unwinder: inout StackUnwinder, _ table: UnwindTable, _ registers: UnwindRegisters,
        _ stack: [UInt8], _ base: UInt64, _ kernel: [UInt64]
    ) -> UnwoundStack {
        // The highest addresses are of no file: there the frame pointer is followed.
        unwinder.unwind(registers, stack: stack, base: base, framePointerChain: kernel) {
            $0 < 1 << 46 ? (table, 0) : nil
        }
    }

    private static func check(_ row: UnwindRow) {
        promise(row.returnRegister <= 16, "a return register of \(row.returnRegister)")
        var last = -1
        for saved in row.saved {
            promise(Int(saved.register) > last && saved.register <= 16, "registers in disorder")
            last = Int(saved.register)
        }
        promise(row.saved.count <= 17, "\(row.saved.count) registers")
    }
}
