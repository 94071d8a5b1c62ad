import KernelFormats
import Measurements
import Testing

/// struct sockaddr and its kin.
@Suite struct SocketAddressBytesTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var name: String
        var hex: String
        /// As a person writes it; nil for none.
        var text: String?
        /// The fewest bytes that give the same.
        var needed: Int

        var testDescription: String { name }
    }

    static let rows = [
        Row(
            name: "IPv4", hex: "02 00  01 bb  c0 00 02 09  00*8", text: "192.0.2.9:443", needed: 8),
        Row(name: "no IPv4", hex: "02 00  00 00  00*12", text: "0.0.0.0:0", needed: 8),
        Row(
            name: "IPv6", hex: "0a 00  1f 90  00*4  20 01 0d b8 00*11 01  00*4",
            text: "[2001:db8::1]:8080", needed: 24),
        Row(
            name: "mapped", hex: "0a 00  00 50  00*4  00*10 ff ff c0 00 02 01  00*4",
            text: "[::ffff:192.0.2.1]:80", needed: 24),
        Row(name: "path", hex: "01 00  2f 72 75 6e 2f 78 00", text: "/run/x", needed: 8),
        Row(name: "abstract", hex: "01 00  00 61 62", text: "@ab", needed: 5),
        Row(name: "unnamed", hex: "01 00", text: nil, needed: 0),
        Row(
            name: "netlink", hex: "10 00  00 00  c4 35 00 00  00*4", text: "port 13764", needed: 12),
        Row(name: "netlink unbound", hex: "10 00  00 00  00*4  00*4", text: nil, needed: 0),
        Row(
            name: "packet", hex: "11 00  00 03  02 00 00 00  00*12", text: "interface 2", needed: 8),
        Row(name: "packet everywhere", hex: "11 00  00 03  00*4  00*12", text: nil, needed: 0),
        Row(
            name: "vsock", hex: "28 00  00 00  88 13 00 00  03 00 00 00  00*4", text: "3:5000",
            needed: 12),
        Row(
            name: "vsock anywhere", hex: "28 00  00 00  88 13 00 00  ff*4  00*4", text: "any:5000",
            needed: 12),
        Row(name: "vsock unbound", hex: "28 00  00 00  ff*4  ff*4  00*4", text: nil, needed: 0),
        Row(name: "XDP", hex: "2c 00  00*14", text: nil, needed: 0),
        Row(name: "unknown family", hex: "63 00  00*14", text: nil, needed: 0),
        Row(name: "nothing", hex: "", text: nil, needed: 0),
    ]

    @Test(arguments: rows)
    func `An address is read, and none that is cut`(row: Row) {
        let bytes = Hex.bytes(row.hex)
        #expect(SocketAddressBytes.read(bytes)?.description == row.text)
        guard row.text != nil else { return }
        for length in 0..<bytes.count {
            let cut = SocketAddressBytes.read(Array(bytes[..<length]))?.description
            if length >= row.needed {
                #expect(cut == row.text, "\(length) bytes")
            } else {
                #expect(cut != row.text, "\(length) bytes")
                // Of a name the beginning is a name too; of nothing else is a part an address.
                if bytes[0] != 1 { #expect(cut == nil, "\(length) bytes") }
            }
        }
    }

    @Test func `A port is in network order, and an address too`() {
        let address = SocketAddressBytes.read(Hex.bytes("02 00  12 34  01 02 03 04"))
        #expect(address == .ip(IPEndpoint(high: 0, low: 0x0102_0304, port: 0x1234, isIPv6: false)))
    }
}
