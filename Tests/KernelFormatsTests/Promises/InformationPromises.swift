import KernelFormats
import Measurements

/// What holds of any struct tcp_info, and of what is concluded from it.
enum InformationPromises {
    static func check(_ bytes: [UInt8]) throws(Breach) {
        let information = TCPInformation(bytes.span, 0..<bytes.count)
        try promise((information == nil) == bytes.isEmpty, "no information in \(bytes.count) bytes")
        guard let information else { return }
        let around = [255] + bytes + [255, 255]
        try promise(
            information == TCPInformation(around.span, 1..<(1 + bytes.count)),
            "its place changes the information")
        try fields(information, bytes)
        try conclusions(information)
    }

    private static func fields(
        _ information: TCPInformation, _ bytes: [UInt8]
    ) throws(Breach) {
        try promise(information.state == bytes[0], "another state")
        try promise(information.options == (bytes.count > 5 ? bytes[5] : 0), "other options")
        let words: [(UInt32, Int)] = [
            (information.unacknowledged, 24), (information.selectivelyAcknowledged, 28),
            (information.sinceDataSent, 44), (information.sinceDataReceived, 52),
            (information.sinceAcknowledged, 56), (information.pathMTU, 60),
            (information.roundTrip, 68), (information.retransmissions, 100),
            (information.segmentsOut, 136), (information.dataSegmentsIn, 152),
            (information.dataSegmentsOut, 156),
        ]
        for (value, offset) in words { try field(value, offset, bytes) }
        let longs: [(UInt64, Int)] = [
            (information.bytesAcknowledged, 120), (information.bytesReceived, 128),
            (information.bytesSent, 200), (information.bytesRetransmitted, 208),
        ]
        for (value, offset) in longs { try field(value, offset, bytes) }
    }

    private static func field<Value: FixedWidthInteger>(
        _ value: Value, _ offset: Int, _ bytes: [UInt8]
    ) throws(Breach) {
        let isThere = offset + Value.bitWidth / 8 <= bytes.count
        try promise(
            isThere ? Plain.stands(value, at: offset, in: bytes) : value == 0,
            "\(value) at \(offset) of \(bytes.count)")
    }

    private static func conclusions(_ information: TCPInformation) throws(Breach) {
        if let flags = information.acknowledgedFlags {
            try promise(0...2 ~= flags, "\(flags) flags")
            try promise(
                information.bytesSent - information.bytesRetransmitted + UInt64(flags)
                    == information.bytesAcknowledged, "numbers that do not add up")
        }
        var evidence = SocketEvidence(family: .inet, type: .stream, transport: .tcp)
        evidence.information = information
        let direction = evidence.direction
        try promise(
            direction == nil || information.wasEstablished, "a direction without a handshake")
        for events in [0x14, 0x201D] as [Int32] {
            evidence.pollEvents = events
            let name = GhostNaming.name(evidence, direction: direction ?? .unknown)
            try promise((name != nil) == (information.state == 7), "state \(information.state)")
            guard let name else { continue }
            try promise(
                information.wasEstablished == [.reset, .closed].contains(name)
                    || (name == .reset && events & 8 != 0),
                "\(name) although established is \(information.wasEstablished)")
        }
        try promise(
            information.activity.wasEstablished == information.wasEstablished
                && information.activity.sinceDataSent == information.sinceDataSent,
            "another activity")
    }
}
