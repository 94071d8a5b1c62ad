/// Works expressions of DWARF out, as rules of frames use them (DWARF 5, 2.5).
struct DwarfExpression {
    /// What came of it.
    enum Value {
        case value(UInt64)
        /// It needed memory above the copy of the stack.
        case cut
        /// It is damaged, or needs a register or memory that is not known.
        case unknown
    }

    /// The most bytes of an expression, steps of one run, and values at a time.
    static let sizeLimit = 4_096
    private static let stepLimit = 1_024
    private static let depthLimit = 64

    private let registers: UnwindRegisters
    private let memory: StackCopy
    private var values: [UInt64] = []
    private var isCut = false

    /// The value of an expression, which begins with `first` when it is not nil.
    static func value(
        _ code: [UInt8], _ registers: UnwindRegisters, _ memory: StackCopy, first: UInt64? = nil
    ) -> Value {
        var expression = DwarfExpression(registers: registers, memory: memory)
        expression.values.reserveCapacity(8)
        if let first { expression.values.append(first) }
        guard expression.run(code), let last = expression.values.last else {
            return expression.isCut ? .cut : .unknown
        }
        return .value(last)
    }

    private init(registers: UnwindRegisters, memory: StackCopy) {
        self.registers = registers
        self.memory = memory
    }

    private mutating func run(_ code: [UInt8]) -> Bool {
        var cursor = DwarfCursor(code, 0..<code.count)
        for _ in 0..<Self.stepLimit {
            if cursor.isAtEnd { return !cursor.isBroken }
            let operation = cursor.u8()
            let isDone: Bool? =
                push(operation, &cursor) ?? shuffle(operation, &cursor) ?? unary(operation)
                ?? binary(operation) ?? jump(operation, &cursor, code)
            guard isDone == true, !cursor.isBroken, values.count <= Self.depthLimit else {
                return false
            }
        }
        return false
    }

    /// Constants and registers; nil for another operation, as below.
    private mutating func push(_ operation: UInt8, _ cursor: inout DwarfCursor) -> Bool? {
        switch operation {
        case 0x08: values.append(UInt64(cursor.u8()))
        case 0x09: values.append(UInt64(bitPattern: Int64(Int8(bitPattern: cursor.u8()))))
        case 0x0A: values.append(UInt64(cursor.u16()))
        case 0x0B: values.append(UInt64(bitPattern: Int64(Int16(bitPattern: cursor.u16()))))
        case 0x0C: values.append(UInt64(cursor.u32()))
        case 0x0D: values.append(UInt64(bitPattern: Int64(Int32(bitPattern: cursor.u32()))))
        case 0x0E, 0x0F: values.append(cursor.u64())
        case 0x10: values.append(cursor.unsigned())
        case 0x11: values.append(UInt64(bitPattern: cursor.signed()))
        case 0x30...0x4F: values.append(UInt64(operation - 0x30))
        case 0x70...0x8F, 0x92:
            let register = operation == 0x92 ? cursor.unsigned() : UInt64(operation - 0x70)
            let offset = cursor.signed()
            guard let value = registers[Int(clamping: register)] else { return false }
            values.append(value &+ UInt64(bitPattern: offset))
        default: return nil
        }
        return true
    }

    /// Operations that only move values.
    private mutating func shuffle(_ operation: UInt8, _ cursor: inout DwarfCursor) -> Bool? {
        let count = values.count
        switch operation {
        case 0x12, 0x14, 0x15:
            let depth = operation == 0x12 ? 0 : operation == 0x14 ? 1 : Int(cursor.u8())
            guard depth < count else { return false }
            values.append(values[count - 1 - depth])
        case 0x13: return values.popLast() != nil
        case 0x16:
            guard count >= 2 else { return false }
            values.swapAt(count - 1, count - 2)
        case 0x17:
            // The top becomes the third.
            guard count >= 3 else { return false }
            values.insert(values.removeLast(), at: count - 3)
        case 0x96: break
        default: return nil
        }
        return true
    }

    private mutating func unary(_ operation: UInt8) -> Bool? {
        guard operation == 0x06 || operation == 0x19 || operation == 0x1F || operation == 0x20
        else { return nil }
        guard let value = values.popLast() else { return false }
        switch operation {
        case 0x06:
            switch memory.word(at: value) {
            case .value(let word): values.append(word)
            case .cut:
                isCut = true
                return false
            case .elsewhere: return false
            }
        case 0x19: values.append(Int64(bitPattern: value).magnitude)
        case 0x1F: values.append(0 &- value)
        default: values.append(~value)
        }
        return true
    }

    private mutating func binary(_ operation: UInt8) -> Bool? {
        switch operation {
        case 0x1A...0x1E, 0x21, 0x22, 0x24...0x27, 0x29...0x2E: break
        default: return nil
        }
        guard values.count >= 2 else { return false }
        let right = values.removeLast()
        let left = values.removeLast()
        guard let result = Self.result(operation, left, right) else { return false }
        values.append(result)
        return true
    }

    private static func result(_ operation: UInt8, _ left: UInt64, _ right: UInt64) -> UInt64? {
        let (a, b) = (Int64(bitPattern: left), Int64(bitPattern: right))
        switch operation {
        case 0x1A: return left & right
        case 0x1B: return b == 0 ? nil : UInt64(bitPattern: a.dividedReportingOverflow(by: b).0)
        case 0x1C: return left &- right
        case 0x1D: return right == 0 ? nil : left % right
        case 0x1E: return left &* right
        case 0x21: return left | right
        case 0x22: return left &+ right
        // Shifts by 64 or more give 0, or the sign.
        case 0x24: return left << right
        case 0x25: return left >> right
        case 0x26: return UInt64(bitPattern: a >> right)
        case 0x27: return left ^ right
        case 0x29: return a == b ? 1 : 0
        case 0x2A: return a >= b ? 1 : 0
        case 0x2B: return a > b ? 1 : 0
        case 0x2C: return a <= b ? 1 : 0
        case 0x2D: return a < b ? 1 : 0
        default: return a != b ? 1 : 0
        }
    }

    /// An addition of a constant, and jumps.
    private mutating func jump(
        _ operation: UInt8, _ cursor: inout DwarfCursor, _ code: [UInt8]
    ) -> Bool? {
        switch operation {
        case 0x23:
            guard let value = values.popLast() else { return false }
            values.append(value &+ cursor.unsigned())
        case 0x28, 0x2F:
            let distance = Int(Int16(bitPattern: cursor.u16()))
            if operation == 0x28 {
                guard let condition = values.popLast() else { return false }
                if condition == 0 { return true }
            }
            let target = cursor.place + distance
            guard !cursor.isBroken, target >= 0, target <= code.count else { return false }
            cursor = DwarfCursor(code, target..<code.count)
        default: return nil
        }
        return true
    }
}
