import KernelFormats

/// What holds of any datagram.
enum DatagramPromises {
    static func check(_ bytes: [UInt8]) throws(Breach) {
        var reader = NetlinkReader()
        var end = 0
        while true {
            let (message, fault) = next(&reader, bytes)
            if let fault { return try check(fault, bytes, after: end) }
            guard let message else { break }
            try check(message, bytes, after: end)
            end = message.payload.upperBound
        }
        try promise(bytes.count - end < 4, "\(bytes.count - end) bytes were passed over")
    }

    private static func next(
        _ reader: inout NetlinkReader, _ bytes: [UInt8]
    ) -> (NetlinkMessage?, NetlinkFault?) {
        do throws(NetlinkFault) {
            return (try reader.next(in: bytes.span), nil)
        } catch {
            return (nil, error)
        }
    }

    private static func check(
        _ message: NetlinkMessage, _ bytes: [UInt8], after end: Int
    ) throws(Breach) {
        let payload = message.payload
        let start = payload.lowerBound - 16
        try promise(start == (end + 3) & ~3, "a message at \(start) after \(end)")
        try promise(payload.upperBound <= bytes.count, "a message beyond the datagram")
        try promise(
            Plain.stands(UInt32(payload.count + 16), at: start, in: bytes)
                && Plain.stands(message.type, at: start + 4, in: bytes)
                && Plain.stands(message.flags, at: start + 6, in: bytes)
                && Plain.stands(message.sequence, at: start + 8, in: bytes),
            "another header at \(start)")
        try RowPromises.attributes(bytes, payload)
        try RowPromises.inet(bytes, payload)
        try RowPromises.unix(bytes, payload)
        try RowPromises.netlink(bytes, payload)
        try RowPromises.packet(bytes, payload)
    }

    private static func check(
        _ fault: NetlinkFault, _ bytes: [UInt8], after end: Int
    ) throws(Breach) {
        let start = (end + 3) & ~3
        switch fault {
        case .truncated(let offset):
            try promise(
                offset == start && bytes.count - offset < 16, "a header is there at \(offset)")
        case .badLength(let length, let offset):
            try promise(
                offset == start && (length < 16 || length > bytes.count - offset),
                "a length of \(length) fits at \(offset)")
        }
    }
}
