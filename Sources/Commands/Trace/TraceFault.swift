import Glibc
import LinuxKernel

/// Why a process could not be traced.
enum TraceFault {
    static func otherMachine(_ pid: Int32) -> BlindFault {
        BlindFault(
            message:
                "process \(pid) runs no program of x86-64 that could be read: only those can be "
                + "traced")
    }

    static func of(_ error: KernelError, pid: Int32) -> any Error {
        let what = "process \(pid)"
        switch error.code {
        case EPERM where lockdown().map({ !$0.contains("[none]") }) == true:
            return BlindFault(
                message:
                    "may not trace \(what) (\(error)): the kernel is locked down "
                    + "(/sys/kernel/security/lockdown), which forbids perf events to everybody")
        case EPERM, EACCES:
            let sysctl = paranoia().map { " (kernel.perf_event_paranoid is \($0) here)" } ?? ""
            return BlindFault(
                message:
                    "may not trace \(what) (\(error)): run as root, or with CAP_PERFMON\(sysctl), "
                    + "CAP_SYS_PTRACE, and CAP_SYS_ADMIN for tracefs; in a container, from outside "
                    + "of it or with these capabilities added")
        case EMFILE, ENFILE:
            return BlindFault(
                message:
                    "\(what) has so many threads that there are too few descriptors for its "
                    + "events: three for each thread and processor; raise the limit (ulimit -n)")
        case ENOMEM:
            return BlindFault(
                message:
                    "there is no memory for the rings of \(what) (\(error)): they are 2 MiB for "
                    + "each processor, of what may be locked (ulimit -l, or CAP_IPC_LOCK)")
        case ENODEV, ENOSYS, EOPNOTSUPP:
            return BlindFault(
                message:
                    "this kernel has no tracing for \(what) (\(error)): it needs 5.2 or later, "
                    + "with CONFIG_PERF_EVENTS, CONFIG_FTRACE_SYSCALLS and CONFIG_UPROBE_EVENTS")
        case ENOENT where error.operation.hasPrefix("find the tracepoint"):
            return BlindFault(
                message:
                    "this kernel has not the tracepoints that \(what) is traced by (\(error)): it "
                    + "needs CONFIG_FTRACE_SYSCALLS")
        case ESRCH, ENOENT: return ProcessArgument.fault(error, pid: pid)
        default: return BlindFault(message: "could not trace \(what): \(error)")
        }
    }

    private static func lockdown() -> String? {
        KernelSetting.text("/sys/kernel/security/lockdown")
    }

    private static func paranoia() -> String? {
        KernelSetting.text("/proc/sys/kernel/perf_event_paranoid")
    }
}
