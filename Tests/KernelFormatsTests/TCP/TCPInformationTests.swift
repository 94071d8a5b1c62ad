import KernelFormats
import Measurements
import Testing

/// struct tcp_info of every kernel.
@Suite struct TCPInformationTests {
    /// A field: where it is, how wide, and what is read of it.
    struct Field: CustomTestStringConvertible, Sendable {
        var name: String
        var offset: Int
        var width: Int
        var read: @Sendable (TCPInformation) -> UInt64

        var testDescription: String { name }
    }

    static let fields: [Field] = [
        Field(name: "tcpi_state", offset: 0, width: 1) { UInt64($0.state) },
        Field(name: "tcpi_options", offset: 5, width: 1) { UInt64($0.options) },
        Field(name: "tcpi_unacked", offset: 24, width: 4) { UInt64($0.unacknowledged) },
        Field(name: "tcpi_sacked", offset: 28, width: 4) { UInt64($0.selectivelyAcknowledged) },
        Field(name: "tcpi_last_data_sent", offset: 44, width: 4) { UInt64($0.sinceDataSent) },
        Field(name: "tcpi_last_data_recv", offset: 52, width: 4) { UInt64($0.sinceDataReceived) },
        Field(name: "tcpi_last_ack_recv", offset: 56, width: 4) { UInt64($0.sinceAcknowledged) },
        Field(name: "tcpi_pmtu", offset: 60, width: 4) { UInt64($0.pathMTU) },
        Field(name: "tcpi_rtt", offset: 68, width: 4) { UInt64($0.roundTrip) },
        Field(name: "tcpi_total_retrans", offset: 100, width: 4) { UInt64($0.retransmissions) },
        Field(name: "tcpi_bytes_acked", offset: 120, width: 8) { $0.bytesAcknowledged },
        Field(name: "tcpi_bytes_received", offset: 128, width: 8) { $0.bytesReceived },
        Field(name: "tcpi_segs_out", offset: 136, width: 4) { UInt64($0.segmentsOut) },
        Field(name: "tcpi_data_segs_in", offset: 152, width: 4) { UInt64($0.dataSegmentsIn) },
        Field(name: "tcpi_data_segs_out", offset: 156, width: 4) { UInt64($0.dataSegmentsOut) },
        Field(name: "tcpi_bytes_sent", offset: 200, width: 8) { $0.bytesSent },
        Field(name: "tcpi_bytes_retrans", offset: 208, width: 8) { $0.bytesRetransmitted },
    ]

    @Test(arguments: fields)
    func `A field is read from its own bytes and no others`(field: Field) throws {
        var bytes = [UInt8](repeating: 0, count: TCPBytes.length)
        var expected: UInt64 = 0
        for index in 0..<field.width {
            bytes[field.offset + index] = UInt8(0xA0 + index)
            expected |= UInt64(0xA0 + index) << (8 * index)
        }
        let information = try #require(TCPInformation(bytes: bytes))
        for other in Self.fields {
            #expect(
                other.read(information) == (other.name == field.name ? expected : 0),
                "\(other.name)")
        }
    }

    @Test(arguments: fields)
    func `A structure of every length gives what is whole in it, and 0 for the rest`(
        field: Field
    ) throws {
        let full = (0..<TCPBytes.length).map { UInt8(truncatingIfNeeded: $0 &* 37 | 1) }
        let complete = field.read(try #require(TCPInformation(bytes: full)))
        for length in 1...TCPBytes.length {
            let short = try #require(TCPInformation(bytes: Array(full[..<length])))
            let isWhole = length >= field.offset + field.width
            #expect(field.read(short) == (isWhole ? complete : 0), "\(length) bytes")
            #expect(short.tellsBytesSent == (length >= 216), "\(length) bytes")
        }
    }

    @Test func `A structure within a datagram ends where it ends`() throws {
        let bytes = [UInt8](repeating: 0xFF, count: 400)
        for length in 1...256 {
            let information = try #require(
                TCPInformation(bytes: bytes, range: 100..<(100 + length)))
            #expect(information == TCPInformation(bytes: [UInt8](repeating: 0xFF, count: length)))
        }
    }

    @Test func `Nothing is no structure`() {
        #expect(TCPInformation(bytes: []) == nil)
        #expect(TCPInformation(bytes: [1, 2, 3], range: 3..<3) == nil)
        #expect(TCPInformation(bytes: [1, 2, 3], range: 1..<4) == nil)
    }

    // MARK: What follows from it

    @Test func `A handshake is known by its options, or by what went over`() throws {
        #expect(try #require(TCPBytes(state: 7).information).wasEstablished == false)
        for (offset, value) in [(5, 1), (120, 1), (128, 1)] {
            var bytes = TCPBytes(state: 7)
            bytes.bytes[offset] = UInt8(value)
            #expect(try #require(bytes.information).wasEstablished)
        }
        var asked = TCPBytes(state: 2)
        asked.set(UInt32(1), at: 136)
        #expect(try #require(asked.information).wasEstablished == false)
    }

    @Test(
        arguments: [
            (0, 0, 0, 0), (1, 0, 0, 1), (100, 100, 0, 0), (101, 100, 0, 1), (102, 100, 0, 2),
            (103, 100, 0, nil), (99, 100, 0, nil), (50, 100, 50, 0), (52, 100, 50, 2),
            (101, 150, 50, 1), (0, 50, 100, nil), (UInt64.max, UInt64.max - 2, 0, 2),
            (0, UInt64.max, UInt64.max, 0), (2, 0, 0, 2), (3, 0, 0, nil),
        ] as [(UInt64, UInt64, UInt64, Int?)])
    func `What is acknowledged beyond the payload is SYN and FIN`(
        acknowledged: UInt64, sent: UInt64, again: UInt64, flags: Int?
    ) throws {
        var bytes = TCPBytes(state: 1)
        bytes.set(acknowledged, at: 120)
        bytes.set(sent, at: 200)
        bytes.set(again, at: 208)
        #expect(try #require(bytes.information).acknowledgedFlags == flags)
    }

    @Test func `A kernel that does not tell what was sent does not tell the flags`() throws {
        for length in 1..<216 {
            let information = try #require(
                TCPBytes(state: 1, length: length).information)
            #expect(information.acknowledgedFlags == nil)
        }
    }

    @Test func `The analysis is given what was counted`() throws {
        let full = (0..<TCPBytes.length).map { UInt8(truncatingIfNeeded: $0 &* 37 | 1) }
        let information = try #require(TCPInformation(bytes: full))
        var activity = TCPActivity()
        activity.wasEstablished = true
        activity.segmentsOut = information.segmentsOut
        activity.dataSegmentsOut = information.dataSegmentsOut
        activity.dataSegmentsIn = information.dataSegmentsIn
        activity.bytesAcknowledged = information.bytesAcknowledged
        activity.bytesReceived = information.bytesReceived
        activity.sinceDataSent = information.sinceDataSent
        activity.sinceDataReceived = information.sinceDataReceived
        activity.sinceAcknowledged = information.sinceAcknowledged
        activity.roundTrip = information.roundTrip
        activity.retransmissions = information.retransmissions
        #expect(information.activity == activity)
    }
}
