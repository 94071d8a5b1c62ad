import CLinuxShims
import Glibc
import KernelFormats
import Measurements
import TestWorlds
import Testing

@testable import LinuxKernel

/// Answers are matched to requests, and ends told from each other.
@Suite(.serialized, .noLeakedDescriptors) struct NetlinkSocketTests {
    typealias Script = ScriptedNetlink

    /// The first bytes of the rows that a dump gave, and how it ended.
    static func dump(
        _ socket: inout NetlinkSocket, _ request: [UInt8] = [0]
    ) throws(KernelError) -> (rows: [UInt8], end: NetlinkSocket.End) {
        var rows: [UInt8] = []
        let end = try socket.dump(request) { datagram, payload in
            rows.append(datagram[payload.lowerBound])
        }
        return (rows, end)
    }

    // MARK: A kernel by script

    @Test func `Rows of several datagrams are given in order, up to the end`() throws {
        let kernel = try Script()
        var socket = kernel.socket()
        try kernel.answer(Script.row(1, sequence: 1), Script.row(2, sequence: 1))
        try kernel.answer(Script.row(3, sequence: 1))
        try kernel.answer(Script.row(4, sequence: 1), Script.done(sequence: 1))
        let (rows, end) = try Self.dump(&socket)
        #expect(rows == [1, 2, 3, 4])
        #expect(end == .complete)
    }

    @Test func `A stale answer is passed over, rows, ends and errors`() throws {
        let kernel = try Script()
        var socket = kernel.socket()
        try kernel.answer(Script.row(9, sequence: 7), Script.done(sequence: 7))
        try kernel.answer(Script.error(EPERM, sequence: 0), Script.row(1, sequence: 1))
        try kernel.answer(Script.row(8, sequence: 2), Script.row(2, sequence: 1))
        try kernel.answer(Script.done(sequence: 2), Script.done(sequence: 1))
        let (rows, end) = try Self.dump(&socket)
        #expect(rows == [1, 2])
        #expect(end == .complete)
    }

