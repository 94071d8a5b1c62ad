import KernelFormats
import Measurements

/// What holds of any text of /proc, and of any address.
enum TextPromises {
    static func address(_ bytes: [UInt8]) throws(Breach) {
        guard let address = SocketAddressBytes.read(bytes) else { return }
        switch address {
        case .ip(let endpoint):
            let count = endpoint.isIPv6 ? 16 : 4
            let start = endpoint.isIPv6 ? 8 : 4
            try promise(bytes.count >= start + count, "an address of \(bytes.count) bytes")
            try promise(
                IPLiteral.parse(endpoint.addressText) == Array(bytes[start..<(start + count)]),
                "another address than \(endpoint.addressText)")
            try promise(
                Plain.stands(endpoint.port.byteSwapped, at: 2, in: bytes), "another port")
        case .path(let text):
            try promise(!text.isEmpty || bytes.count > 2, "a path out of nothing")
            try promise(
                bytes[2] == 0 ? text.utf8.first == 0x40 : !text.utf8.contains(0),
                "a path with a NUL")
        case .other(let text): try promise(!text.isEmpty, "an address without a word")
        }
    }

    static func link(_ bytes: [UInt8]) throws(Breach) {
        let text = String(decoding: bytes, as: UTF8.self)
        let kind = DescriptorLink.kind(text)
        let inode = DescriptorLink.socketInode(bytes.span)
        try promise(inode == plainInode(bytes), "another inode")
        if inode != nil { try promise(kind == .socket, "a socket that is \(kind)") }
        let isPath = bytes.first == 0x2F
        let ofPaths: [DescriptorKind] = [.file, .device, .memfd]
        try promise(isPath == ofPaths.contains(kind), "\(kind) of \(text)")
    }

    /// The number in a socket's link, by the plainest means.
    private static func plainInode(_ bytes: [UInt8]) -> UInt64? {
        guard bytes.starts(with: "socket:[".utf8), bytes.last == 0x5D else { return nil }
        let digits = bytes[8..<(bytes.count - 1)]
        guard digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    static func status(_ bytes: [UInt8]) throws(Breach) {
        let line = String(decoding: bytes, as: UTF8.self)
        guard let status = ProcessStatus(line) else { return }
        try promise(status.name.utf8.count <= line.utf8.count - 2, "a name out of nothing")
        let zeros = String(repeating: "0 ", count: 10)
        let plain =
            "1 (\(status.name)) \(status.state) \(status.parent) 0 0 0 0 \(status.flags) "
            + "\(zeros)\(status.threads) 0 "
            + "\(status.startTicks) 0"
        try promise(ProcessStatus(plain) == status, "\(status) is read otherwise again")
    }

    static func limits(_ bytes: [UInt8]) throws(Breach) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let (soft, hard) = ProcessLimits.openFiles(text) else { return }
        let again = ProcessLimits.openFiles("Max open files  \(soft)  \(hard)  files\n")
        try promise(again.map { $0 == (soft, hard) } == true, "\(soft), \(hard)")
    }

    static func counters(_ bytes: [UInt8]) throws(Breach) {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let value = NetworkCounters.value("ListenOverflows", of: "TcpExt", in: text) else {
            return
        }
        let again = NetworkCounters.value(
            "ListenOverflows", of: "TcpExt", in: "TcpExt: ListenOverflows\nTcpExt: \(value)\n")
        try promise(again == value, "\(value)")
    }

    static func table(_ bytes: [UInt8]) throws(Breach) {
        let text = String(decoding: bytes, as: UTF8.self)
        for line in text.split(separator: "\n") {
            if let row = ProcNetRow(inet: line) { try inet(row) }
            if let row = ProcNetRow(unix: line) { try unix(row) }
            if let row = ProcNetRow(lastField: line) {
                try promise(row.local == nil && row.peer == nil, "an address of no table")
            }
        }
    }

    private static func inet(_ row: ProcNetRow) throws(Breach) {
        guard let local = row.local?.endpoint else { throw Breach(description: "no local end") }
        let peer =
            row.peer?.endpoint
            ?? IPEndpoint(high: 0, low: 0, port: 0, isIPv6: local.isIPv6)
        let queues = "\(hex(row.sendQueue)):\(hex(row.receiveQueue))"
        let plain =
            "0: \(hex(local)) \(hex(peer)) \(String(row.state ?? 0, radix: 16)) \(queues) "
            + "0 0 0 0 \(row.inode)"
        try promise(ProcNetRow(inet: plain[...]) == row, "\(row) is read otherwise from \(plain)")
    }

    private static func unix(_ row: ProcNetRow) throws(Breach) {
        guard let state = row.state, [1, 7, 10].contains(state) else {
            throw Breach(description: "state \(row.state ?? 0)")
        }
        if case .path(let path)? = row.local {
            try promise(!path.isEmpty, "a path of nothing")
        } else {
            try promise(row.local == nil, "an address that is no path")
        }
    }

    private static func hex(_ value: UInt32) -> String { String(value, radix: 16) }

    /// An endpoint as the kernel writes it: words in the machine's order.
    private static func hex(_ endpoint: IPEndpoint) -> String {
        let words =
            endpoint.isIPv6
            ? [endpoint.high >> 32, endpoint.high & 0xFFFF_FFFF, endpoint.low >> 32]
                + [endpoint.low & 0xFFFF_FFFF] : [endpoint.low]
        let text = words.map { word in
            let digits = hex(UInt32(word).byteSwapped)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }
        return text.joined() + ":" + String(endpoint.port, radix: 16)
    }
}
