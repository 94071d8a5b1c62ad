public import KernelFormats

/// What an event of a trace is about.
public enum TraceRole: Hashable, Sendable {
    /// `raw_syscalls:sys_exit` of a call that opens, with its stack.
    case opening
    /// `raw_syscalls:sys_exit` of a call that duplicates.
    case duplication
    /// `raw_syscalls:sys_enter` of a call whose arguments are needed.
    case entry
    /// A goroutine asks for a connection that another one will dial: `(*Transport).queueForDial`.
    case goRequest
    /// A goroutine begins to dial for another one: `(*Transport).dialConnFor`.
    case goDial
}

/// Where a Go program dials for somebody else, as addresses while it runs.
public struct GoDialer: Hashable, Sendable {
    /// Where the function is that dials for others.
    public var dial: Range<UInt64>

    /// Makes the fact.
    public init(dial: Range<UInt64>) { self.dial = dial }
}

/// Turns the records of a trace into a ledger of who opened what; decisions only.
public struct TraceMachine {
    /// The ledger.
    public private(set) var ledger = OpenSiteLedger()
    /// The stacks that its numbers stand for.
    public private(set) var stacks = StackTable()
    /// How many events were taken.
    public private(set) var events = 0
    /// How many records had no room in the ring.
    public private(set) var lost: UInt64 = 0
    /// How many openings were put down to the goroutine that had asked for them.
    public private(set) var requested = 0
    /// How many were dialled for another goroutine that is not known.
    public private(set) var unrequested = 0
    /// Whether the first thread ended; others may live on.
    public private(set) var hasLeaderEnded = false
    /// What is outside of these times, in nanoseconds, is not taken: before, not every thread was
    /// attached yet, and after, another look told what is open.
    public var times: Range<UInt64> = 0..<UInt64.max
    /// How often it became another program.
    public private(set) var executions = 0

    private let pid: Int32
    private let calls: SystemCallNumbers
    private let dialer: GoDialer?
    private let missingCaller: @Sendable (_ address: UInt64, _ caller: UInt64) -> Bool
    private var pending: [Int32: (number: Int, arguments: [UInt64])] = [:]
    /// Which goroutine's stack asked for a connection, by the address of the request.
    private var requests: [UInt64: [UInt64]] = [:]
    /// The stack that a goroutine dials for, by the address of the goroutine.
    private var dialing: [UInt64: (request: UInt64, stack: [UInt64])] = [:]

    /// Requests that were never dialled are forgotten beyond so many.
    static let requestLimit = 100_000

    /// Makes a machine for one process.
    ///
    /// `missingCaller` says whether a word that lay at the stack pointer is where the innermost
    /// function returns to, which a function without a frame of its own leaves out of the chain.
    public init(
        pid: Int32, calls: SystemCallNumbers, dialer: GoDialer? = nil,
        missingCaller: @escaping @Sendable (_ address: UInt64, _ caller: UInt64) -> Bool
    ) {
        self.pid = pid
        self.calls = calls
        self.dialer = dialer
        self.missingCaller = missingCaller
    }

    /// Takes a record that is no sample.
    public mutating func take(_ record: PerfRecord) {
        switch record {
        case .lost(let count): lost += count
        case .executed(pid, _, _):
            executions += 1
            ledger.closeAll()
            pending = [:]
        case .exit(let task) where task.pid == pid && task.tid == pid: hasLeaderEnded = true
        case .sample, .fork, .exit, .executed, .other: break
        }
    }

