/// What the tracepoints `syscalls:sys_enter_*` and `syscalls:sys_exit_*` record, and those of
/// `raw_syscalls` for every call (include/trace/syscall.h, include/trace/events/syscalls.h).
public enum SystemCallEvent: Hashable, Sendable {
    /// A call begins, with its six arguments; those that were not recorded are 0.
    case enter(number: Int, arguments: [UInt64])
    /// A call ends, with what it gave.
    case exit(number: Int, result: Int)

    /// Reads a record, its common header of 8 bytes included; nil when it is too short.
    public init?(enter raw: [UInt8]) {
        guard raw.count >= 24 else { return nil }
        let span = raw.span
        // The four bytes after the number are padding, of one call's tracepoint at least.
        self = .enter(
            number: Int(KernelInteger.u32(span, 8)),
            arguments: (0..<6).map { KernelInteger.u64(span, 16 + 8 * $0) })
    }

    /// Reads a record, its common header of 8 bytes included; nil when it is too short.
    public init?(exit raw: [UInt8]) {
        guard raw.count >= 24 else { return nil }
        let span = raw.span
        self = .exit(
            number: Int(KernelInteger.u32(span, 8)),
            result: Int(truncatingIfNeeded: Int64(bitPattern: KernelInteger.u64(span, 16))))
    }
}
