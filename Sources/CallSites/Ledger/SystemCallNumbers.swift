/// The numbers of the system calls that open and close descriptors, on one machine.
public struct SystemCallNumbers: Hashable, Sendable {
    /// socket(2).
    public var socket: Int
    /// accept(2); −1 where there is none.
    public var accept: Int
    /// accept4(2).
    public var accept4: Int
    /// close(2).
    public var close: Int
    /// close_range(2), since Linux 5.9.
    public var closeRange: Int
    /// dup(2).
    public var dup: Int
    /// dup2(2); −1 where there is none.
    public var dup2: Int
    /// dup3(2).
    public var dup3: Int
    /// fcntl(2).
    public var fcntl: Int

    /// x86-64 (arch/x86/entry/syscalls/syscall_64.tbl).
    public static let x86 = SystemCallNumbers(
        socket: 41, accept: 43, accept4: 288, close: 3, closeRange: 436, dup: 32, dup2: 33,
        dup3: 292, fcntl: 72)
    /// AArch64 (include/uapi/asm-generic/unistd.h).
    public static let arm = SystemCallNumbers(
        socket: 198, accept: 202, accept4: 242, close: 57, closeRange: 436, dup: 23, dup2: -1,
        dup3: 24, fcntl: 25)

    /// Those whose result, with the stack, tells of an opening.
    public var openings: [Int] { [socket, accept, accept4].filter { $0 >= 0 } }
    /// Those whose result is a further number of what an argument stands for.
    public var duplications: [Int] { [dup, dup2, dup3, fcntl].filter { $0 >= 0 } }
    /// Those of which the arguments are needed.
    public var entries: [Int] { [close, closeRange] + duplications }
}
