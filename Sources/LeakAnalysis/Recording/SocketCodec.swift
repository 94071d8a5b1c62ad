import Measurements

/// Records of sockets as bytes and back, each in relation to the one before it.
enum SocketCodec {
    /// What a whole record has; a bit that is not listed is 0.
    struct Parts: OptionSet {
        let rawValue: UInt64
        /// Family, type, protocol, state, ghost and direction are those of the record before.
        static let sameKind = Parts(rawValue: 1 << 0)
        static let local = Parts(rawValue: 1 << 1)
        /// The address is that of the record before, and only the port is written.
        static let sameLocalAddress = Parts(rawValue: 1 << 2)
        static let peer = Parts(rawValue: 1 << 3)
        /// The other side is that of the record before.
        static let samePeer = Parts(rawValue: 1 << 4)
        static let receiveQueue = Parts(rawValue: 1 << 5)
        static let sendQueue = Parts(rawValue: 1 << 6)
        static let activity = Parts(rawValue: 1 << 7)
        static let wasEstablished = Parts(rawValue: 1 << 8)
        static let unreadError = Parts(rawValue: 1 << 9)
        static let timeWaitTwin = Parts(rawValue: 1 << 10)
        static let foreignNamespace = Parts(rawValue: 1 << 11)
        static let all = Parts(rawValue: 1 << 12 - 1)
    }

    // MARK: A whole record

    static func write(
        _ record: SocketRecord, after previous: SocketRecord?, to writer: inout ByteWriter
    ) {
        let previous = previous ?? SocketRecord(descriptor: -1, inode: 0)
        let parts = parts(of: record, after: previous)
        writer.variable(parts.rawValue)
        writer.signed(Int64(record.descriptor) - Int64(previous.descriptor))
        writer.signed(Int64(bitPattern: record.inode &- previous.inode))
        if !parts.contains(.sameKind) { writeKind(of: record, to: &writer) }
        if let local = record.local {
            if parts.contains(.sameLocalAddress) {
                writer.fixed16(local.endpoint?.port ?? 0)
            } else {
                writer.address(local)
            }
        }
        if let peer = record.peer, !parts.contains(.samePeer) { writer.address(peer) }
        if parts.contains(.receiveQueue) { writer.variable(UInt64(record.receiveQueue)) }
        if parts.contains(.sendQueue) { writer.variable(UInt64(record.sendQueue)) }
        if let activity = record.activity { write(activity, to: &writer) }
        if let namespace = record.foreignNamespace { writer.variable(namespace) }
    }

    private static func parts(of record: SocketRecord, after previous: SocketRecord) -> Parts {
        var parts: Parts = []
        if isSameKind(record, previous) { parts.insert(.sameKind) }
        if let local = record.local {
            parts.insert(.local)
            if isSameAddress(local, previous.local) { parts.insert(.sameLocalAddress) }
        }
        if let peer = record.peer {
            parts.insert(.peer)
            if peer == previous.peer { parts.insert(.samePeer) }
        }
        if record.receiveQueue != 0 { parts.insert(.receiveQueue) }
        if record.sendQueue != 0 { parts.insert(.sendQueue) }
        if let activity = record.activity {
            parts.insert(.activity)
            if activity.wasEstablished { parts.insert(.wasEstablished) }
        }
        if record.hasUnreadError { parts.insert(.unreadError) }
        if record.hasTimeWaitTwin { parts.insert(.timeWaitTwin) }
        if record.foreignNamespace != nil { parts.insert(.foreignNamespace) }
        return parts
    }

    static func isSameKind(_ left: SocketRecord, _ right: SocketRecord) -> Bool {
        left.family == right.family && left.type == right.type
            && left.transport == right.transport && left.state == right.state
            && left.ghost == right.ghost && left.direction == right.direction
    }

    private static func isSameAddress(_ left: SocketAddress, _ right: SocketAddress?) -> Bool {
        guard case .ip(var endpoint) = left, case .ip(let other) = right else { return false }
        endpoint.port = other.port
        return endpoint == other
    }

    static func writeKind(of record: SocketRecord, to writer: inout ByteWriter) {
        writer.byte(record.family.code)
        writer.byte(record.type.code)
        writer.byte(record.transport.code)
        writer.byte(record.state.code)
        writer.byte(record.ghost.code)
        writer.byte(record.direction.code)
    }

