import KernelFormats
import Measurements
import Testing

/// Lines of the tables of text in `/proc/PID/net`, as Linux 6.18 writes them.
@Suite struct ProcNetRowTests {
    @Test func `A line of tcp`() throws {
        let row = try #require(
            ProcNetRow(
                inet: "   1: 0100007F:916F 0100007F:C2BC 01 00000007:00000005 00:00000000 "
                    + "00000000     0        0 17559067 1 0000000000000000 20 4 30 10 -1"))
        #expect(row.inode == 17_559_067)
        #expect(row.state == 1)
        #expect(row.local?.description == "127.0.0.1:37231")
        #expect(row.peer?.description == "127.0.0.1:49852")
        #expect(row.sendQueue == 7)
        #expect(row.receiveQueue == 5)
        #expect(row.type == nil)
    }

    @Test func `A listener has no other side`() throws {
        let row = try #require(
            ProcNetRow(
                inet: "   0: 0100007F:916F 00000000:0000 0A 00000000:00000000 00:00000000 "
                    + "00000000     0        0 17559065 1 0000000000000000 100 0 0 10 0"))
        #expect(row.state == 10)
        #expect(row.peer == nil)
        #expect(row.local == SocketAddress(testing: "127.0.0.1:37231"))
    }

    @Test func `A line of tcp6 has words in the machine's order`() throws {
        let row = try #require(
            ProcNetRow(
                inet: "   2: B80D0120000000000000000001000000:1F90 "
                    + "0000000000000000FFFF0000010200C0:B180 01 00000000:00000000 02:000003E8 "
                    + "00000000  1000        0 17559069 2 0000000000000000 20 0 0 10 -1"))
        #expect(row.local?.description == "[2001:db8::1]:8080")
        #expect(row.peer?.description == "[::ffff:192.0.2.1]:45440")
        #expect(row.inode == 17_559_069)
    }

    @Test func `A line of udp has more fields behind`() throws {
        let row = try #require(
            ProcNetRow(
                inet: " 1185: 00000000:0044 00000000:0000 07 00000000:00000000 00:00000000 "
                    + "00000000     0        0 2311 2 0000000000000000 0"))
        #expect(row.state == 7)
        #expect(row.local?.description == "0.0.0.0:68")
        #expect(row.inode == 2_311)
    }

    @Test func `The largest queues and inodes are read`() throws {
        let row = try #require(
            ProcNetRow(
                inet: "0: FFFFFFFF:FFFF FFFFFFFF:FFFF 0D FFFFFFFF:FFFFFFFF 0 0 0 0 "
                    + "18446744073709551615"))
        #expect(row.inode == UInt64.max)
        #expect(row.sendQueue == UInt32.max && row.receiveQueue == UInt32.max)
    }

    @Test(arguments: [
        "",
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  "
            + "timeout inode",
        "0: 0100007F:0050 0100007F:0050 01 0:0 0 0 0 0",  // one field short
        "0: 0100007F0050 0100007F:0050 01 0:0 0 0 0 0 1",
        "0: 0100007:0050 0100007F:0050 01 0:0 0 0 0 0 1",
        "0: 0100007F:10000 0100007F:0050 01 0:0 0 0 0 0 1",
        "0: 0100007G:0050 0100007F:0050 01 0:0 0 0 0 0 1",
        "0: 0100007F:0050 0100007F: 01 0:0 0 0 0 0 1",
        "0: 0100007F:0050 0100007F:0050 100 0:0 0 0 0 0 1",
        "0: 0100007F:0050 0100007F:0050 01 0:0 0 0 0 0 x",
        "0: 0100007F:0050 0100007F:0050 01 0:0 0 0 0 0 18446744073709551616",
        "0: 0100007F:0050:1 0100007F:0050 01 0:0 0 0 0 0 1",
    ])
    func `What is no line of inet is refused`(line: String) {
        #expect(ProcNetRow(inet: line[...]) == nil)
    }

    // MARK: Unix

    @Test(
        arguments: [
            (
                "0000000000000000: 00000002 00000000 00010000 0001 01 17645484 /tmp/a b.sock",
                10, "/tmp/a b.sock"
            ),
            ("0000000000000000: 00000003 00000000 00000000 0001 03 17645484", 1, nil),
            (
                "0000000000000000: 00000002 00000000 00000000 0002 01 17645484 @sockeye name",
                7, "@sockeye name"
            ),
            ("0000000000000000: 00000002 00000000 00000000 0002 01 17645484  two ", 7, " two "),
            // A mark that joins the blank before it.
            (
                "0000000000000000: 00000002 00000000 00000000 0002 01 17645484 \u{301}x",
                7, "\u{301}x"
            ),
        ] as [(String, UInt8, String?)])
    func `A line of unix has its inode before the path`(line: String, state: UInt8, path: String?)
        throws
    {
        let row = try #require(ProcNetRow(unix: line[...]))
        #expect(row.inode == 17_645_484)
        #expect(row.state == state)
        #expect(row.local.map { Array($0.description.utf8) } == path.map { Array($0.utf8) })
        #expect(row.type == (line.contains(" 0002 ") ? 2 : 1))
    }

    @Test(arguments: [
        "", "Num       RefCount Protocol Flags    Type St Inode Path",
        "0000000000000000: 00000002 00000000 00010000 0001 01",
        "0000000000000000: 00000002 00000000 0001000G 0001 01 1",
        "0000000000000000: 00000002 00000000 00010000 0001 0x 1",
        "0000000000000000: 00000002 00000000 00010000 0001 01 x",
    ])
    func `What is no line of unix is refused`(line: String) {
        #expect(ProcNetRow(unix: line[...]) == nil)
    }

    // MARK: Packet and netlink

    @Test(arguments: [
        "0000000000000000 3      3    0003   0     1 0        0      17645507",
        "0000000000000000 0   13764      00000000 0        0        0     2        0        17645507",
    ])
    func `The inode may be the last field`(line: String) {
        #expect(ProcNetRow(lastField: line[...])?.inode == 17_645_507)
    }

    @Test(arguments: ["", "sk       RefCnt Type Proto  Iface R Rmem   User   Inode", "1 2 3"])
    func `What has no last inode is refused`(line: String) {
        #expect(ProcNetRow(lastField: line[...]) == nil)
    }
}
