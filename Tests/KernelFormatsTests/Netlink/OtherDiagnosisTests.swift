import KernelFormats
import Testing

/// Rows of Unix, netlink and packet sockets.
@Suite struct OtherDiagnosisTests {
    static func unix(_ message: [UInt8]) throws -> UnixDiagnosis {
        try #require(UnixDiagnosis(message: message))
    }

    /// A row of a Unix socket with these attributes.
    static func unix(attributes: String) throws -> UnixDiagnosis {
        try unix(Captured.unixPair[..<32] + Hex.bytes(attributes))
    }

    // MARK: Unix

    @Test func `A listener has its path and its queue`() throws {
        let row = try Self.unix(Captured.unixListener)
        #expect(row.type == 1)
        #expect(row.state == 10)
        #expect(row.inode == 17_645_484)
        #expect(row.peerInode == nil)
        #expect(row.name == "/tmp/a b.sock")
        #expect(row.receiveQueue == 0)
        #expect(row.sendQueue == 3)
    }

    @Test func `One of a pair has a peer and no name`() throws {
        let row = try Self.unix(Captured.unixPair)
        #expect(row.type == 1)
        #expect(row.state == 1)
        #expect(row.inode == 17_645_487)
        #expect(row.peerInode == 17_645_488)
        #expect(row.name == nil)
        #expect(row.receiveQueue == 0)
        #expect(row.sendQueue == 768)
    }

    @Test func `An abstract name is written with an at sign`() throws {
        let row = try Self.unix(Captured.unixAbstract)
        #expect(row.type == 2)
        #expect(row.state == 7)
        #expect(row.inode == 17_645_486)
        #expect(row.name == "@sockeye name")
        #expect(row.peerInode == nil)
    }

    @Test func `A peer of number 0 is none`() throws {
        #expect(try Self.unix(attributes: "08 00 02 00  00 00 00 00").peerInode == nil)
    }

    @Test func `Attributes that are too short are passed over`() throws {
        let row = try Self.unix(
            attributes: """
                07 00 02 00  01 02 03  00
                0b 00 04 00  01 00 00 00 02 00 00  00
                04 00 00 00  # a name of nothing
                """)
        #expect(row.peerInode == nil)
        #expect(row.receiveQueue == 0 && row.sendQueue == 0)
        #expect(row.name == nil)
    }

    @Test func `A name of NUL alone is none`() throws {
        #expect(try Self.unix(attributes: "05 00 00 00  00  00*3").name == nil)
    }

    @Test func `No name is longer than the kernel allows`() throws {
        let row = try Self.unix(attributes: "cc 00 00 00  61*200")
        #expect(row.name?.count == 108)
    }

    @Test(
        arguments: [
            ([], nil), ([0], nil), ([0x2F, 0x61], "/a"), ([0x2F, 0x61, 0, 0x62], "/a"),
            ([0, 0x61, 0, 0x62], "@a\u{0}b"), ([0, 0], "@\u{0}"), ([0xFF], "\u{FFFD}"),
        ] as [([UInt8], String?)])
    func `A name is its bytes as text`(bytes: [UInt8], text: String?) {
        #expect(UnixName.text(bytes) == text)
    }

    @Test func `A request asks as struct unix_diag_req does`() {
        #expect(
            UnixDiagnosis.request
                == Hex.bytes("01 00 00 00  ff*4  00*4  15 00 00 00  ff*8"))
    }

    // MARK: Netlink and packet

    @Test func `A netlink row has its protocol, port and inode`() throws {
        let bytes = Captured.netlink
        let row = try #require(NetlinkDiagnosis(message: bytes))
        #expect(row.protocolNumber == 0)
        #expect(row.port == 13_764)
        #expect(row.peerPort == 0)
        #expect(row.inode == 17_645_497)
    }

    @Test func `The port that a netlink socket is connected to is read`() throws {
        var bytes = Captured.netlink
        bytes[18] = 4
        bytes[24] = 9
        let row = try #require(NetlinkDiagnosis(message: bytes))
        #expect(row.protocolNumber == 4)
        #expect(row.peerPort == 9)
    }

    @Test func `A packet row has its type, EtherType and inode`() throws {
        let bytes = Captured.packet
        let row = try #require(PacketDiagnosis(message: bytes))
        #expect(row.type == 3)
        #expect(row.etherType == 3)
        #expect(row.inode == 17_645_507)
    }

    @Test func `The requests are as long as the kernel's structures`() {
        #expect(NetlinkDiagnosis.request == [16, 255] + [UInt8](repeating: 0, count: 18))
        #expect(PacketDiagnosis.request == [17] + [UInt8](repeating: 0, count: 19))
    }

    // MARK: All three

    @Test func `A row cut in its fixed part is none`() {
        for length in 16...Captured.unixListener.count {
            let bytes = Array(Captured.unixListener[..<length])
            let row = UnixDiagnosis(message: bytes, payload: 16..<length)
            #expect((row != nil) == (length >= 32), "cut at \(length)")
            #expect((row?.name != nil) == (length >= 50), "cut at \(length)")
        }
        for length in 16...Captured.netlink.count {
            let bytes = Array(Captured.netlink[..<length])
            let row = NetlinkDiagnosis(message: bytes, payload: 16..<length)
            #expect((row != nil) == (length >= 44), "cut at \(length)")
        }
        for length in 16...Captured.packet.count {
            let bytes = Array(Captured.packet[..<length])
            let row = PacketDiagnosis(message: bytes, payload: 16..<length)
            #expect((row != nil) == (length >= 32), "cut at \(length)")
        }
    }

    @Test func `A row of one family is no row of another`() {
        for message in Captured.rows {
            let payload = 16..<message.count
            let found = [
                InetDiagnosis(message: message, payload: payload) != nil,
                UnixDiagnosis(message: message, payload: payload) != nil,
                NetlinkDiagnosis(message: message, payload: payload) != nil,
                PacketDiagnosis(message: message, payload: payload) != nil,
            ]
            #expect(found.count { $0 } == 1)
        }
    }

    @Test func `A payload beyond the datagram is no row`() {
        let (unix, netlink, packet) = (Captured.unixPair, Captured.netlink, Captured.packet)
        #expect(UnixDiagnosis(message: unix, payload: 16..<(unix.count + 1)) == nil)
        #expect(NetlinkDiagnosis(message: netlink, payload: 16..<(netlink.count + 1)) == nil)
        #expect(PacketDiagnosis(message: packet, payload: 16..<(packet.count + 1)) == nil)
    }
}
