import KernelFormats
import Measurements
import Testing

/// Rows of TCP, UDP and raw sockets.
@Suite struct InetDiagnosisTests {
    static func row(_ message: [UInt8]) throws -> InetDiagnosis {
        try #require(InetDiagnosis(message: message))
    }

    static let loopback: [UInt8] = [127, 0, 0, 1]

    @Test func `A listener tells how many wait and may wait`() throws {
        let row = try Self.row(Captured.listener)
        #expect(row.family == .inet)
        #expect(row.state == 10)
        #expect(row.timer == 0)
        #expect(row.expires == 0)
        #expect(row.receiveQueue == 0)
        #expect(row.sendQueue == 7)
        #expect(row.inode == 17_559_065)
        #expect(row.local == IPEndpoint(bytes: Self.loopback, port: 37231))
        #expect(row.peer == IPEndpoint(bytes: [0, 0, 0, 0], port: 0))
        #expect(row.information == 128..<408)
    }

    @Test func `An accepted connection tells its ends and what is unread`() throws {
        let row = try Self.row(Captured.accepted)
        #expect(row.family == .inet)
        #expect(row.state == 1)
        #expect(row.timer == 0)
        #expect(row.receiveQueue == 5)
        #expect(row.sendQueue == 0)
        #expect(row.inode == 17_559_067)
        #expect(row.local == IPEndpoint(bytes: Self.loopback, port: 37231))
        #expect(row.peer == IPEndpoint(bytes: Self.loopback, port: 49852))
    }

    @Test func `The information in a row is read with every field`() throws {
        let row = try Self.row(Captured.accepted)
        let range = try #require(row.information)
        let information = try #require(TCPInformation(bytes: Captured.accepted, range: range))
        #expect(information.state == 1)
        #expect(information.options == 7)
        #expect(information.unacknowledged == 0)
        #expect(information.sinceDataSent == 104)
        #expect(information.sinceDataReceived == 104)
        #expect(information.sinceAcknowledged == 104)
        #expect(information.pathMTU == 65_535)
        #expect(information.roundTrip == 15)
        #expect(information.retransmissions == 0)
        #expect(information.bytesAcknowledged == 0)
        #expect(information.bytesReceived == 5)
        #expect(information.segmentsOut == 1)
        #expect(information.dataSegmentsIn == 1)
        #expect(information.dataSegmentsOut == 0)
        #expect(information.bytesSent == 0)
        #expect(information.bytesRetransmitted == 0)
        #expect(information.tellsBytesSent)
        #expect(information.acknowledgedFlags == 0)
        #expect(SocketEvidence.direction(information, state: .established) == .inbound)
    }

    @Test func `A connection over IPv6 has its sixteen bytes`() throws {
        let row = try Self.row(Captured.asking)
        let one = [UInt8](repeating: 0, count: 15) + [1]
        #expect(row.family == .inet6)
        #expect(row.local == IPEndpoint(bytes: one, port: 45440))
        #expect(row.peer == IPEndpoint(bytes: one, port: 36299))
        #expect(row.local.description == "[::1]:45440")
        #expect(row.inode == 17_559_069)
        let range = try #require(row.information)
        let information = try #require(TCPInformation(bytes: Captured.asking, range: range))
        #expect(information.acknowledgedFlags == 1)
        #expect(information.sinceDataSent == 2_388)
        #expect(information.pathMTU == 65_536)
        #expect(SocketEvidence.direction(information, state: .established) == .outbound)
    }

    @Test func `A row of TIME_WAIT has a timer, and neither inode nor information`() throws {
        let row = try Self.row(Captured.timeWait)
        #expect(row.state == 6)
        #expect(row.timer == 3)
        #expect(row.expires == 7_796)
        #expect(row.inode == 0)
        #expect(row.information == nil)
        #expect(row.local == IPEndpoint(bytes: Self.loopback, port: 60473))
        #expect(row.peer == IPEndpoint(bytes: Self.loopback, port: 33702))
    }

    @Test func `A port that is only bound has no other side`() throws {
        let row = try Self.row(Captured.bound)
        #expect(row.state == 7)
        #expect(row.inode == 17_559_073)
        #expect(row.local == IPEndpoint(bytes: Self.loopback, port: 39555))
        #expect(row.peer.isUnspecified && row.peer.port == 0)
        #expect(row.information == nil)
    }

    @Test func `A row cut anywhere in its fixed part is none, and later has less`() {
        let message = Captured.accepted
        for length in 0..<message.count {
            let bytes = Array(message[..<length])
            let row = InetDiagnosis(message: bytes, payload: min(16, length)..<length)
            #expect((row != nil) == (length >= 88), "cut at \(length)")
            // The attribute claims more than there is, so it is not taken.
            #expect(row?.information == nil, "cut at \(length)")
        }
    }

    @Test func `A payload beyond the datagram is no row`() {
        let message = Captured.bound
        #expect(InetDiagnosis(message: message, payload: 16..<(message.count + 1)) == nil)
    }

    @Test(arguments: [0, 1, 16, 17, 40, 255])
    func `Another family is no row`(family: UInt8) {
        var message = Captured.bound
        message[16] = family
        #expect(InetDiagnosis(message: message) == nil)
    }

    @Test func `A request asks as struct inet_diag_req_v2 does`() {
        let tcp = InetDiagnosis.request(family: .inet, protocolNumber: 6, information: true)
        #expect(tcp == [2, 6, 2, 0, 0xFE, 0x3F, 0, 0] + [UInt8](repeating: 0, count: 48))
        let udp = InetDiagnosis.request(
            family: .inet6, protocolNumber: 17, states: .max, information: false)
        #expect(udp == [10, 17, 0, 0, 255, 255, 255, 255] + [UInt8](repeating: 0, count: 48))
    }

    @Test func `A protocol of more than a byte is asked for by an attribute`() {
        let mptcp = InetDiagnosis.request(
            family: .inet, protocolNumber: 262, information: false)
        #expect(mptcp.count == 64)
        #expect(Array(mptcp[56...]) == [8, 0, 3, 0, 6, 1, 0, 0])
    }

    @Test func `The older request asks for TCP of both families at once`() {
        let bytes = InetDiagnosis.tcpRequest
        #expect(bytes.count == 60)
        #expect(bytes == Hex.bytes("00 00 00 02  00*48  fe 3f 00 00  00*4"))
        let message = NetlinkMessage.dumpRequest(
            sequence: 1, payload: bytes, type: NetlinkMessage.tcpDiagnosis)
        #expect(message[4] == 18 && message[5] == 0)
    }
}
