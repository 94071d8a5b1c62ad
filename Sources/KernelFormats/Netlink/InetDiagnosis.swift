public import Measurements

/// A row of the kernel's tables of TCP, UDP, UDP-Lite or raw sockets (sock_diag(7)).
public struct InetDiagnosis: Hashable, Sendable {
    /// The family.
    public var family: SocketFamily
    /// The kernel's number of the state, 1 to 13.
    public var state: UInt8
    /// Which timer runs: 0 none, 1 retransmission, 2 keep-alive or closing, 3 TIME_WAIT, 4 probes.
    public var timer: UInt8
    /// Milliseconds until that timer strikes.
    public var expires: UInt32
    /// Bytes not read, or connections not accepted.
    public var receiveQueue: UInt32
    /// Bytes not acknowledged, or the most connections that may wait.
    public var sendQueue: UInt32
    /// The inode; 0 when no descriptor leads to the socket any more.
    public var inode: UInt32
    /// The local end.
    public var local: IPEndpoint
    /// The other end; zero for none.
    public var peer: IPEndpoint
    /// Where the TCP_INFO lies in the datagram; nil when there is none.
    public var information: Range<Int>?

    /// The bytes of a request for all sockets of a family and protocol.
    ///
    /// `states` has a bit for each state's number. Information is asked for with TCP only
    /// (struct inet_diag_req_v2).
    public static func request(
        family: SocketFamily, protocolNumber: UInt32, states: UInt32 = 0x3FFE, information: Bool
    ) -> [UInt8] {
        var bytes: [UInt8] = [
            family == .inet6 ? 10 : 2, UInt8(truncatingIfNeeded: protocolNumber),
            // INET_DIAG_INFO is attribute 2; the request has a bit for each attribute from 1 on.
            information ? 1 << 1 : 0, 0,
        ]
        KernelInteger.append(states, to: &bytes)
        bytes += [UInt8](repeating: 0, count: 48)
        guard protocolNumber > 255 else { return bytes }
        // A number that needs more than a byte goes into INET_DIAG_REQ_PROTOCOL (Linux 5.9).
        KernelInteger.append(UInt16(8), to: &bytes)
        KernelInteger.append(UInt16(3), to: &bytes)
        KernelInteger.append(protocolNumber, to: &bytes)
        return bytes
    }

    /// The bytes of a request of the older form for all sockets of TCP, over IPv4 and IPv6, with
    /// information (struct inet_diag_req).
    ///
    /// One walk over the kernel's table serves both, where the newer form takes two.
    public static var tcpRequest: [UInt8] {
        // INET_DIAG_INFO is attribute 2; the request has a bit for each attribute from 1 on.
        var bytes: [UInt8] = [0, 0, 0, 1 << 1] + [UInt8](repeating: 0, count: 48)
        KernelInteger.append(UInt32(0x3FFE), to: &bytes)
        KernelInteger.append(UInt32(0), to: &bytes)
        return bytes
    }

    /// Reads a row; nil when the payload is too short or of another family.
    public init?(_ datagram: borrowing Span<UInt8>, payload: Range<Int>) {
        let start = payload.lowerBound
        guard payload.count >= 72, payload.upperBound <= datagram.count else { return nil }
        let number = datagram[start]
        guard number == 2 || number == 10 else { return nil }
        family = number == 2 ? .inet : .inet6
        state = datagram[start + 1]
        timer = datagram[start + 2]
        local = Self.endpoint(datagram, address: start + 8, port: start + 4, isIPv6: number == 10)
        peer = Self.endpoint(datagram, address: start + 24, port: start + 6, isIPv6: number == 10)
        expires = KernelInteger.u32(datagram, start + 52)
        receiveQueue = KernelInteger.u32(datagram, start + 56)
        sendQueue = KernelInteger.u32(datagram, start + 60)
        inode = KernelInteger.u32(datagram, start + 68)
        var attributes = NetlinkAttributes((start + 72)..<payload.upperBound)
        while let attribute = attributes.next(in: datagram) {
            // INET_DIAG_INFO
            if attribute.type == 2 { information = attribute.value }
        }
    }

    private static func endpoint(
        _ bytes: borrowing Span<UInt8>, address: Int, port: Int, isIPv6: Bool
    ) -> IPEndpoint {
        let first = KernelInteger.u64(bytes, address).byteSwapped
        return IPEndpoint(
            high: isIPv6 ? first : 0,
            low: isIPv6 ? KernelInteger.u64(bytes, address + 8).byteSwapped : first >> 32,
            port: KernelInteger.networkU16(bytes, port), isIPv6: isIPv6)
    }
}
