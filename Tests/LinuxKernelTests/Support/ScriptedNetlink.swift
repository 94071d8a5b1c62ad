import Glibc
import KernelFormats
import Testing

@testable import LinuxKernel

/// A kernel by script: what it will answer lies ready at the other end of a pair of sockets.
///
/// A netlink socket sends to an address, which a connected sequenced-packet socket passes over
/// (unix(7)): the code under test makes its own system calls, on a real descriptor.
final class ScriptedNetlink {
    private let far: Int32
    private var near: Int32

    init() throws {
        var pair: [Int32] = [-1, -1]
        // SOCK_CLOEXEC is an enumeration's case on Linux.
        let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &pair) == 0)
        (near, far) = (pair[0], pair[1])
    }

    deinit {
        if near >= 0 { close(near) }
        if !isHungUp { close(far) }
    }

    private var isHungUp = false

    /// The socket that the code under test owns; once.
    func socket() -> NetlinkSocket {
        defer { near = -1 }
        return NetlinkSocket(owning: OwnedDescriptor(owning: near))
    }

    /// Puts one datagram of some messages into the queue.
    func answer(_ messages: [UInt8]...) throws {
        let bytes = messages.reduce([], +)
        try #require(send(far, bytes, bytes.count, 0) == bytes.count)
    }

    /// Answers no more: who reads on finds the end.
    func hangUp() {
        isHungUp = true
        close(far)
    }

    /// The next request that was sent; nil when there is none.
    func request() -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        var count = recv(far, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        // Told once, where the other end was closed before it had read all answers.
        if count < 0, errno == ECONNRESET {
            count = recv(far, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        }
        return count > 0 ? Array(bytes[..<count]) : nil
    }

    // MARK: Messages

    static func message(
        _ type: UInt16, sequence: UInt32, flags: UInt16 = 2, _ payload: [UInt8] = []
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        KernelInteger.append(UInt32(16 + payload.count), to: &bytes)
        KernelInteger.append(type, to: &bytes)
        KernelInteger.append(flags, to: &bytes)
        KernelInteger.append(sequence, to: &bytes)
        KernelInteger.append(UInt32(0), to: &bytes)
        return bytes + payload
    }

    /// A row whose payload is one byte four times over.
    static func row(_ byte: UInt8, sequence: UInt32, flags: UInt16 = 2) -> [UInt8] {
        message(20, sequence: sequence, flags: flags, [byte, byte, byte, byte])
    }

    /// The end of a dump, with an error (errno(3)) or without.
    static func done(sequence: UInt32, error: Int32 = 0, flags: UInt16 = 2) -> [UInt8] {
        var payload: [UInt8] = []
        KernelInteger.append(-error, to: &payload)
        return message(3, sequence: sequence, flags: flags, payload)
    }

    /// A refusal, or with 0 an acknowledgement.
    static func error(_ code: Int32, sequence: UInt32) -> [UInt8] {
        var payload: [UInt8] = []
        KernelInteger.append(0 &- code, to: &payload)
        return message(2, sequence: sequence, flags: 0, payload + [UInt8](repeating: 0, count: 16))
    }

    /// A row of TCP over IPv4 between two loopback ports.
    static func tcp(
        state: UInt8, inode: UInt32, local: UInt16, peer: UInt16 = 0, sequence: UInt32,
        flags: UInt16 = 2
    ) -> [UInt8] {
        var row: [UInt8] = [2, state, 0, 0]
        KernelInteger.append(local.byteSwapped, to: &row)
        KernelInteger.append(peer.byteSwapped, to: &row)
        let zeros = [UInt8](repeating: 0, count: 12)
        row += [127, 0, 0, 1] + zeros + (peer == 0 ? [0, 0, 0, 0] : [127, 0, 0, 1]) + zeros
        // Interface, cookie, timer, queues, user.
        row += [UInt8](repeating: 0, count: 28)
        KernelInteger.append(inode, to: &row)
        return message(18, sequence: sequence, flags: flags, row)
    }
}
