import CLinuxShims
import Glibc
import KernelFormats

/// A sock_diag(7) socket in one network namespace.
struct NetlinkSocket: ~Copyable {
    /// How often a dump that the kernel calls interrupted is made again.
    static let attempts = 4

    private let descriptor: OwnedDescriptor
    private var sequence: UInt32 = 0
    // A part of a dump is 32 KiB at most (net/netlink/af_netlink.c, netlink_recvmsg).
    private var buffer = [UInt8](repeating: 0, count: 1 << 17)

    /// The cookie of the namespace (socket(7), `SO_NETNS_COOKIE`); 0 before Linux 5.14.
    let namespaceCookie: UInt64

    /// Opens a socket in our own namespace.
    init() throws(KernelError) {
        try self.init(number: clinux_diag_socket(-1))
    }

    /// Opens a socket in the namespace behind a descriptor.
    init(inside namespace: borrowing OwnedDescriptor) throws(KernelError) {
        try self.init(number: clinux_diag_socket(namespace.number))
    }

    private init(number: Int32) throws(KernelError) {
        guard number >= 0 else {
            throw KernelError("open a sock_diag socket", code: -number)
        }
        self.init(owning: OwnedDescriptor(owning: number))
    }

    /// Takes over a socket at whose other end something answers as sock_diag(7) does.
    init(owning descriptor: consuming OwnedDescriptor) {
        namespaceCookie = clinux_netns_cookie(descriptor.number)
        self.descriptor = descriptor
    }

    /// How a dump ended.
    enum End {
        /// Every row was given.
        case complete
        /// The table changed meanwhile: rows may be missing.
        case interrupted
        /// The kernel has no such table.
        case unsupported
    }

    /// Asks for a dump and gives each row's datagram and payload to `row`.
    ///
    /// Answers to other requests are passed over by their sequence number.
    mutating func dump(
        _ request: [UInt8], type: UInt16 = NetlinkMessage.socketDiagnosis,
        row: (borrowing Span<UInt8>, Range<Int>) -> Void
    ) throws(KernelError) -> End {
        sequence &+= 1
        let message = NetlinkMessage.dumpRequest(sequence: sequence, payload: request, type: type)
        // The bytes live as long as the call, and their count goes with them.
        let error = unsafe message.withUnsafeBufferPointer {
            unsafe clinux_netlink_send(descriptor.number, $0.baseAddress, UInt32($0.count))
        }
        guard error == 0 else { throw KernelError("ask for a socket table", code: error) }
        var wasInterrupted = false
        while true {
            let length = try receive()
            var reader = NetlinkReader()
            let datagram = buffer.span.extracting(first: length)
            while let message = try next(&reader, datagram) {
                guard message.sequence == sequence else { continue }
                if message.wasInterrupted { wasInterrupted = true }
                switch message.type {
                case NetlinkMessage.done:
                    // A dump that was accepted says at its end whether it failed: where no module
                    // serves a protocol of inet, say.
                    let code = Self.code(datagram, message)
                    guard code == 0 else { return try Self.end(code) }
                    return wasInterrupted ? .interrupted : .complete
                case NetlinkMessage.error:
                    let code = Self.code(datagram, message)
                    // 0 is an acknowledgement (netlink(7)).
                    if code != 0 { return try Self.end(code) }
                case type: row(datagram, message.payload)
                default: break
                }
            }
        }
    }

    /// The number that an error, or the end of a dump, begins with; 0 where there is none.
    private static func code(
        _ datagram: borrowing Span<UInt8>, _ message: NetlinkMessage
    ) -> UInt32 {
        guard message.payload.count >= 4 else { return 0 }
        return KernelInteger.u32(datagram, message.payload.lowerBound)
    }

    private static func end(_ code: UInt32) throws(KernelError) -> End {
        let error = 0 &- Int32(bitPattern: code)
        // ENOENT: no module for this family; EINVAL and EOPNOTSUPP: an older kernel.
        guard error == ENOENT || error == EINVAL || error == EOPNOTSUPP else {
            throw KernelError("read a socket table", code: error)
        }
        return .unsupported
    }

    private func next(
        _ reader: inout NetlinkReader, _ datagram: borrowing Span<UInt8>
    ) throws(KernelError) -> NetlinkMessage? {
        do throws(NetlinkFault) {
            return try reader.next(in: datagram)
        } catch {
            throw KernelError("read a socket table (\(error))", code: EBADMSG)
        }
    }

    private mutating func receive() throws(KernelError) -> Int {
        while true {
            let number = descriptor.number
            // The buffer lives as long as the call.
            let length = unsafe buffer.withUnsafeMutableBytes {
                // Its own count bounds what is received.
                unsafe recv(number, $0.baseAddress, $0.count, 0)
            }
            if length > 0 { return length }
            if length == 0 { throw KernelError("read a socket table", code: EPIPE) }
            guard errno == EINTR else { throw .last("read a socket table") }
        }
    }
}
