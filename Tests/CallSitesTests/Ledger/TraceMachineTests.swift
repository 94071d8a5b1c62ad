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
        _ raw: [UInt8] = [], chain: [UInt64] = [], registers: [PerfRegister: UInt64] = [:],
        stack: [UInt8] = [], tid: Int32 = 1
    ) -> PerfSample {
        let inOrder = registers.sorted { $0.key.rawValue < $1.key.rawValue }
        return PerfSample(
            identifier: 0, pid: pid, tid: tid, time: 1, callChain: chain, raw: raw,
            registers: inOrder.map(\.value),
            registerMask: inOrder.reduce(0) { $0 | 1 << $1.key.rawValue }, stack: stack)
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

    /// A machine with samples whose chains are the kernel's.
    private struct Machine {
        var inner = TraceMachine(process: pid, calls: .x86)

        mutating func take(_ sample: PerfSample, _ role: TraceRole) {
            inner.take(sample, role) { sample in
                role == .goRequest ? StackReader.chainAtEntry(of: sample) : sample.callChain
            }
        }

        var open: [Int32] { inner.ledger.survivors.map(\.descriptor) }

        func stack(of descriptor: Int32) -> [UInt64] {
            let survivor = inner.ledger.survivors.first { $0.descriptor == descriptor }
            return inner.stacks[survivor?.stack ?? 0]
        }
    }

    @Test func `Calls that failed, and those of others, open nothing`() {
        var machine = Machine()
        machine.take(Self.sample(Self.exit(41, -24), chain: [1]), .opening)
        #expect(machine.open.isEmpty && machine.inner.events == 1)
        machine.take(Self.sample(Self.exit(41, 5), chain: [1]), .opening)
        machine.take(Self.sample(Self.exit(288, 6), chain: [2]), .opening)
        #expect(machine.open == [5, 6])
        #expect(machine.inner.ledger.survivors.map(\.wasAccepted) == [false, true])
    }

    @Test func `Closes, ranges and duplicates are followed`() {
        var machine = Machine()
        for number in 5...9 {
            machine.take(Self.sample(Self.exit(41, number), chain: [1]), .opening)
        }
        machine.take(Self.sample(Self.enter(3, 5)), .entry)
        machine.take(Self.sample(Self.enter(436, 6, 7, 4)), .entry)
        #expect(machine.open == [6, 7, 8, 9], "CLOSE_RANGE_CLOEXEC closes nothing now")
        machine.take(Self.sample(Self.enter(436, 6, 7)), .entry)
        #expect(machine.open == [8, 9])
        // fcntl with another command, then F_DUPFD_CLOEXEC, then dup2 over what is open.
        machine.take(Self.sample(Self.enter(72, 8, 3)), .entry)
        machine.take(Self.sample(Self.exit(72, 2)), .duplication)
        machine.take(Self.sample(Self.enter(72, 8, 1_030, 10)), .entry)
        machine.take(Self.sample(Self.exit(72, 10)), .duplication)
        machine.take(Self.sample(Self.enter(3, 8)), .entry)
        #expect(machine.open == [9, 10])
        // One that fails changes nothing.
        machine.take(Self.sample(Self.enter(33, 999, 9)), .entry)
        machine.take(Self.sample(Self.exit(33, -9)), .duplication)
        #expect(machine.open == [9, 10])
        machine.take(Self.sample(Self.enter(33, 10, 9)), .entry)
        machine.take(Self.sample(Self.exit(33, 9)), .duplication)
        #expect(machine.open == [9], "9 is what 10 is, and what it was is closed")
        machine.take(Self.sample(Self.enter(3, 10)), .entry)
        machine.take(Self.sample(Self.enter(3, 9)), .entry)
        #expect(machine.open.isEmpty)
    }

    @Test func `Two threads' calls are not mixed up`() {
        var machine = Machine()
        machine.take(Self.sample(Self.exit(41, 5), chain: [1]), .opening)
        machine.take(Self.sample(Self.enter(32, 5), tid: 1), .entry)
        machine.take(Self.sample(Self.enter(32, 99), tid: 2), .entry)
        machine.take(Self.sample(Self.exit(32, 6), tid: 1), .duplication)
        machine.take(Self.sample(Self.exit(32, 7), tid: 2), .duplication)
        machine.take(Self.sample(Self.enter(3, 5)), .entry)
        #expect(machine.open == [6])
    }

    /// A stack of which the frames at 0x1000 and 0x1040 are of functions that end within 0x1100, and
    /// the words of the second one are given.
    private static func dialStack(_ words: UInt64...) -> [UInt8] {
        // At 0x1000 the frame pointer's word and what is returned to, then the frame of the function
        // at 0x5500, which ends at 0x1040.
        var stack: [UInt64] = [0x1040, 0x5500] + words
        stack += [UInt64](repeating: 0, count: 8 - stack.count)
        stack += [0x1080, 0x7000, 0, 0, 0, 0, 0, 0]
        return stack.flatMap { Self.words($0) }
    }

    private static let frame: [PerfRegister: UInt64] = [.rsp: 0x1000, .rbp: 0x1000]

    @Test func `A connection is put down to the goroutine that asked for it`() {
        var machine = Machine()
        machine.inner.dialing = GoDialing(dial: Self.dialRange)
        let request: UInt64 = 0xC000
        // The function that is entered, and what it returns to, which the chain lacks.
        machine.take(
            Self.sample(
                chain: [0x4000, 0x3000], registers: [.rbx: request], stack: Self.words(0x3500)),
            .goRequest)
        let chain: [UInt64] = [0x1, 0x5500, 0x7000]
        machine.take(
            Self.sample(
                Self.exit(41, 5), chain: chain, registers: Self.frame,
                stack: Self.dialStack(1, request, 2)), .opening)
        #expect(machine.stack(of: 5) == [0x1, 0x5500, 0x4001, 0x3500, 0x3000])
        #expect(machine.inner.requested == 1 && machine.inner.unrequested == 0)
        // Both families of addresses are dialled for one request; the latest request of several
        // counts, since others lie there from earlier.
        machine.take(
            Self.sample(
                chain: [0x4000, 0x3900], registers: [.rbx: 0xC100], stack: Self.words(0x3600)),
            .goRequest)
        machine.take(
            Self.sample(
                Self.exit(41, 6), chain: chain, registers: Self.frame,
                stack: Self.dialStack(request, 0xC100)), .opening)
        #expect(machine.stack(of: 6).last == 0x3900)
        machine.take(
            Self.sample(
                Self.exit(41, 7), chain: chain, registers: Self.frame,
                stack: Self.dialStack(request)), .opening)
        #expect(machine.stack(of: 7).last == 0x3000)
        // The request was before the trace began, or lies outside of the frame.
        for (number, stack) in [(8, Self.dialStack(0xD000)), (9, Self.words(0x1040, request))] {
            machine.take(
                Self.sample(
                    Self.exit(41, number), chain: chain, registers: Self.frame, stack: stack),
                .opening)
            #expect(machine.stack(of: Int32(number)) == chain)
        }
        #expect(machine.inner.unrequested == 2)
        // A goroutine that dials for nobody else: its own stack counts.
        machine.take(
            Self.sample(
                Self.exit(41, 10), chain: [0x1, 0x8000], registers: Self.frame,
                stack: Self.dialStack(request)), .opening)
        #expect(machine.stack(of: 10) == [0x1, 0x8000])
    }

    @Test func `Goroutines that dial both families at once are put down to who started them`() {
        var machine = Machine()
        machine.inner.dialing = GoDialing(dial: Self.dialRange, racers: [0x9000..<0x9100])
        machine.take(
            Self.sample(chain: [0x2000, 0x3000], registers: [.rax: 0xF1]), .goSpawn)
        // Another closure begins with the same function, and the right one twice.
        machine.take(Self.sample(registers: [.rdx: 0xF9, .r14: 0xA2]), .goStart)
        for _ in 0..<2 { machine.take(Self.sample(registers: [.rdx: 0xF1, .r14: 0xA1]), .goStart) }
        let chain: [UInt64] = [0x1, 0x8000, 0x9040, 0x7000]
        for (number, goroutine) in [(5, 0xA1), (6, 0xA2)] as [(Int, UInt64)] {
            machine.take(
                Self.sample(Self.exit(41, number), chain: chain, registers: [.r14: goroutine]),
                .opening)
        }
        #expect(machine.stack(of: 5) == [0x1, 0x8000, 0x9040, 0x2001, 0x3000])
        #expect(machine.stack(of: 6) == chain)
        #expect(machine.inner.requested == 1 && machine.inner.unrequested == 1)
    }

    @Test func `Another program has no calls under way, and no requests`() {
        var machine = Machine()
        machine.inner.dialing = GoDialing(dial: Self.dialRange)
        machine.take(Self.sample(Self.exit(41, 5), chain: [1]), .opening)
        machine.take(Self.sample(Self.enter(32, 5)), .entry)
        machine.take(Self.sample(chain: [0x4000], registers: [.rbx: 0xC000]), .goRequest)
        machine.inner.execute()
        machine.take(Self.sample(Self.exit(32, 6)), .duplication)
        #expect(machine.open == [5] && machine.inner.dialing == nil)
        machine.inner.dialing = GoDialing(dial: Self.dialRange)
        machine.take(
            Self.sample(
                Self.exit(41, 7), chain: [0x5500], registers: Self.frame,
                stack: Self.dialStack(0xC000)), .opening)
        #expect(machine.inner.unrequested == 1)
    }
}
