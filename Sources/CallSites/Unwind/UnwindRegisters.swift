import KernelFormats

/// The registers of a thread of which some are known, by DWARF's numbers of x86-64.
///
/// 0 RAX, 1 RDX, 2 RCX, 3 RBX, 4 RSI, 5 RDI, 6 RBP, 7 RSP, 8 to 15 R8 to R15, 16 the address of
/// the instruction.
public struct UnwindRegisters: Sendable {
    private var values = InlineArray<17, UInt64>(repeating: 0)
    private var known: UInt32 = 0

    /// Makes registers of which none is known.
    public init() {}

    /// Takes the registers of a sample: those of a mask of `sample_regs_user`, lowest bit first
    /// (arch/x86/include/uapi/asm/perf_regs.h).
    ///
    /// Flags and segments are passed over, and values that are missing are unknown.
    public init(perfMask mask: UInt64, values: [UInt64]) {
        var next = 0
        for bit in 0..<64 where mask & 1 << UInt64(bit) != 0 {
            guard next < values.count else { return }
            if let register = Self.register(ofPerf: bit) { self[register] = values[next] }
            next += 1
        }
    }

    /// DWARF's number of perf's: AX, BX, CX, DX, SI, DI, BP, SP, IP, six others, R8 to R15.
    private static func register(ofPerf bit: Int) -> Int? {
        switch bit {
        case 0: 0
        case 1: 3
        case 2: 2
        case 3: 1
        case 4...7: bit
        case 8: 16
        case 16...23: bit - 8
        default: nil
        }
    }

    /// The value of a register, 0 to 16; nil when it is not known, and for any other number.
    public subscript(_ register: Int) -> UInt64? {
        get {
            guard register >= 0, register <= 16, known & 1 << UInt32(register) != 0 else {
                return nil
            }
            return values[register]
        }
        set {
            guard register >= 0, register <= 16 else { return }
            values[register] = newValue ?? 0
            if newValue == nil {
                known &= ~(1 << UInt32(register))
            } else {
                known |= 1 << UInt32(register)
            }
        }
    }
}

/// The part of a thread's stack that was copied.
struct StackCopy {
    let base: UInt64
    let bytes: [UInt8]

    /// What is at an address of memory.
    enum Word {
        case value(UInt64)
        /// Above the copy.
        case cut
        /// Below the copy: it is no address of this stack.
        case elsewhere
    }

    func word(at address: UInt64) -> Word {
        guard address >= base else { return .elsewhere }
        guard bytes.count >= 8, address - base <= UInt64(bytes.count - 8) else { return .cut }
        return .value(KernelInteger.u64(bytes.span, Int(address - base)))
    }
}
