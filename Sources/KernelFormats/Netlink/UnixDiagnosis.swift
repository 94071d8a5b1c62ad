/// A row of the kernel's table of Unix sockets (sock_diag(7)).
public struct UnixDiagnosis: Hashable, Sendable {
    /// The number of its type, as of socket(2).
    public var type: UInt8
    /// Its state as TCP's number: 1 connected, 10 listening, 7 neither.
    public var state: UInt8
    /// Its inode.
    public var inode: UInt32
    /// The inode of the socket at the other end; nil when there is none.
    public var peerInode: UInt32?
    /// Its path, or its abstract name with `@` first; nil when it has none.
    public var name: String?
    /// Bytes not read, or connections not accepted.
    public var receiveQueue: UInt32 = 0
    /// Bytes on their way, or the most connections that may wait.
    public var sendQueue: UInt32 = 0

    /// The bytes of a request for all, with name, peer and queues (struct unix_diag_req).
    public static var request: [UInt8] {
        var bytes: [UInt8] = [1, 0, 0, 0]
        KernelInteger.append(UInt32.max, to: &bytes)
        KernelInteger.append(UInt32(0), to: &bytes)
        // UDIAG_SHOW_NAME, UDIAG_SHOW_PEER, UDIAG_SHOW_RQLEN
        KernelInteger.append(UInt32(0x01 | 0x04 | 0x10), to: &bytes)
        KernelInteger.append(UInt64.max, to: &bytes)
        return bytes
    }

    /// Reads a row; nil when the payload is too short or of another family.
    public init?(_ datagram: borrowing Span<UInt8>, payload: Range<Int>) {
        let start = payload.lowerBound
        guard payload.count >= 16, payload.upperBound <= datagram.count, datagram[start] == 1
        else { return nil }
        type = datagram[start + 1]
        state = datagram[start + 2]
        inode = KernelInteger.u32(datagram, start + 4)
        var attributes = NetlinkAttributes((start + 16)..<payload.upperBound)
        while let (type, value) = attributes.next(in: datagram) {
            switch type {
            case 0: name = Self.name(datagram, value)
            case 2 where value.count >= 4:
                let number = KernelInteger.u32(datagram, value.lowerBound)
                peerInode = number == 0 ? nil : number
            case 4 where value.count >= 8:
                receiveQueue = KernelInteger.u32(datagram, value.lowerBound)
                sendQueue = KernelInteger.u32(datagram, value.lowerBound + 4)
            default: break
            }
        }
    }

    private static func name(_ datagram: borrowing Span<UInt8>, _ range: Range<Int>) -> String? {
        var bytes: [UInt8] = []
        for index in range.prefix(108) { bytes.append(datagram[index]) }
        return UnixName.text(bytes)
    }
}

/// Names of Unix sockets as text (unix(7)).
public enum UnixName {
    /// A path up to its NUL, or an abstract name with `@` for its NUL; nil for no name.
    public static func text(_ bytes: [UInt8]) -> String? {
        guard let first = bytes.first else { return nil }
        let name = first == 0 ? bytes[1...] : bytes.prefix { $0 != 0 }
        if first == 0, name.isEmpty { return nil }
        return (first == 0 ? "@" : "") + String(decoding: name, as: UTF8.self)
    }
}