    static func read(after previous: SocketRecord?, from reader: inout ByteReader)
        throws(ByteReader.Fault) -> SocketRecord
    {
        let previous = previous ?? SocketRecord(descriptor: -1, inode: 0)
        let start = reader.position
        let parts = Parts(rawValue: try reader.variable())
        guard parts.isSubset(of: .all) else {
            throw .malformed(offset: start, "a socket has parts that no version knows")
        }
        let (descriptor, overflow) =
            Int64(previous.descriptor).addingReportingOverflow(try reader.signed())
        guard !overflow, let descriptor = Int32(exactly: descriptor) else {
            throw .malformed(offset: start, "a descriptor has more than 32 bits")
        }
        let inode = previous.inode &+ UInt64(bitPattern: try reader.signed())
        var record = SocketRecord(descriptor: descriptor, inode: inode)
        if parts.contains(.sameKind) {
            copyKind(of: previous, to: &record)
        } else {
            try readKind(of: &record, from: &reader)
        }
        try readAddresses(of: &record, parts, previous, from: &reader)
        if parts.contains(.receiveQueue) {
            record.receiveQueue = try reader.variable32("bytes of a queue")
        }
        if parts.contains(.sendQueue) {
            record.sendQueue = try reader.variable32("bytes of a queue")
        }
        if parts.contains(.activity) {
            record.activity = try readActivity(
                wasEstablished: parts.contains(.wasEstablished), from: &reader)
        }
        record.hasUnreadError = parts.contains(.unreadError)
        record.hasTimeWaitTwin = parts.contains(.timeWaitTwin)
        if parts.contains(.foreignNamespace) { record.foreignNamespace = try reader.variable() }
        return record
    }

    private static func copyKind(of other: SocketRecord, to record: inout SocketRecord) {
        record.family = other.family
        record.type = other.type
        record.transport = other.transport
        record.state = other.state
        record.ghost = other.ghost
        record.direction = other.direction
    }

    static func readKind(of record: inout SocketRecord, from reader: inout ByteReader)
        throws(ByteReader.Fault)
    {
        record.family = SocketFamily(code: try reader.byte())
        record.type = SocketType(code: try reader.byte())
        record.transport = SocketProtocol(code: try reader.byte())
        record.state = SocketState?(code: try reader.byte())
        let ghost = try reader.byte()
        // A ghost of a kind that is not known here is a ghost all the same.
        record.ghost = Int(ghost) < GhostKind?.codes.count ? GhostKind?(code: ghost) : .other
        record.direction = SocketDirection(code: try reader.byte())
    }

    private static func readAddresses(
        of record: inout SocketRecord, _ parts: Parts, _ previous: SocketRecord,
        from reader: inout ByteReader
    ) throws(ByteReader.Fault) {
        let start = reader.position
        if parts.contains(.local) {
            if parts.contains(.sameLocalAddress) {
                guard case .ip(var endpoint) = previous.local else {
                    throw .malformed(offset: start, "a socket repeats an address of none")
                }
                endpoint.port = try reader.fixed16()
                record.local = .ip(endpoint)
            } else {
                record.local = try reader.address()
            }
        }
        if parts.contains(.peer) {
            if parts.contains(.samePeer) {
                guard let peer = previous.peer else {
                    throw .malformed(offset: start, "a socket repeats an address of none")
                }
                record.peer = peer
            } else {
                record.peer = try reader.address()
            }
        }
    }

    // MARK: Activity

    private static func write(_ activity: TCPActivity, to writer: inout ByteWriter) {
        writer.variable(UInt64(activity.segmentsOut))
        writer.variable(UInt64(activity.dataSegmentsOut))
        writer.variable(UInt64(activity.dataSegmentsIn))
        writer.variable(activity.bytesAcknowledged)
        writer.variable(activity.bytesReceived)
        writer.variable(UInt64(activity.sinceDataSent))
        // The three clocks are of about the same age.
        writer.signed(Int64(activity.sinceDataReceived) - Int64(activity.sinceDataSent))
        writer.signed(Int64(activity.sinceAcknowledged) - Int64(activity.sinceDataSent))
        writer.variable(UInt64(activity.roundTrip))
        writer.variable(UInt64(activity.retransmissions))
    }

    private static func readActivity(wasEstablished: Bool, from reader: inout ByteReader)
        throws(ByteReader.Fault) -> TCPActivity
    {
        var activity = TCPActivity()
        activity.wasEstablished = wasEstablished
        activity.segmentsOut = try reader.variable32("segments")
        activity.dataSegmentsOut = try reader.variable32("segments")
        activity.dataSegmentsIn = try reader.variable32("segments")
        activity.bytesAcknowledged = try reader.variable()
        activity.bytesReceived = try reader.variable()
        activity.sinceDataSent = try reader.variable32("milliseconds")
        activity.sinceDataReceived = try readClock(near: activity.sinceDataSent, from: &reader)
        activity.sinceAcknowledged = try readClock(near: activity.sinceDataSent, from: &reader)
        activity.roundTrip = try reader.variable32("microseconds")
        activity.retransmissions = try reader.variable32("segments")
        return activity
    }

    private static func readClock(near base: UInt32, from reader: inout ByteReader)
        throws(ByteReader.Fault) -> UInt32
    {
        let start = reader.position
        let (sum, overflow) = Int64(base).addingReportingOverflow(try reader.signed())
        guard !overflow, let clock = UInt32(exactly: sum) else {
            throw .malformed(offset: start, "a clock has more than 32 bits")
        }
        return clock
    }
}
