public import KernelFormats

/// What an event of a trace is about.
public enum TraceRole: Hashable, Sendable {
    /// The end of a call that opens, with its stack.
    case opening
    /// The end of a call that duplicates.
    case duplication
    /// The beginning of a call whose arguments are needed.
    case entry
    /// A goroutine asks for a connection that another one will dial: `(*Transport).queueForDial`,
    /// with the request in BX.
    case goRequest
    /// A goroutine starts another one that will dial for it: a call of `runtime.newproc` in
    /// `(*sysDialer).dialParallel`, with what is started in AX.
    case goSpawn
    /// Such a goroutine begins, with what was started in DX, and itself in R14.
    case goStart
}

/// Turns the records of one process into a ledger of who opened what; decisions only.
public struct TraceMachine {
    /// The ledger.
    public private(set) var ledger: OpenSiteLedger
    /// The stacks that its numbers stand for.
    public private(set) var stacks = StackTable()
    /// How many events were taken.
    public private(set) var events = 0
    /// How many openings were put down to the goroutine that had asked for them.
    public private(set) var requested = 0
    /// How many were dialled for another goroutine that is not known.
    public private(set) var unrequested = 0
    /// How often it became another program.
    public private(set) var executions = 0
    /// Whether its first thread ended; others may live on.
    public private(set) var hasLeaderEnded = false
    /// Where a Go program dials for other goroutines; nil for any other program.
    public var dialing: GoDialing?

    private let calls: SystemCallNumbers
    private var pending: [Int32: (number: Int, arguments: [UInt64])] = [:]
    private var requests = GoRequests()
    private var racers = GoRacers()

    /// Makes a machine for one process.
    public init(process: Int32, calls: SystemCallNumbers) {
        self.calls = calls
        ledger = OpenSiteLedger(process: process)
    }

    /// Makes the machine of a process that was just forked by another one.
    public init(process: Int32, heirOf parent: TraceMachine) {
        calls = parent.calls
        ledger = OpenSiteLedger(process: process, heirOf: parent.ledger)
        stacks = parent.stacks
        executions = parent.executions
        dialing = parent.dialing
    }

    /// The process runs another program from now on.
    public mutating func execute() {
        executions += 1
        ledger.execute()
        stacks.execute()
        pending = [:]
        requests = GoRequests()
        dialing = nil
        racers = GoRacers()
    }

    /// The first thread ended.
    public mutating func endLeader() { hasLeaderEnded = true }

    /// Takes a sample of an event of this process; `chain` gives its call stack, innermost first.
    public mutating func take(
        _ sample: PerfSample, _ role: TraceRole, chain: (_ sample: PerfSample) -> [UInt64]
    ) {
        events += 1
        switch role {
        case .opening:
            guard case .exit(let number, let result)? = SystemCallEvent(exit: sample.raw),
                result >= 0, let descriptor = Int32(exactly: result)
            else { return }
            let stack = stacks.identity(of: requester(of: sample, chain(sample)))
            ledger.open(
                descriptor, stack: stack, at: sample.time, wasAccepted: number != calls.socket)
        case .entry: takeEntry(sample)
        case .duplication: takeDuplication(sample)
        case .goRequest:
            guard let request = sample.register(.rbx) else { return }
            requests.add(request, Self.asCaller(chain(sample)))
        case .goSpawn:
            guard let started = sample.register(.rax) else { return }
            racers.spawn(started, requester(of: sample, Self.asCaller(chain(sample))))
        case .goStart:
            guard let started = sample.register(.rdx), let goroutine = sample.register(.r14) else {
                return
            }
            racers.start(started, as: goroutine)
        }
    }

    /// Within a stack an address is where a call returns to: one behind the instruction.
    private static func asCaller(_ chain: [UInt64]) -> [UInt64] {
        var chain = chain
        if !chain.isEmpty { chain[0] &+= 1 }
        return chain
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

    /// The stack that a socket is put down to: where a goroutine dialled for another one, that
    /// goes on with the stack of who had asked.
    private mutating func requester(of sample: PerfSample, _ own: [UInt64]) -> [UInt64] {
        guard let dialing else { return own }
        if let place = own.lastIndex(where: { address in
            dialing.racers.contains { $0.contains(address) }
        }) {
            guard let goroutine = sample.register(.r14), let asked = racers[goroutine] else {
                unrequested += 1
                return own
            }
            requested += 1
            return Array(own[...place]) + asked
        }
        guard let dialer = dialing.dial, let place = own.firstIndex(where: dialer.contains) else {
            return own
        }
        let words = StackWords(sample).frame(of: dialer)
        guard let asked = requests.latest(among: words) else {
            unrequested += 1
            return own
        }
        requested += 1
        return Array(own[...place]) + asked
    }
}
