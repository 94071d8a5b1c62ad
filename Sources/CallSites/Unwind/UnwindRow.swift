/// How the caller's registers are found from those of a function at one of its instructions.
///
/// Registers have DWARF's numbers of x86-64 (System V ABI, AMD64 supplement, figure 3.36): 0 RAX,
/// 1 RDX, 2 RCX, 3 RBX, 4 RSI, 5 RDI, 6 RBP, 7 RSP, 8 to 15 R8 to R15, 16 the return address.
public struct UnwindRow: Hashable, Sendable {
    /// The canonical frame address: the stack pointer before the function was called.
    public enum FrameAddress: Hashable, Sendable {
        /// A register plus an offset in bytes.
        case register(UInt8, offset: Int64)
        /// What an expression of DWARF gives.
        case expression([UInt8])
    }

    /// Where the caller's value of a register is.
    public enum Rule: Hashable, Sendable {
        /// Nowhere: it is lost.
        case undefined
        /// In memory, so many bytes from the canonical frame address.
        case atOffset(Int64)
        /// It is the canonical frame address plus so many bytes.
        case isOffset(Int64)
        /// In another register.
        case register(UInt8)
        /// In memory, at the address that an expression gives.
        case atExpression([UInt8])
        /// It is what an expression gives.
        case isExpression([UInt8])
    }

    /// A register of the caller's that is not just what it is now.
    public struct Saved: Hashable, Sendable {
        /// Which, by DWARF's number.
        public var register: UInt8
        /// Where it is.
        public var rule: Rule

        /// Makes a rule of a register.
        public init(register: UInt8, rule: Rule) {
            self.register = register
            self.rule = rule
        }
    }

    /// The canonical frame address.
    public var frameAddress: FrameAddress
    /// The registers that changed, lowest first; every other has the caller's value still.
    public var saved: [Saved]
    /// The register that stands for the return address, 16 or less.
    public var returnRegister: UInt8
    /// Whether a signal interrupted the caller: it goes on at the return address itself, and has
    /// made no call before it.
    public var isSignalFrame: Bool

    /// Makes a row.
    public init(
        frameAddress: FrameAddress, saved: [Saved], returnRegister: UInt8 = 16,
        isSignalFrame: Bool = false
    ) {
        self.frameAddress = frameAddress
        self.saved = saved
        self.returnRegister = returnRegister
        self.isSignalFrame = isSignalFrame
    }

    /// The kernel's own frame of a signal, which a handler returns into: `struct rt_sigframe` of
    /// x86-64 behind its return address (arch/x86/include/asm/sigframe.h).
    ///
    /// `gregs` is 40 bytes into `ucontext_t` (sys/ucontext.h), in the order of these registers.
    static let signalReturn: UnwindRow = {
        let order: [UInt8] = [8, 9, 10, 11, 12, 13, 14, 15, 5, 4, 6, 3, 1, 0, 2, 7, 16]
        var saved: [Saved] = []
        for (index, register) in order.enumerated() {
            // DW_OP_breg7 and an offset of two bytes.
            let offset = 40 + 8 * index
            saved.append(
                Saved(
                    register: register,
                    rule: .atExpression([0x77, UInt8(offset & 0x7F) | 0x80, UInt8(offset >> 7)])))
        }
        saved.sort { $0.register < $1.register }
        // The interrupted stack pointer, 160 bytes in: DW_OP_breg7, DW_OP_deref.
        return UnwindRow(
            frameAddress: .expression([0x77, 0xA0, 0x01, 0x06]), saved: saved, isSignalFrame: true)
    }()
}
