/// The callers that were found for a copy of a stack.
public struct UnwoundStack: Hashable, Sendable {
    /// How the search ended.
    public enum Ending: Hashable, Sendable {
        /// At the function that a thread begins with.
        case complete
        /// The stack goes on above its copy, or there are more frames than are taken.
        case cut
        /// Nothing tells the caller of the instruction at this address.
        case unknown(UInt64)
    }

    /// Where the thread was, and the addresses its calls return to, innermost first.
    public var chain: [UInt64]
    /// How the tables' part of it ended.
    public var ending: Ending
    /// How many of the chain's addresses were found by frame pointers alone.
    public var framePointerFrames: Int

    /// Makes a chain.
    public init(chain: [UInt64], ending: Ending, framePointerFrames: Int = 0) {
        self.chain = chain
        self.ending = ending
        self.framePointerFrames = framePointerFrames
    }
}

/// Finds the callers on copies of the stacks of one process, by the tables of its files.
///
/// The rows of addresses are kept: a place that opens sockets again and again costs one look-up a
/// frame.
public struct StackUnwinder {
    /// The most frames of a stack.
    public static let frameLimit = 256
    /// The most addresses whose rows are kept; at one more all are forgotten.
    static let rowLimit = 65_536

    /// The number of each address's row; −1 where nothing tells.
    private var numbers: [UInt64: Int] = [:]
    private var rows: [UnwindRow] = []

    /// Makes an unwinder that knows nothing yet.
    public init() {}

    /// Forgets all rows: needed when other files are mapped at addresses that had been asked for.
    public mutating func forget() {
        numbers.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
    }

    /// Finds the chain of a thread.
    ///
    /// `stack` is what was at `base`, the stack pointer, and above. `framePointerChain` is the
    /// kernel's own, innermost first; what it knows beyond the end of the copy is taken over.
    /// `table` gives the table of the file that an address is mapped from, and what to subtract
    /// from the address; it is asked once for each address.
    public mutating func unwind(
        _ registers: UnwindRegisters, stack: [UInt8], base: UInt64,
        framePointerChain: [UInt64] = [],
        table: (_ address: UInt64) -> (table: UnwindTable, bias: UInt64)?
    ) -> UnwoundStack {
        var registers = registers
        if registers[7] == nil { registers[7] = base }
        guard let start = registers[16] ?? framePointerChain.first else {
            return UnwoundStack(chain: [], ending: .unknown(0))
        }
        registers[16] = start
        let memory = StackCopy(base: base, bytes: stack)
        var result = UnwoundStack(chain: [start], ending: .cut)
        result.chain.reserveCapacity(32)
        var isExact = true
        while result.chain.count < Self.frameLimit {
            let address = registers[16] ?? 0
            let step: Step
            if let number = number(of: isExact ? address : address &- 1, table) {
                step = Self.step(rows[number], &registers, memory)
                isExact = rows[number].isSignalFrame
            } else {
                step = unlistedStep(&registers, memory, table)
                isExact = false
                if step == .moved { result.framePointerFrames += 1 }
            }
            switch step {
            case .moved:
                result.chain.append(registers[16] ?? 0)
                continue
            case .outermost: result.ending = .complete
            case .cut: result.ending = .cut
            case .unknown: result.ending = .unknown(address)
            }
            break
        }
        if result.ending != .complete {
            Self.extend(&result, framePointerChain, registers, memory)
        }
        return result
    }

    private mutating func number(
        of address: UInt64, _ table: (_ address: UInt64) -> (table: UnwindTable, bias: UInt64)?
    ) -> Int? {
        if let known = numbers[address] { return known >= 0 ? known : nil }
        if numbers.count >= Self.rowLimit { forget() }
        guard let (table, bias) = table(address), let row = table.row(at: address &- bias) else {
            numbers[address] = -1
            return nil
        }
        rows.append(row)
        numbers[address] = rows.count - 1
        return rows.count - 1
    }

    private enum Step {
        case moved
        case outermost
        case cut
        case unknown
    }

    /// Makes the caller's registers of a function's.
    private static func step(
        _ row: UnwindRow, _ registers: inout UnwindRegisters, _ memory: StackCopy
    ) -> Step {
        let frame: UInt64
        switch row.frameAddress {
        case .register(let register, let offset):
            guard let value = registers[Int(register)] else { return .unknown }
            frame = value &+ UInt64(bitPattern: offset)
        case .expression(let code):
            switch DwarfExpression.value(code, registers, memory) {
            case .value(let value): frame = value
            case .cut: return .cut
            case .unknown: return .unknown
            }
        }
        // A signal may have its own stack; any other call makes the stack grow, or it is none.
        guard row.isSignalFrame || frame > (registers[7] ?? 0) else { return .unknown }
        var caller = registers
        caller[7] = frame
        // The outermost function has no rule for it, or one that says it is lost.
        var returning = Step.outermost
        for index in row.saved.indices {
            let saved = row.saved[index]
            let isReturn = saved.register == row.returnRegister
            switch value(saved.rule, frame, registers, memory) {
            case .value(let value):
                caller[Int(saved.register)] = value
                if isReturn {
                    caller[16] = value
                    returning = value == 0 ? .outermost : .moved
                }
            case .cut:
                caller[Int(saved.register)] = nil
                if isReturn { returning = .cut }
            case .unknown:
                caller[Int(saved.register)] = nil
                if isReturn, saved.rule != .undefined { returning = .unknown }
            }
        }
        if returning == .moved { registers = caller }
        return returning
    }

