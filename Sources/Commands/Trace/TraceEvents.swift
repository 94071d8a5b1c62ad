import CallSites
import Glibc
import KernelFormats
import LinuxKernel

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
