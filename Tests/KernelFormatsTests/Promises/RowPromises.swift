import KernelFormats
import Measurements

/// What holds of a row of any table: its fields are the bytes at their places, and neither where
/// it lies nor what lies around it changes it.
enum RowPromises {
    /// The payload alone, with other bytes around it, and where it is then.
    private static func moved(_ bytes: [UInt8], _ payload: Range<Int>) -> ([UInt8], Range<Int>) {
        let around: [UInt8] = [4, 0, 2, 0, 255]
        return (around + bytes[payload] + around, 5..<(5 + payload.count))
    }

    static func attributes(_ bytes: [UInt8], _ range: Range<Int>) throws(Breach) {
        var walk = NetlinkAttributes(range)
        var end = range.lowerBound
        while let (type, value) = walk.next(in: bytes.span) {
            try promise(value.lowerBound - 4 >= end, "an attribute within the one before")
            try promise(value.upperBound <= range.upperBound, "an attribute beyond its message")
            try promise(type <= 0x3FFF, "flags in the type \(type)")
            try promise(
                Plain.stands(UInt16(value.count + 4), at: value.lowerBound - 4, in: bytes),
                "another length")
            end = value.upperBound
        }
    }

    static func inet(_ bytes: [UInt8], _ payload: Range<Int>) throws(Breach) {
        let row = InetDiagnosis(bytes.span, payload: payload)
        let (other, place) = moved(bytes, payload)
        var elsewhere = InetDiagnosis(other.span, payload: place)
        let shift = payload.lowerBound - place.lowerBound
        if let range = elsewhere?.information {
            elsewhere?.information = (range.lowerBound + shift)..<(range.upperBound + shift)
        }
        try promise(row == elsewhere, "its place changes a row of inet")
        guard let row else { return }
        let start = payload.lowerBound
        try attributes(bytes, (start + 72)..<payload.upperBound)
        let isIPv6 = row.family == .inet6
        try promise(bytes[start] == (isIPv6 ? 10 : 2), "another family")
        try promise(
            bytes[start + 1] == row.state && bytes[start + 2] == row.timer
                && stands(row.local, bytes, port: start + 4, address: start + 8, isIPv6)
                && stands(row.peer, bytes, port: start + 6, address: start + 24, isIPv6)
                && Plain.stands(row.expires, at: start + 52, in: bytes)
                && Plain.stands(row.receiveQueue, at: start + 56, in: bytes)
                && Plain.stands(row.sendQueue, at: start + 60, in: bytes)
                && Plain.stands(row.inode, at: start + 68, in: bytes),
            "other fields than the bytes have: \(row)")
        guard let range = row.information else { return }
        try promise(
            range.lowerBound >= start + 76 && range.upperBound <= payload.upperBound,
            "information beyond its row")
        try InformationPromises.check(Array(bytes[range]))
    }

    private static func stands(
        _ endpoint: IPEndpoint, _ bytes: [UInt8], port: Int, address: Int, _ isIPv6: Bool
    ) -> Bool {
        guard endpoint.isIPv6 == isIPv6,
            Plain.stands(endpoint.port.byteSwapped, at: port, in: bytes)
        else { return false }
        if isIPv6 {
            return Plain.stands(endpoint.high.byteSwapped, at: address, in: bytes)
                && Plain.stands(endpoint.low.byteSwapped, at: address + 8, in: bytes)
        }
        return endpoint.high == 0
            && Plain.stands(UInt32(endpoint.low).byteSwapped, at: address, in: bytes)
    }

    static func unix(_ bytes: [UInt8], _ payload: Range<Int>) throws(Breach) {
        let row = UnixDiagnosis(bytes.span, payload: payload)
        let (other, place) = moved(bytes, payload)
        try promise(
            row == UnixDiagnosis(other.span, payload: place), "its place changes a row of unix")
        guard let row else { return }
        let start = payload.lowerBound
        try attributes(bytes, (start + 16)..<payload.upperBound)
        try promise(
            bytes[start] == 1 && bytes[start + 1] == row.type && bytes[start + 2] == row.state
                && Plain.stands(row.inode, at: start + 4, in: bytes),
            "other fields than the bytes have: \(row)")
        try promise(row.peerInode != 0, "a peer of number 0")
        // Each byte of a name may turn to the three of the replacement character.
        if let name = row.name {
            try promise(name.utf8.count <= 3 * 108 + 1, "a name of \(name.utf8.count) bytes")
        }
    }

    static func netlink(_ bytes: [UInt8], _ payload: Range<Int>) throws(Breach) {
        let row = NetlinkDiagnosis(bytes.span, payload: payload)
        let (other, place) = moved(bytes, payload)
        try promise(
            row == NetlinkDiagnosis(other.span, payload: place), "its place changes a netlink row")
        guard let row else { return }
        let start = payload.lowerBound
        try promise(
            bytes[start] == 16 && bytes[start + 2] == row.protocolNumber
                && Plain.stands(row.port, at: start + 4, in: bytes)
                && Plain.stands(row.peerPort, at: start + 8, in: bytes)
                && Plain.stands(row.inode, at: start + 16, in: bytes),
            "other fields than the bytes have: \(row)")
    }

    static func packet(_ bytes: [UInt8], _ payload: Range<Int>) throws(Breach) {
        let row = PacketDiagnosis(bytes.span, payload: payload)
        let (other, place) = moved(bytes, payload)
        try promise(
            row == PacketDiagnosis(other.span, payload: place), "its place changes a packet row")
        guard let row else { return }
        let start = payload.lowerBound
        try promise(
            bytes[start] == 17 && bytes[start + 1] == row.type
                && Plain.stands(row.etherType, at: start + 2, in: bytes)
                && Plain.stands(row.inode, at: start + 4, in: bytes),
            "other fields than the bytes have: \(row)")
    }
}
