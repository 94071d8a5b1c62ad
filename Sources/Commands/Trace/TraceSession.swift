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

    /// Prepares for a process; throws ``BlindFault`` when it may not be looked at.
    init(pid: Int32) throws {
        self.pid = pid
        do throws(KernelError) {
            let images = try ProcessImages(pid: pid)
            let mappings = MappedFile.executables(in: try images.mappings())
            let program = try images.program()
            symbolizer = Symbolizer(mappings: mappings, program: program) { path in
                (try? ProcessImages(pid: pid))?.reader(of: path).flatMap { ELFImage(read: $0) }
            }
            goVersion = symbolizer.goVersion()
            let request = symbolizer.goFunction("net/http.(*Transport).queueForDial")
            let dial = symbolizer.goFunction("net/http.(*Transport).dialConnFor")
            dialer = request == nil ? nil : dial.map { GoDialer(dial: $0.range) }
            wanted = TraceEvents.wanted(
                request: request?.offset, dial: dialer == nil ? nil : dial?.offset,
                program: images.path(of: program))
            let libraries = mappings.filter {
                $0.path.contains("/libc.so") || $0.path.contains("/libc-")
            }
            machine = TraceMachine(pid: pid, calls: .x86, dialer: dialer) { address, word in
                libraries.contains { $0.range.contains(address) }
                    && mappings.contains { $0.range.contains(word) }
            }
        } catch {
            throw ProcessArgument.fault(error, pid: pid)
        }
    }

    /// Traces for a time, until the process ends, or until a signal asks for the result.
    mutating func run(for length: Duration) throws -> TraceOutcome {
        let signals = try SignalPipe([SIGINT, SIGTERM, SIGHUP])
        DescriptorLimit.raise()
        let session: PerfSession
        do throws(KernelError) {
            session = try PerfSession(pid: pid, wanted: wanted.map(\.event))
        } catch {
            throw TraceFault.of(error, pid: pid)
        }
        StandardStreams.talk(
            "sockeye: tracing process \(pid) for \(DurationText.format(length)); Ctrl-C ends it")
        let clock = ContinuousClock()
        let start = clock.now
        while clock.now - start < length, !machine.hasEnded {
            let rest = length - (clock.now - start)
            if signals.next(within: min(Self.pause, rest)) != nil { break }
            feed(session.take())
        }
        let duration = clock.now - start
        // The look comes before the events end, so that what it shows is in the ledger.
        let snapshot = machine.hasEnded ? nil : look()
        session.stop()
        feed(session.take(all: true))
        return TraceOutcome(
            pid: pid, duration: duration, machine: machine, snapshot: snapshot,
            goVersion: goVersion, dialer: dialer, symbolizer: symbolizer, end: PerfSession.now)
    }

    private func look() -> Snapshot? {
        guard var inventory = try? SocketInventory(pid: pid) else { return nil }
        return try? inventory.inspect()
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
}

/// Which events a trace wants.
enum TraceEvents {
    // PERF_REG_X86_BX is 1, PERF_REG_X86_R14 is 22 (arch/x86/include/uapi/asm/perf_regs.h).
    private static let goroutine: UInt64 = 1 << 22
    private static let request: UInt64 = 1 << 1

    static func wanted(
        request: UInt64?, dial: UInt64?, program: String
    ) -> [(role: TraceRole, event: PerfSession.Wanted)] {
        let calls = SystemCallNumbers.x86
        func filter(_ numbers: [Int]) -> String {
            numbers.map { "id == \($0)" }.joined(separator: " || ")
        }
        var wanted: [(role: TraceRole, event: PerfSession.Wanted)] = [
            (
                .opening,
                PerfSession.Wanted(
                    .tracepoint("raw_syscalls/sys_exit", filter: filter(calls.openings)),
                    layout: PerfSampleLayout(
                        hasCallChain: true, hasRaw: true, registers: goroutine, hasStack: true),
                    stack: 8)
            ),
            (
                .duplication,
                PerfSession.Wanted(
                    .tracepoint("raw_syscalls/sys_exit", filter: filter(calls.duplications)),
                    layout: PerfSampleLayout(hasCallChain: false, hasRaw: true))
            ),
            (
                .entry,
                PerfSession.Wanted(
                    .tracepoint("raw_syscalls/sys_enter", filter: filter(calls.entries)),
                    layout: PerfSampleLayout(hasCallChain: false, hasRaw: true))
            ),
        ]
        guard let request, let dial else { return wanted }
        wanted.append(
            (
                .goRequest,
                PerfSession.Wanted(
                    .uprobe(path: program, offset: request),
                    layout: PerfSampleLayout(
                        hasCallChain: true, hasRaw: false, registers: Self.request, hasStack: true),
                    stack: 8)
            ))
        wanted.append(
            (
                .goDial,
                PerfSession.Wanted(
                    .uprobe(path: program, offset: dial),
                    layout: PerfSampleLayout(
                        hasCallChain: false, hasRaw: false, registers: Self.request | goroutine))
            ))
        return wanted
    }
}

/// Why a process could not be traced.
enum TraceFault {
    static func of(_ error: KernelError, pid: Int32) -> any Error {
        if error.isPermission {
            return BlindFault(
                message:
                    "may not trace process \(pid) (\(error)): run as root, or with CAP_PERFMON, "
                    + "CAP_SYS_PTRACE and CAP_SYS_ADMIN (for tracefs)")
        }
        if error.code == EMFILE || error.code == ENFILE {
            return BlindFault(
                message:
                    "process \(pid) has so many threads that there are too few descriptors for "
                    + "its events: three for each thread and processor; raise the limit (ulimit -n)"
            )
        }
        if error.code == ESRCH { return ProcessArgument.fault(error, pid: pid) }
        return BlindFault(message: "could not trace process \(pid): \(error)")
    }
}
