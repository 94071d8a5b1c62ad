/// Runs the instructions that build the row of an address (DWARF 5, 6.4.2).
struct UnwindProgram {
    /// A rule as a number or as a place of the section, which costs nothing to keep.
    private enum Rule {
        case unspecified
        case undefined
        case same
        case atOffset(Int64)
        case isOffset(Int64)
        case register(UInt8)
        case atExpression(Int)
        case isExpression(Int)
    }

    private struct State {
        /// 255 when none was told.
        var base: UInt8 = 255
        var offset: Int64 = 0
        /// Where the expression of the frame address is; −1 for none.
        var expression = -1
        var rules = InlineArray<17, Rule>(repeating: .unspecified)
    }

    /// The most instructions, and the most states that are remembered, of one row.
    private static let stepLimit = 1 << 18
    private static let depthLimit = 64

    private let section: FrameSection
    private let common: FrameSection.Common
    private var state = State()
    private var initial = State()
    private var remembered: [State] = []
    private var location: UInt64 = 0
    private var steps = 0

    /// The row of an address that a function's record covers; nil for instructions that cannot be
    /// run.
    static func row(
        at address: UInt64, of function: FrameSection.Description, in section: FrameSection
    ) -> UnwindRow? {
        var program = UnwindProgram(section, function.common)
        guard program.run(function.common.instructions, until: .max) else { return nil }
        program.initial = program.state
        program.location = function.start
        guard program.run(function.instructions, until: address) else { return nil }
        return program.row()
    }

    private init(_ section: FrameSection, _ common: FrameSection.Common) {
        self.section = section
        self.common = common
    }

    /// Runs until an instruction moves behind an address; false for one that cannot be run.
    private mutating func run(_ instructions: Range<Int>, until address: UInt64) -> Bool {
        var cursor = DwarfCursor(section.bytes, instructions)
        while !cursor.isAtEnd {
            steps += 1
            guard steps <= Self.stepLimit else { return false }
            let operation = cursor.u8()
            let low = operation & 0x3F
            switch operation >> 6 {
            case 1: location &+= UInt64(low) &* common.codeAlignment
            case 2: set(UInt64(low), .atOffset(scaled(&cursor)))
            case 3: restore(UInt64(low))
            default:
                guard place(low, &cursor) || frame(low, &cursor) || register(low, &cursor) else {
                    return false
                }
            }
            if cursor.isBroken { return false }
            if location > address { return true }
        }
        return !cursor.isBroken
    }

    private func scaled(_ cursor: inout DwarfCursor) -> Int64 {
        Int64(bitPattern: cursor.unsigned()) &* common.dataAlignment
    }

    private func scaledSigned(_ cursor: inout DwarfCursor) -> Int64 {
        cursor.signed() &* common.dataAlignment
    }

    private mutating func set(_ register: UInt64, _ rule: Rule) {
        // Registers of vectors and the like lead to no caller.
        if register <= 16 { state.rules[Int(register)] = rule }
    }

    private mutating func restore(_ register: UInt64) {
        if register <= 16 { state.rules[Int(register)] = initial.rules[Int(register)] }
    }

    /// Instructions that move on, or that keep and restore states; false for any other.
    private mutating func place(_ operation: UInt8, _ cursor: inout DwarfCursor) -> Bool {
        switch operation {
        case 0x00: break
        case 0x01:
            guard
                let address = cursor.pointer(
                    common.encoding, address: section.address, data: section.dataBase)
            else { return false }
            location = address
        case 0x02: location &+= UInt64(cursor.u8()) &* common.codeAlignment
        case 0x03: location &+= UInt64(cursor.u16()) &* common.codeAlignment
        case 0x04: location &+= UInt64(cursor.u32()) &* common.codeAlignment
        case 0x0A:
            guard remembered.count < Self.depthLimit else { return false }
            remembered.append(state)
        case 0x0B:
            guard let last = remembered.popLast() else { return false }
            state = last
        // DW_CFA_MIPS_advance_loc8, and DW_CFA_GNU_args_size, which moves no rule.
        case 0x1D: location &+= cursor.u64() &* common.codeAlignment
        case 0x2E: _ = cursor.unsigned()
        default: return false
        }
        return true
    }

    /// Instructions that define the canonical frame address; false for any other.
    private mutating func frame(_ operation: UInt8, _ cursor: inout DwarfCursor) -> Bool {
        switch operation {
        case 0x0C:
            state.base = UInt8(clamping: cursor.unsigned())
            state.offset = Int64(bitPattern: cursor.unsigned())
            state.expression = -1
        case 0x0D:
            state.base = UInt8(clamping: cursor.unsigned())
            state.expression = -1
        case 0x0E: state.offset = Int64(bitPattern: cursor.unsigned())
        case 0x0F:
            state.expression = cursor.place
            _ = cursor.block()
        case 0x12:
            state.base = UInt8(clamping: cursor.unsigned())
            state.offset = scaledSigned(&cursor)
            state.expression = -1
        case 0x13: state.offset = scaledSigned(&cursor)
        default: return false
        }
        return true
    }

    /// Instructions that tell where a register is; false for any other.
    private mutating func register(_ operation: UInt8, _ cursor: inout DwarfCursor) -> Bool {
        // The rest all begin with a register.
        guard operation >= 0x05, operation <= 0x16 || operation == 0x2F else { return false }
        let register = cursor.unsigned()
        switch operation {
        case 0x05: set(register, .atOffset(scaled(&cursor)))
        case 0x06: restore(register)
        case 0x07: set(register, .undefined)
        case 0x08: set(register, .same)
        case 0x09: set(register, .register(UInt8(clamping: cursor.unsigned())))
        case 0x10, 0x16:
            let place = cursor.place
            _ = cursor.block()
            set(register, operation == 0x10 ? .atExpression(place) : .isExpression(place))
        case 0x11: set(register, .atOffset(scaledSigned(&cursor)))
        case 0x14: set(register, .isOffset(scaled(&cursor)))
        case 0x15: set(register, .isOffset(scaledSigned(&cursor)))
        // DW_CFA_GNU_negative_offset_extended.
        case 0x2F: set(register, .atOffset(0 &- scaled(&cursor)))
        default: return false
        }
        return true
    }

    private func expression(at place: Int) -> [UInt8] {
        var cursor = DwarfCursor(section.bytes, place..<section.bytes.count)
        return Array(section.bytes[cursor.block()].prefix(DwarfExpression.sizeLimit))
    }

    private func row() -> UnwindRow? {
        let frame: UnwindRow.FrameAddress
        if state.expression >= 0 {
            frame = .expression(expression(at: state.expression))
        } else {
            guard state.base <= 16 else { return nil }
            frame = .register(state.base, offset: state.offset)
        }
        var saved: [UnwindRow.Saved] = []
        for register in 0..<17 {
            let rule: UnwindRow.Rule
            switch state.rules[register] {
            case .unspecified, .same: continue
            case .undefined: rule = .undefined
            case .atOffset(let offset): rule = .atOffset(offset)
            case .isOffset(let offset): rule = .isOffset(offset)
            case .register(let other): rule = .register(other)
            case .atExpression(let place): rule = .atExpression(expression(at: place))
            case .isExpression(let place): rule = .isExpression(expression(at: place))
            }
            saved.append(UnwindRow.Saved(register: UInt8(register), rule: rule))
        }
        return UnwindRow(
            frameAddress: frame, saved: saved, returnRegister: common.returnRegister,
            isSignalFrame: common.isSignalFrame)
    }
}
