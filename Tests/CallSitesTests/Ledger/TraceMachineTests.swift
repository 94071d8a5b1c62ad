import CallSites
import KernelFormats
import TestWorlds
import Testing

/// Records of a trace become a ledger.
@Suite struct TraceMachineTests {
    private static let pid: Int32 = 100
    private static let dialRange: Range<UInt64> = 0x5000..<0x6000

    private static func words(_ values: UInt64...) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values { KernelInteger.append(value, to: &bytes) }
        return bytes
    }

    private static func sample(
        _ raw: [UInt8] = [], chain: [UInt64] = [], registers: [UInt64] = [], stack: [UInt8] = [],
        tid: Int32 = 1, pid: Int32 = pid
    ) -> PerfSample {
        PerfSample(
            identifier: 0, pid: pid, tid: tid, time: 1, callChain: chain, raw: raw,
            registers: registers, stack: stack)
    }

    private static func exit(_ number: Int, _ result: Int) -> [UInt8] {
        words(0, UInt64(number), UInt64(bitPattern: Int64(result)))
    }

    private static func enter(
        _ number: Int, _ first: UInt64, _ second: UInt64 = 0, _ third: UInt64 = 0
    )
        -> [UInt8]
    {
        words(0, UInt64(number), first, second, third, 0, 0, 0)
    }

    private static func machine(
        missing: @escaping @Sendable (UInt64, UInt64) -> Bool = { _, _ in false }
    ) -> TraceMachine {
        TraceMachine(
            pid: pid, calls: .x86, dialer: GoDialer(dial: dialRange), missingCaller: missing)
    }

    private static func open(_ machine: TraceMachine) -> [Int32] {
        machine.ledger.survivors.map(\.descriptor)
    }

    @Test func `Calls that failed, and those of others, open nothing`() {
        var machine = Self.machine()
        machine.take(Self.sample(Self.exit(41, -24), chain: [1]), .opening)
        machine.take(Self.sample(Self.exit(41, 5), chain: [1], pid: 7), .opening)
        #expect(Self.open(machine).isEmpty && machine.events == 1)
        machine.take(Self.sample(Self.exit(41, 5), chain: [1]), .opening)
        machine.take(Self.sample(Self.exit(288, 6), chain: [2]), .opening)
        #expect(Self.open(machine) == [5, 6])
        #expect(machine.ledger.survivors.map(\.wasAccepted) == [false, true])
    }

    @Test func `Closes, ranges and duplicates are followed`() {
        var machine = Self.machine()
        for number in 5...9 {
            machine.take(Self.sample(Self.exit(41, number), chain: [1]), .opening)
        }
        machine.take(Self.sample(Self.enter(3, 5)), .entry)
        machine.take(Self.sample(Self.enter(436, 6, 7, 4)), .entry)
        #expect(Self.open(machine) == [6, 7, 8, 9], "CLOSE_RANGE_CLOEXEC closes nothing now")
        machine.take(Self.sample(Self.enter(436, 6, 7)), .entry)
        #expect(Self.open(machine) == [8, 9])
        // fcntl with another command, then F_DUPFD_CLOEXEC, then dup2 over what is open.
        machine.take(Self.sample(Self.enter(72, 8, 3)), .entry)
        machine.take(Self.sample(Self.exit(72, 2)), .duplication)
        machine.take(Self.sample(Self.enter(72, 8, 1_030, 10)), .entry)
        machine.take(Self.sample(Self.exit(72, 10)), .duplication)
        machine.take(Self.sample(Self.enter(3, 8)), .entry)
        #expect(Self.open(machine) == [9, 10])
        machine.take(Self.sample(Self.enter(33, 10, 9)), .entry)
        #expect(Self.open(machine) == [9], "9 is what 10 is, and what it was is closed")
        machine.take(Self.sample(Self.enter(3, 10)), .entry)
        machine.take(Self.sample(Self.enter(3, 9)), .entry)
        #expect(Self.open(machine).isEmpty)
    }

    @Test func `What is outside of the times is not taken`() {
        var machine = Self.machine()
        machine.times = 2..<3
        machine.take(Self.sample(Self.exit(41, 5), chain: [1]), .opening)
        #expect(Self.open(machine).isEmpty && machine.events == 0)
        machine.times = 1..<2
        machine.take(Self.sample(Self.exit(41, 5), chain: [1]), .opening)
        #expect(Self.open(machine) == [5])
    }

    @Test func `Two threads' calls are not mixed up`() {
        var machine = Self.machine()
        machine.take(Self.sample(Self.exit(41, 5), chain: [1]), .opening)
        machine.take(Self.sample(Self.enter(32, 5), tid: 1), .entry)
        machine.take(Self.sample(Self.enter(32, 99), tid: 2), .entry)
        machine.take(Self.sample(Self.exit(32, 6), tid: 1), .duplication)
        machine.take(Self.sample(Self.exit(32, 7), tid: 2), .duplication)
        machine.take(Self.sample(Self.enter(3, 5)), .entry)
        #expect(Self.open(machine) == [6])
    }

    @Test func `A connection is put down to the goroutine that asked for it`() {
        var machine = Self.machine()
        let request: UInt64 = 0xC000
        // The function that is entered, and what it returns to, which the chain lacks.
        machine.take(
            Self.sample(
                chain: [0x4000, 0x3000], registers: [request], stack: Self.words(0x3500)),
            .goRequest)
        machine.take(Self.sample(registers: [request, 0xAB]), .goDial)
        // Its stack has to grow: the function begins anew, and its entry is met again.
        machine.take(Self.sample(registers: [request, 0xAB]), .goDial)
        machine.take(
            Self.sample(Self.exit(41, 5), chain: [0x1, 0x5500, 0x7000], registers: [0xAB]), .opening
        )
        let stack = machine.stacks[machine.ledger.survivors[0].stack]
        #expect(stack == [0x1, 0x5500, 0x4001, 0x3500, 0x3000])
        #expect(machine.requested == 1 && machine.unrequested == 0)
        // Another goroutine that dials, whose request was before the trace began.
        machine.take(
            Self.sample(Self.exit(41, 6), chain: [0x1, 0x5500, 0x7000], registers: [0xCD]), .opening
        )
        #expect(machine.unrequested == 1)
        // The same goroutine later dials for nobody else: its own stack counts.
        machine.take(
            Self.sample(Self.exit(41, 7), chain: [0x1, 0x8000], registers: [0xAB]), .opening)
        let own = machine.ledger.survivors.first { $0.descriptor == 7 }
        #expect(own.map { machine.stacks[$0.stack] } == [0x1, 0x8000])
    }

    @Test func `The caller of a function without a frame is put back`() {
        var machine = Self.machine { address, word in address == 0x10 && word == 0x20 }
        func stack(_ number: Int, _ chain: [UInt64], _ word: UInt64) -> [UInt64] {
            machine.take(
                Self.sample(Self.exit(41, number), chain: chain, stack: Self.words(word)), .opening)
            return machine.stacks[
                machine.ledger.survivors.first { $0.descriptor == number }?.stack ?? 0]
        }
        #expect(stack(5, [0x10, 0x30], 0x20) == [0x10, 0x20, 0x30])
        #expect(stack(6, [0x10, 0x20, 0x30], 0x20) == [0x10, 0x20, 0x30])
        #expect(stack(7, [0x11, 0x30], 0x20) == [0x11, 0x30])
        #expect(stack(8, [0x10], 0x99) == [0x10])
    }

    @Test func `The end, another program and lost records are noticed`() {
        var machine = Self.machine()
        machine.take(Self.sample(Self.exit(41, 5), chain: [1]), .opening)
        machine.take(.lost(3))
        machine.take(.executed(pid: 9, tid: 9, time: 1))
        #expect(machine.lost == 3 && machine.executions == 0 && Self.open(machine) == [5])
        machine.take(.executed(pid: Self.pid, tid: Self.pid, time: 1))
        #expect(machine.executions == 1 && Self.open(machine).isEmpty)
        machine.take(Self.sample(Self.exit(41, 6), chain: [1]), .opening)
        #expect(Self.open(machine).isEmpty, "another program's functions are not this one's")
        #expect(!machine.hasLeaderEnded)
        machine.take(.exit(PerfTask(pid: Self.pid, parent: 1, tid: 3, time: 1)))
        #expect(!machine.hasLeaderEnded, "a thread ended")
        machine.take(.exit(PerfTask(pid: Self.pid, parent: 1, tid: Self.pid, time: 1)))
        #expect(machine.hasLeaderEnded)
    }
}
