import CallSites
import Glibc
import KernelFormats
import LinuxKernel

/// Which events a trace wants.
struct TraceEvents {
    /// What each is about, and the event; the place of each is that of its samples.
    let wanted: [(role: TraceRole, event: PerfSession.Wanted)]
    /// The place of the samples of each kind of uprobe, which are set for each program by itself.
    let places: [TraceRole: Int]

    /// What unwinding starts from, and what a Go program keeps its goroutine in.
    private static let registers = PerfRegister.mask(
        .rbx, .rbp, .rsp, .rip, .r12, .r13, .r14, .r15)

    private static let openingLayout = PerfSampleLayout(
        hasCallChain: true, hasRaw: true, registers: registers, hasStack: true)
    private static let plainLayout = PerfSampleLayout(hasCallChain: false, hasRaw: true)

    /// The bytes of stack of each opening.
    ///
    /// A goroutine of Go that dials has 4 KiB down to where it began (Go 1.21 to 1.27); programs
    /// that are unwound have deeper stacks, and above what is copied go on by frame pointers.
    private static let goStack: UInt32 = 8_192
    private static let nativeStack: UInt32 = 16_384
    /// Of accepting, which servers do much more often, and in functions that are not deep.
    private static let acceptStack: UInt32 = 4_096

    /// The events for processes of so many threads, times processors.
    ///
    /// The tracepoints of single calls cost nothing where other calls are made, and take four
    /// descriptors for each thread and processor; those of all calls take three.
    ///
    /// What a program of Python asks for is read from it while it does so: such samples wake us.
    init(isGo: Bool, isPython: Bool, streams: Int, limit: Int) {
        let stack = isGo ? Self.goStack : Self.nativeStack
        let single = Self.single(stack, isUrgent: isPython)
        var wanted =
            streams * 4 <= limit / 2 ? single : Self.all(stack, isUrgent: isPython)
        var places: [TraceRole: Int] = [:]
        for role in [.goRequest, .goSpawn, .goStart] as [TraceRole] {
            places[role] = wanted.count
            wanted.append((role, Self.probe(role, path: "", offset: 0)))
        }
        self.places = places
        self.wanted = wanted
    }

    /// A uprobe of a Go program.
    static func probe(_ role: TraceRole, path: String, offset: UInt64) -> PerfSession.Wanted {
        let isStart = role == .goStart
        let registers =
            switch role {
            case .goStart: PerfRegister.mask(.rdx, .r14)
            case .goSpawn: PerfRegister.mask(.rax, .rbp, .rsp)
            default: PerfRegister.mask(.rbx, .rsp)
            }
        return PerfSession.Wanted(
            .uprobe(path: path, offset: offset),
            layout: PerfSampleLayout(
                hasCallChain: !isStart, hasRaw: false, registers: registers, hasStack: !isStart),
            stack: role == .goSpawn ? goStack : isStart ? 0 : 8)
    }

    /// The events of threads.
    var tracepoints: [PerfSession.Wanted] { wanted.map(\.event) }
}

extension TraceEvents {
    private typealias Wanted = (role: TraceRole, event: PerfSession.Wanted)

    private static func opening(
        _ name: String, filter: String = "ret >= 0", _ stack: UInt32, _ isUrgent: Bool
    ) -> Wanted {
        (
            .opening,
            PerfSession.Wanted(
                .tracepoint(name, filter: filter), layout: openingLayout, stack: stack,
                isUrgent: isUrgent)
        )
    }

    private static func plain(_ role: TraceRole, _ name: String, filter: String = "") -> Wanted {
        (role, PerfSession.Wanted(.tracepoint(name, filter: filter), layout: plainLayout))
    }

    private static func rare(_ role: TraceRole, _ name: String, filter: String = "") -> Wanted {
        (role, PerfSession.Wanted(.rareTracepoint(name, filter: filter), layout: plainLayout))
    }

    private static func single(_ stack: UInt32, isUrgent: Bool) -> [Wanted] {
        [
            opening("syscalls/sys_exit_socket", stack, isUrgent),
            opening("syscalls/sys_exit_accept", acceptStack, isUrgent),
            opening("syscalls/sys_exit_accept4", acceptStack, isUrgent),
            plain(.entry, "syscalls/sys_enter_close"),
            rare(.entry, "syscalls/sys_enter_close_range"),
            rare(.entry, "syscalls/sys_enter_dup2"), rare(.entry, "syscalls/sys_enter_dup3"),
            rare(.duplication, "syscalls/sys_exit_dup2"),
            rare(.duplication, "syscalls/sys_exit_dup3"),
            rare(.entry, "syscalls/sys_enter_dup"), rare(.duplication, "syscalls/sys_exit_dup"),
            // F_DUPFD and F_DUPFD_CLOEXEC (fcntl(2)); most other commands give 0.
            rare(.entry, "syscalls/sys_enter_fcntl", filter: "cmd == 0 || cmd == 1030"),
            rare(.duplication, "syscalls/sys_exit_fcntl", filter: "ret != 0"),
        ]
    }

    private static func all(_ stack: UInt32, isUrgent: Bool) -> [Wanted] {
        let calls = SystemCallNumbers.x86
        func filter(_ numbers: [Int]) -> String {
            numbers.map { "id == \($0)" }.joined(separator: " || ")
        }
        return [
            opening(
                "raw_syscalls/sys_exit", filter: "(\(filter(calls.openings))) && ret >= 0", stack,
                isUrgent),
            plain(.duplication, "raw_syscalls/sys_exit", filter: filter(calls.duplications)),
            plain(.entry, "raw_syscalls/sys_enter", filter: filter(calls.entries)),
        ]
    }
}