    /// Takes a sample of an event.
    public mutating func take(_ sample: PerfSample, _ role: TraceRole) {
        // What another program opens in the same process is not named by the old one's functions.
        guard sample.pid == pid, times.contains(sample.time), executions == 0 else { return }
        events += 1
        switch role {
        case .opening:
            guard case .exit(let number, let result)? = SystemCallEvent(exit: sample.raw),
                result >= 0, let descriptor = Int32(exactly: result)
            else { return }
            let stack = stacks.identity(of: requester(of: sample))
            ledger.open(
                descriptor, stack: stack, at: sample.time, wasAccepted: number != calls.socket)
        case .entry: takeEntry(sample)
        case .duplication: takeDuplication(sample)
        case .goRequest:
            guard let request = sample.registers.first else { return }
            if requests.count >= Self.requestLimit { requests = [:] }
            var chain = stack(of: sample, atEntry: true)
            // Within a stack an address is where a call returns to: one behind the instruction.
            if !chain.isEmpty { chain[0] &+= 1 }
            requests[request] = chain
        case .goDial:
            // The registers that are asked for are BX and R14, in that order.
            guard sample.registers.count >= 2 else { return }
            takeDial(request: sample.registers[0], goroutine: sample.registers[1])
        }
    }

    private mutating func takeDial(request: UInt64, goroutine: UInt64) {
        if let asked = requests.removeValue(forKey: request) {
            dialing[goroutine] = (request, asked)
        } else if dialing[goroutine]?.request != request {
            dialing[goroutine] = nil
        }
        // The same again: a function whose stack has to grow begins anew (runtime.morestack).
    }

    private mutating func takeEntry(_ sample: PerfSample) {
        guard case .enter(let number, let arguments)? = SystemCallEvent(enter: sample.raw) else {
            return
        }
        if number == calls.close {
            // The number is free as soon as the call has begun, whatever it gives.
            ledger.close(Int32(truncatingIfNeeded: arguments[0]))
        } else if number == calls.closeRange {
            let (first, last) = (
                UInt32(truncatingIfNeeded: arguments[0]), UInt32(truncatingIfNeeded: arguments[1])
            )
            // CLOSE_RANGE_CLOEXEC closes at the next execve(2) only.
            guard first <= last, arguments[2] & 4 == 0 else { return }
            ledger.close(in: first...last)
        } else if number == calls.dup2 || number == calls.dup3 {
            // The new number is an argument; that the call fails is too rare to wait for its end.
            ledger.duplicate(
                Int32(truncatingIfNeeded: arguments[0]), as: Int32(truncatingIfNeeded: arguments[1])
            )
        } else {
            pending[sample.tid] = (number, arguments)
        }
    }

    private mutating func takeDuplication(_ sample: PerfSample) {
        guard case .exit(let number, let result)? = SystemCallEvent(exit: sample.raw),
            let entry = pending.removeValue(forKey: sample.tid), entry.number == number,
            result >= 0, let new = Int32(exactly: result)
        else { return }
        // F_DUPFD is 0, F_DUPFD_CLOEXEC 1030 (fcntl(2)); the other commands duplicate nothing.
        let command = entry.arguments[1] & 0xFFFF_FFFF
        guard number != calls.fcntl || command == 0 || command == 1_030 else { return }
        ledger.duplicate(Int32(truncatingIfNeeded: entry.arguments[0]), as: new)
    }

    // MARK: Stacks

    private mutating func requester(of sample: PerfSample) -> [UInt64] {
        let own = stack(of: sample, atEntry: false)
        guard let dialer, let place = own.firstIndex(where: dialer.dial.contains) else {
            return own
        }
        // R14 is the goroutine (internal/abi, ABIInternal).
        if let goroutine = sample.registers.last, let asked = dialing[goroutine] {
            requested += 1
            return Array(own[...place]) + asked.stack
        }
        unrequested += 1
        return own
    }

    /// The chain, with the caller that it lacks: at the entry of a function the word at the stack
    /// pointer is where it returns to, and the frame pointer is still that of the caller.
    private func stack(of sample: PerfSample, atEntry: Bool) -> [UInt64] {
        var chain = sample.callChain
        guard sample.stack.count >= 8, let first = chain.first else { return chain }
        let word = KernelInteger.u64(sample.stack.span, 0)
        if chain.count < 2 || chain[1] != word, atEntry || missingCaller(first, word) {
            chain.insert(word, at: 1)
        }
        return chain
    }
}
