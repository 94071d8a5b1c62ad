import CallSites
import Glibc
import KernelFormats
import LeakAnalysis
import LinuxKernel
import Measurements

/// Traces a process: opens the events, feeds the machine, and joins what survives with a look.
struct TraceSession {
    private let pid: Int32
    private var symbolizer: Symbolizer
    private var machine: TraceMachine
    private let wanted: [(role: TraceRole, event: PerfSession.Wanted)]
    private let goVersion: String?
    private let dialer: GoDialer?

    /// How often the rings are emptied.
    private static let pause = Duration.milliseconds(100)

    /// Prepares for a process; throws ``BlindFault`` when it may not be looked at, or is of another
    /// machine.
    init(pid: Int32) throws {
        self.pid = pid
        var symbolizer: Symbolizer
        let path: String
        do throws(KernelError) {
            let images = try ProcessImages(pid: pid)
            let program = try images.program()
            symbolizer = Symbolizer(
                mappings: MappedFile.executables(in: try images.mappings()), program: program
            ) { path in
                (try? ProcessImages(pid: pid))?.reader(of: path).flatMap { ELFImage(read: $0) }
            }
            path = images.path(of: program)
        } catch {
            throw ProcessArgument.fault(error, pid: pid)
        }
        guard symbolizer.isTraceable() else { throw TraceFault.otherMachine(pid) }
        goVersion = symbolizer.goVersion()
        let request = symbolizer.goFunction("net/http.(*Transport).queueForDial")
        let dial = symbolizer.goFunction("net/http.(*Transport).dialConnFor")
        dialer = request == nil ? nil : dial.map { GoDialer(dial: $0.range) }
        wanted = TraceEvents.wanted(
            request: dialer == nil ? nil : request?.offset,
            dial: dialer == nil ? nil : dial?.offset, program: path,
            streams: Self.streams(of: pid), limit: DescriptorLimit.raise())
        machine = TraceMachine(
            pid: pid, calls: .x86, dialer: dialer, missingCaller: Self.frameless(&symbolizer))
        self.symbolizer = symbolizer
    }

    /// How many events one tracepoint needs: one for each thread and processor.
    private static func streams(of pid: Int32) -> Int {
        let threads = (try? ProcessHandle(pid: pid).status().threads) ?? 1
        return threads * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// Where socket(2) is called without a frame of its own: in the C library, or in the program
    /// itself when that is linked statically.
    private static func frameless(
        _ symbolizer: inout Symbolizer
    ) -> @Sendable (_ address: UInt64, _ caller: UInt64) -> Bool {
        let mappings = symbolizer.mappings
        let libraries = mappings.filter { mapping in
            ["/libc.so", "/libc-", "/ld-musl"].contains { mapping.path.contains($0) }
        }
        .map(\.range)
        let linked = ["socket", "__socket"].compactMap { symbolizer.range(ofSymbol: $0) }
        return { address, word in
            (libraries + linked).contains { $0.contains(address) }
                && mappings.contains { $0.range.contains(word) }
        }
    }

    /// Traces for a time, until the process ends, or until a signal asks for the result.
    mutating func run(for length: Duration) throws -> TraceOutcome {
        let signals = try SignalPipe([SIGINT, SIGTERM, SIGHUP])
        let session: PerfSession
        do throws(KernelError) {
            session = try PerfSession(pid: pid, wanted: wanted.map(\.event))
        } catch {
            throw TraceFault.of(error, pid: pid)
        }
        machine.times = session.started..<UInt64.max
        StandardStreams.talk(
            "sockeye: tracing process \(pid) for \(DurationText.format(length)); Ctrl-C ends it")
        let clock = ContinuousClock()
        let start = clock.now
        while clock.now - start < length, machine.executions == 0, !hasEnded {
            let rest = length - (clock.now - start)
            if signals.next(within: min(Self.pause, rest)) != nil { break }
            feed(session.take())
        }
        let duration = clock.now - start
        if let maps = try? ProcessImages(pid: pid).mappings() {
            symbolizer.add(MappedFile.executables(in: maps))
        }
        // What happens from here on is not taken: the look shows the table as it is now.
        let end = PerfSession.now
        machine.times = session.started..<end
        let snapshot = hasEnded ? nil : look()
        session.stop()
        feed(session.take(all: true))
        return TraceOutcome(
            pid: pid, duration: duration, machine: machine, snapshot: snapshot,
            findings: hasEnded ? [] : findings(), symbolizer: symbolizer, end: end,
            coverage: coverage(session, snapshot))
    }

    /// Whether the process ended: its first thread may end before others.
    private var hasEnded: Bool {
        guard machine.hasLeaderEnded else { return false }
        return (try? ProcessHandle(pid: pid)) == nil
    }

    private func look() -> Snapshot? {
        guard var inventory = try? SocketInventory(pid: pid) else { return nil }
        return try? inventory.look()
    }

    private func findings() -> [Finding] {
        guard var inventory = try? SocketInventory(pid: pid),
            let snapshot = try? inventory.inspect()
        else { return [] }
        return LeakAnalyst.findings(in: snapshot)
    }

    private mutating func feed(_ entries: [PerfSession.Entry]) {
        for entry in entries {
            if case .sample(let sample) = entry.record, let place = entry.place {
                machine.take(sample, wanted[place].role)
            } else {
                machine.take(entry.record)
            }
        }
    }

    private func coverage(_ session: PerfSession, _ snapshot: Snapshot?) -> Coverage {
        var coverage = session.coverage
        if machine.lost > 0 {
            coverage.lacks("\(machine.lost) records that had no room in a ring")
        }
        if machine.stacks.overflows > 0 {
            coverage.lacks("the stacks of \(machine.stacks.overflows) sockets: there were too many")
        }
        if machine.executions > 0 {
            coverage.lacks("what it opened after it became another program: trace it again")
        }
        if machine.unrequested > 0 {
            coverage.lacks(
                "who had asked for \(machine.unrequested) connections: that was before the trace")
        }
        if goVersion != nil, dialer == nil {
            coverage.lacks(
                "who asks net/http for connections: this program has no net/http, or one whose "
                    + "functions are not where they are expected")
        }
        if snapshot == nil { coverage.lacks("states and peers: the process has ended") }
        return coverage
    }
}
