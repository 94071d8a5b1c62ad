import KernelFormats
import Measurements

/// A struct tcp_info (include/uapi/linux/tcp.h) to be filled field by field.
struct TCPBytes {
    /// As long as that of Linux 6.18.
    static let length = 280

    var bytes: [UInt8]

    /// Makes the information of a socket in a state, with zeros elsewhere.
    init(state: Int, length: Int = TCPBytes.length) {
        bytes = [UInt8](repeating: 0, count: length)
        if length > 0 { bytes[0] = UInt8(state) }
    }

    /// Sets an integer, in the machine's order.
    mutating func set(_ value: some FixedWidthInteger, at offset: Int) {
        for index in 0..<(value.bitWidth / 8) {
            bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index))
        }
    }

    /// The handshake was made, `payload` bytes were sent, and beyond them `flags` numbers were
    /// acknowledged.
    mutating func establish(payload: UInt64 = 100, flags: UInt64) {
        bytes[5] = 7
        set(UInt32(1_500), at: 60)
        set(payload + flags, at: 120)
        set(UInt32(3), at: 136)
        set(payload, at: 200)
    }

    var information: TCPInformation? { TCPInformation(bytes: bytes) }
}

extension SocketEvidence {
    /// What poll(2) says of the three that a ghost can be: POLLOUT and POLLHUP; all but POLLERR;
    /// and that too.
    enum Poll: Int32 {
        case neverConnected = 0x14
        case dead = 0x2015
        case failed = 0x201D
    }

    /// The evidence of a TCP socket.
    static func tcp(
        _ information: TCPBytes?, local: String? = "0.0.0.0:0", peer: String? = nil, poll: Poll
    ) -> SocketEvidence {
        var evidence = SocketEvidence(family: .inet, type: .stream, transport: .tcp)
        evidence.information = information?.information
        evidence.local = local.flatMap(SocketAddress.init(testing:))
        evidence.peer = peer.flatMap(SocketAddress.init(testing:))
        evidence.pollEvents = poll.rawValue
        return evidence
    }
}

extension SocketAddress {
    /// Reads `192.0.2.1:80` or `[2001:db8::1]:80`.
    init?(testing text: String) {
        guard let endpoint = IPEndpoint(testing: text) else { return nil }
        self = .ip(endpoint)
    }
}

extension IPEndpoint {
    /// Reads `192.0.2.1:80` or `[2001:db8::1]:80`.
    init?(testing text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[colon...].dropFirst()),
            let bytes = IPLiteral.parse(
                text[..<colon].filter { $0 != "[" && $0 != "]" })
        else { return nil }
        self.init(bytes: bytes, port: port)
    }
}