    private static func value(
        _ rule: UnwindRow.Rule, _ frame: UInt64, _ registers: UnwindRegisters, _ memory: StackCopy
    ) -> DwarfExpression.Value {
        let place: UInt64
        switch rule {
        case .undefined: return .unknown
        case .isOffset(let offset): return .value(frame &+ UInt64(bitPattern: offset))
        case .register(let other):
            return registers[Int(other)].map { .value($0) } ?? .unknown
        case .isExpression(let code):
            return DwarfExpression.value(code, registers, memory, first: frame)
        case .atOffset(let offset): place = frame &+ UInt64(bitPattern: offset)
        case .atExpression(let code):
            switch DwarfExpression.value(code, registers, memory, first: frame) {
            case .value(let address): place = address
            case .cut: return .cut
            case .unknown: return .unknown
            }
        }
        switch memory.word(at: place) {
        case .value(let word): return .value(word)
        case .cut: return .cut
        case .elsewhere: return .unknown
        }
    }

    /// Makes the caller's registers of code that no table knows: by the frame pointer, or as for a
    /// trampoline of CPython, which keeps none and moves the stack pointer by 8
    /// (Python/asm_trampoline.S, with `-X perf` since 3.12).
    private mutating func unlistedStep(
        _ registers: inout UnwindRegisters, _ memory: StackCopy,
        _ table: (_ address: UInt64) -> (table: UnwindTable, bias: UInt64)?
    ) -> Step {
        let before = registers
        let step = Self.framePointerStep(&registers, memory)
        guard step != .moved, let top = before[7],
            case .value(let address) = memory.word(at: top &+ 8),
            Self.isPlausible(address, memory), number(of: address &- 1, table) != nil
        else { return step }
        registers = before
        registers[7] = top &+ 16
        registers[16] = address
        return .moved
    }

    /// Takes the frame pointer at its word where no table tells: code that was made at run time, or
    /// whose tables were stripped away.
    private static func framePointerStep(
        _ registers: inout UnwindRegisters, _ memory: StackCopy
    ) -> Step {
        guard let pointer = registers[6] else { return .unknown }
        // Threads begin with a frame pointer of 0 (System V ABI, AMD64 supplement, 3.4.1).
        if pointer == 0 { return .outermost }
        guard pointer & 7 == 0, pointer >= registers[7] ?? memory.base, pointer < 1 << 47 else {
            return .unknown
        }
        guard case .value(let next) = memory.word(at: pointer),
            case .value(let address) = memory.word(at: pointer &+ 8)
        else { return .cut }
        if address == 0 { return .outermost }
        guard isPlausible(address, memory) else { return .unknown }
        // Where the function saved the others is not known.
        registers = UnwindRegisters()
        registers[6] = next
        registers[7] = pointer &+ 16
        registers[16] = address
        return .moved
    }

    /// Whether code can be at an address: in the half of user space, above what is never mapped,
    /// and not on the stack itself.
    private static func isPlausible(_ address: UInt64, _ memory: StackCopy) -> Bool {
        guard address >= 4_096, address < 1 << 47 else { return false }
        return address < memory.base || address - memory.base >= UInt64(memory.bytes.count)
    }

    /// Appends what the kernel found behind the last address that both know.
    ///
    /// Frames without a frame pointer are missing in the kernel's chain, so the last address of
    /// ours need not be in it: then the frame pointer there must be one, and no other value that
    /// the kernel had taken for one.
    private static func extend(
        _ result: inout UnwoundStack, _ kernel: [UInt64], _ registers: UnwindRegisters,
        _ memory: StackCopy
    ) {
        // Both are in the order of the calls; an address may be there again and again.
        var next = 0
        var isLast = false
        for address in result.chain {
            let found = kernel[next...].firstIndex(of: address)
            if let found { next = found + 1 }
            isLast = found != nil
        }
        guard next > 0, isLast || hasFramePointer(registers) else { return }
        let room = max(0, frameLimit - result.chain.count)
        let more = kernel[next...].prefix(room).prefix { isPlausible($0, memory) }
        result.chain.append(contentsOf: more)
        result.framePointerFrames += more.count
    }

    /// Whether the frame pointer points a little above the stack pointer.
    private static func hasFramePointer(_ registers: UnwindRegisters) -> Bool {
        guard let frame = registers[6], let stack = registers[7], frame & 7 == 0 else {
            return false
        }
        return frame >= stack && frame - stack < 1 << 26
    }
}
