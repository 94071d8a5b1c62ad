/// One record of a perf ring (perf_event_open(2), "MMAP layout"; include/uapi/linux/perf_event.h).
public enum PerfRecord: Hashable, Sendable {
    /// An event struck.
    case sample(PerfSample)
    /// So many records had no room in the ring.
    case lost(UInt64)
    /// A process, or a thread, was started.
    case fork(PerfTask)
    /// A thread ended.
    case exit(PerfTask)
    /// A process runs another program since (execve(2)).
    case executed(pid: Int32, tid: Int32, time: UInt64)
    /// A file was mapped so that it can be executed (PERF_RECORD_MMAP2).
    case mapped(PerfMapping)
    /// A record of no use here.
    case other(type: UInt32)
}

/// Who was started, or ended.
public struct PerfTask: Hashable, Sendable {
    /// Its process.
    public var pid: Int32
    /// The process that it was started by.
    public var parent: Int32
    /// Its thread.
    public var tid: Int32
    /// When, in nanoseconds of the clock that the events were opened with.
    public var time: UInt64

    /// Makes a start or an end.
    public init(pid: Int32, parent: Int32, tid: Int32, time: UInt64) {
        self.pid = pid
        self.parent = parent
        self.tid = tid
        self.time = time
    }
}

/// A file that was mapped into a process so that it can be executed.
public struct PerfMapping: Hashable, Sendable {
    /// The process.
    public var pid: Int32
    /// Where it was mapped.
    public var address: UInt64
    /// How many bytes.
    public var length: UInt64
    /// Which offset of the file is mapped there first.
    public var offset: UInt64
    /// The number of the file in its file system.
    public var inode: UInt64
    /// Its path below the root of the process; `//anon`, `[vdso]` and the like too.
    public var path: String
    /// When, in nanoseconds of the clock that the events were opened with.
    public var time: UInt64

    /// Makes a mapping.
    public init(
        pid: Int32, address: UInt64, length: UInt64, offset: UInt64, inode: UInt64, path: String,
        time: UInt64
    ) {
        self.pid = pid
        self.address = address
        self.length = length
        self.offset = offset
        self.inode = inode
        self.path = path
        self.time = time
    }
}

/// What a sample tells.
public struct PerfSample: Hashable, Sendable {
    /// Which event, by the number that the kernel gave it.
    public var identifier: UInt64
    /// The process, 0 or more; −1 for one that has ended or is outside our namespace.
    public var pid: Int32
    /// The thread.
    public var tid: Int32
    /// When, in nanoseconds of the clock that the events were opened with.
    public var time: UInt64
    /// Addresses of the stack in user space, innermost first; contexts are left out.
    public var callChain: [UInt64]
    /// What a tracepoint recorded, its common header included.
    public var raw: [UInt8]
    /// The registers that were asked for, lowest bit first; empty for a thread of the kernel.
    public var registers: [UInt64]
    /// Which registers those are, as the mask of `sample_regs_user`.
    public var registerMask: UInt64
    /// What lay at the stack pointer.
    public var stack: [UInt8]

    /// Makes a sample.
    public init(
        identifier: UInt64, pid: Int32, tid: Int32, time: UInt64, callChain: [UInt64] = [],
        raw: [UInt8] = [], registers: [UInt64] = [], registerMask: UInt64 = 0, stack: [UInt8] = []
    ) {
        self.identifier = identifier
        self.pid = pid
        self.tid = tid
        self.time = time
        self.callChain = callChain
        self.raw = raw
        self.registers = registers
        self.registerMask = registerMask
        self.stack = stack
    }

    /// The value of a register; nil when it was not asked for or is not told.
    public func register(_ register: PerfRegister) -> UInt64? {
        let bit: UInt64 = 1 << register.rawValue
        let place = (registerMask & (bit - 1)).nonzeroBitCount
        guard registerMask & bit != 0, registers.indices.contains(place) else { return nil }
        return registers[place]
    }
}

/// A register of x86-64, by its bit in masks (arch/x86/include/uapi/asm/perf_regs.h).
public enum PerfRegister: UInt64, Sendable, CaseIterable {
    /// RAX.
    case rax = 0
    /// RBX.
    case rbx = 1
    /// RCX.
    case rcx = 2
    /// RDX.
    case rdx = 3
    /// RSI.
    case rsi = 4
    /// RDI.
    case rdi = 5
    /// RBP, which many programs keep the frame in.
    case rbp = 6
    /// RSP, the stack pointer.
    case rsp = 7
    /// RIP, the instruction.
    case rip = 8
    /// R8.
    case r8 = 16
    /// R9.
    case r9 = 17
    /// R10.
    case r10 = 18
    /// R11.
    case r11 = 19
    /// R12.
    case r12 = 20
    /// R13.
    case r13 = 21
    /// R14, the goroutine in Go (internal/abi, ABIInternal).
    case r14 = 22
    /// R15.
    case r15 = 23

    /// The mask of several registers.
    public static func mask(_ registers: PerfRegister...) -> UInt64 {
        registers.reduce(0) { $0 | 1 << $1.rawValue }
    }
}

/// Which parts a sample has, in the kernel's order.
public struct PerfSampleLayout: Hashable, Sendable {
    /// Whether there is a call chain.
    public var hasCallChain: Bool
    /// Whether there is what a tracepoint recorded.
    public var hasRaw: Bool
    /// Which registers there are, as the mask of `sample_regs_user`; 0 for none.
    public var registers: UInt64
    /// Whether there is a part of the stack.
    public var hasStack: Bool

    /// Makes a layout.
    public init(hasCallChain: Bool, hasRaw: Bool, registers: UInt64 = 0, hasStack: Bool = false) {
        self.hasCallChain = hasCallChain
        self.hasRaw = hasRaw
        self.registers = registers
        self.hasStack = hasStack
    }

    /// The mask of `sample_type`: identifier, thread and time always.
    public var sampleType: UInt64 {
        // PERF_SAMPLE_TID 1 << 1, TIME 1 << 2, CALLCHAIN 1 << 5, RAW 1 << 10, REGS_USER 1 << 12,
        // STACK_USER 1 << 13, IDENTIFIER 1 << 16.
        var type: UInt64 = 1 << 16 | 1 << 1 | 1 << 2
        if hasCallChain { type |= 1 << 5 }
        if hasRaw { type |= 1 << 10 }
        if registers != 0 { type |= 1 << 12 }
        if hasStack { type |= 1 << 13 }
        return type
    }
}