    @Test func `Each request has a number of its own`() throws {
        let kernel = try Script()
        var socket = kernel.socket()
        for sequence in 1...3 as ClosedRange<UInt32> {
            try kernel.answer(Script.done(sequence: sequence))
            _ = try Self.dump(&socket, [UInt8(sequence), 0, 0, 0])
            let request = try #require(kernel.request())
            #expect(
                request
                    == NetlinkMessage.dumpRequest(
                        sequence: sequence, payload: [UInt8(sequence), 0, 0, 0]))
        }
        #expect(kernel.request() == nil)
    }

    @Test func `What is left of one dump does not reach the next`() throws {
        let kernel = try Script()
        var socket = kernel.socket()
        try kernel.answer(Script.error(ENOENT, sequence: 1))
        try kernel.answer(Script.row(9, sequence: 1), Script.done(sequence: 1))
        try kernel.answer(Script.row(1, sequence: 2), Script.done(sequence: 2))
        #expect(try Self.dump(&socket).end == .unsupported)
        #expect(try Self.dump(&socket).rows == [1])
    }

    @Test(arguments: [0, 1, 2])
    func `An interruption in any part is told`(place: Int) throws {
        let kernel = try Script()
        var socket = kernel.socket()
        let flags = (0..<3).map { $0 == place ? UInt16(0x12) : 2 }
        try kernel.answer(Script.row(1, sequence: 1, flags: flags[0]))
        try kernel.answer(Script.row(2, sequence: 1, flags: flags[1]))
        try kernel.answer(Script.done(sequence: 1, flags: flags[2]))
        let (rows, end) = try Self.dump(&socket)
        #expect(rows == [1, 2])
        #expect(end == .interrupted)
    }

    @Test func `The interruption of another dump is not ours`() throws {
        let kernel = try Script()
        var socket = kernel.socket()
        try kernel.answer(Script.row(9, sequence: 5, flags: 0x12), Script.done(sequence: 1))
        #expect(try Self.dump(&socket).end == .complete)
    }

    @Test(arguments: [ENOENT, EINVAL, EOPNOTSUPP])
    func `A table that is not there is told, whether at once or at the end`(code: Int32) throws {
        let kernel = try Script()
        var socket = kernel.socket()
        try kernel.answer(Script.error(code, sequence: 1))
        #expect(try Self.dump(&socket).end == .unsupported)
        try kernel.answer(Script.done(sequence: 2, error: code))
        #expect(try Self.dump(&socket).end == .unsupported)
    }

    @Test(arguments: [EPERM, ENOMEM, EBUSY, 1_000_000, Int32.min, -5])
    func `Another error is thrown with its number`(code: Int32) throws {
        let kernel = try Script()
        var socket = kernel.socket()
        try kernel.answer(Script.error(code, sequence: 1))
        #expect(throws: KernelError("read a socket table", code: code)) {
            _ = try Self.dump(&socket)
        }
    }

    @Test func `An acknowledgement and what says nothing are no end`() throws {
        let kernel = try Script()
        var socket = kernel.socket()
        try kernel.answer(
            Script.error(0, sequence: 1), Script.message(1, sequence: 1),
            Script.message(4711, sequence: 1, [7, 7, 7, 7]), Script.row(1, sequence: 1),
            Script.message(3, sequence: 1))
        let (rows, end) = try Self.dump(&socket)
        #expect(rows == [1])
        #expect(end == .complete)
    }

    @Test func `Bytes that are no messages are an error that says where`() throws {
        let kernel = try Script()
        var socket = kernel.socket()
        var message = Script.row(1, sequence: 1)
        message[0] = 99
        try kernel.answer(Script.row(1, sequence: 1), message)
        let error = #expect(throws: KernelError.self) { _ = try Self.dump(&socket) }
        #expect(error?.code == EBADMSG)
        #expect(error?.description.contains("at byte 20 claims 99 bytes") == true)
    }

    @Test func `A kernel that hangs up is an error`() throws {
        let kernel = try Script()
        var socket = kernel.socket()
        try kernel.answer(Script.row(1, sequence: 1))
        kernel.hangUp()
        #expect(throws: KernelError.self) { _ = try Self.dump(&socket) }
    }

    // MARK: The real one

    @Test func `An answer of the real kernel to an older request is passed over`() throws {
        let number = clinux_diag_socket(-1)
        try #require(number >= 0)
        // No state is asked for, so the answer is an end, which nobody has read yet.
        let stale = NetlinkMessage.dumpRequest(
            sequence: 99,
            payload: InetDiagnosis.request(
                family: .inet, protocolNumber: 6, states: 0, information: false))
        #expect(clinux_netlink_send(number, stale, UInt32(stale.count)) == 0)
        var socket = NetlinkSocket(owning: OwnedDescriptor(owning: number))
        var inodes: Set<UInt32> = []
        let end = try socket.dump(NetlinkDiagnosis.request) { datagram, payload in
            guard let row = NetlinkDiagnosis(datagram, payload: payload) else { return }
            inodes.insert(row.inode)
        }
        #expect(end == .complete)
        // The stale end would have left this empty: the socket that asks is in the table itself.
        var status = stat()
        #expect(fstat(number, &status) == 0)
        #expect(inodes.contains(UInt32(status.st_ino)))
    }

    @Test func `A protocol that no module serves is not an empty table`() throws {
        var socket = try NetlinkSocket()
        // Linux has no protocol 200 and never has a table of it.
        let request = InetDiagnosis.request(
            family: .inet, protocolNumber: 200, information: false)
        #expect(try Self.dump(&socket, request).end == .unsupported)
        var family = request
        family[0] = 43
        #expect(try Self.dump(&socket, family).end == .unsupported)
    }

    @Test func `One socket answers many requests`() throws {
        var socket = try NetlinkSocket()
        #expect(socket.namespaceCookie != 0)
        for _ in 0..<50 {
            #expect(try Self.dump(&socket, UnixDiagnosis.request).end == .complete)
            #expect(try Self.dump(&socket, NetlinkDiagnosis.request).end == .complete)
        }
    }
}
