import CallSites
import Glibc
import KernelFormats
import LinuxKernel

/// Which events a trace wants.
enum TraceEvents {
    // PERF_REG_X86_BX is 1, PERF_REG_X86_R14 is 22 (arch/x86/include/uapi/asm/perf_regs.h).
    private static let goroutine: UInt64 = 1 << 22
    private static let request: UInt64 = 1 << 1

    private static let openingLayout = PerfSampleLayout(
        hasCallChain: true, hasRaw: true, registers: goroutine, hasStack: true)
    private static let plainLayout = PerfSampleLayout(hasCallChain: false, hasRaw: true)

    typealias Wanted = (role: TraceRole, event: PerfSession.Wanted)

    /// The events of a process with so many threads, on so many processors.
    ///
    /// The tracepoints of single calls cost nothing where other calls are made, and take eleven
    /// descriptors for each thread and processor; those of all calls take three.
    static func wanted(
        request: UInt64?, dial: UInt64?, program: String, streams: Int, limit: Int
    ) -> [Wanted] {
        let single = single
        var wanted = streams * single.count <= limit / 2 ? single : all
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

extension TraceEvents {
    private static func opening(_ name: String, filter: String = "") -> Wanted {
        (
            .opening,
            PerfSession.Wanted(
                .tracepoint(name, filter: filter), layout: openingLayout, stack: 8)
        )
    }

    private static func plain(_ role: TraceRole, _ name: String, filter: String = "") -> Wanted {
        (role, PerfSession.Wanted(.tracepoint(name, filter: filter), layout: plainLayout))
    }

    private static var single: [Wanted] {
        [
            opening("syscalls/sys_exit_socket"), opening("syscalls/sys_exit_accept"),
            opening("syscalls/sys_exit_accept4"), plain(.entry, "syscalls/sys_enter_close"),
            plain(.entry, "syscalls/sys_enter_close_range"),
            plain(.entry, "syscalls/sys_enter_dup2"), plain(.entry, "syscalls/sys_enter_dup3"),
            plain(.entry, "syscalls/sys_enter_dup"), plain(.duplication, "syscalls/sys_exit_dup"),
            // F_DUPFD and F_DUPFD_CLOEXEC (fcntl(2)).
            plain(.entry, "syscalls/sys_enter_fcntl", filter: "cmd == 0 || cmd == 1030"),
            plain(.duplication, "syscalls/sys_exit_fcntl"),
        ]
    }

    private static var all: [Wanted] {
        let calls = SystemCallNumbers.x86
        func filter(_ numbers: [Int]) -> String {
            numbers.map { "id == \($0)" }.joined(separator: " || ")
        }
        return [
            opening("raw_syscalls/sys_exit", filter: filter(calls.openings)),
            plain(.duplication, "raw_syscalls/sys_exit", filter: filter(calls.duplications)),
            plain(.entry, "raw_syscalls/sys_enter", filter: filter(calls.entries)),
        ]
    }
}

/// Why a process could not be traced.
enum TraceFault {
    static func otherMachine(_ pid: Int32) -> BlindFault {
        BlindFault(
            message:
                "process \(pid) runs no program of x86-64 that could be read: only those can be "
                + "traced")
    }

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
