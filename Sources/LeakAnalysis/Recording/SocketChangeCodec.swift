import Measurements

/// How one socket's record differs from that of the look before, as bytes and back.
enum SocketChangeCodec {
    /// What differs; a bit that is not listed is 0.
    struct Parts: OptionSet {
        let rawValue: UInt64
        static let kind = Parts(rawValue: 1 << 0)
        /// The own address is written whole; without it being there at all, see ``noLocal``.
        static let local = Parts(rawValue: 1 << 1)
        static let noLocal = Parts(rawValue: 1 << 2)
        static let peer = Parts(rawValue: 1 << 3)
        static let noPeer = Parts(rawValue: 1 << 4)
        static let receiveQueue = Parts(rawValue: 1 << 5)
        static let sendQueue = Parts(rawValue: 1 << 6)
        static let noActivity = Parts(rawValue: 1 << 7)
        /// There was no activity before: the changes are from one of zeros.
        static let newActivity = Parts(rawValue: 1 << 8)
        static let established = Parts(rawValue: 1 << 9)
        static let unreadError = Parts(rawValue: 1 << 10)
        static let timeWaitTwin = Parts(rawValue: 1 << 11)
        static let foreignNamespace = Parts(rawValue: 1 << 12)
        static let noForeignNamespace = Parts(rawValue: 1 << 13)
        /// The numbers of the activity, in the order of ``numbers(of:)``.
        static func number(_ index: Int) -> Parts { Parts(rawValue: 1 << UInt64(14 + index)) }
        static let all = Parts(rawValue: 1 << 24 - 1)
    }

    private static let numberCount = 10

    /// What is expected of the clocks when nothing happened: that `elapsed` milliseconds passed.
    static func predicted(_ activity: TCPActivity, elapsed: UInt32) -> TCPActivity {
        var later = activity
        later.sinceDataSent &+= elapsed
        later.sinceDataReceived &+= elapsed
        later.sinceAcknowledged &+= elapsed
        return later
    }

    /// How many milliseconds all three clocks are ahead of what was expected, when nothing else
    /// differs; nil otherwise, and 0 where there are no clocks.
    ///
    /// The kernel's tick is 1 to 10 ms and the sockets of one look are not read at one moment.
    static func shift(of record: SocketRecord, after earlier: SocketRecord, elapsed: UInt32)
        -> Int32?
    {
        guard let old = earlier.activity else { return record == earlier ? 0 : nil }
        guard let new = record.activity else { return nil }
        let shift = Int32(bitPattern: new.sinceDataSent &- old.sinceDataSent &- elapsed)
        var expected = earlier
        expected.activity = predicted(old, elapsed: elapsed &+ UInt32(bitPattern: shift))
        return record == expected ? shift : nil
    }

    /// The record when nothing happened to it but that time passed.
    static func unchanged(_ earlier: SocketRecord, shift: Int32, elapsed: UInt32) -> SocketRecord {
        var record = earlier
        if let activity = earlier.activity {
            record.activity = predicted(
                activity, elapsed: elapsed &+ UInt32(bitPattern: shift))
        }
        return record
    }

    private static func numbers(of activity: TCPActivity) -> [UInt64] {
        [
            UInt64(activity.sinceDataSent), UInt64(activity.sinceDataReceived),
            UInt64(activity.sinceAcknowledged), UInt64(activity.segmentsOut),
            UInt64(activity.dataSegmentsOut), UInt64(activity.dataSegmentsIn),
            activity.bytesAcknowledged, activity.bytesReceived, UInt64(activity.roundTrip),
            UInt64(activity.retransmissions),
        ]
    }

    private static func set(_ number: Int, of activity: inout TCPActivity, to value: UInt64) -> Bool
    {
        let narrow = UInt32(truncatingIfNeeded: value)
        switch number {
        case 0: activity.sinceDataSent = narrow
        case 1: activity.sinceDataReceived = narrow
        case 2: activity.sinceAcknowledged = narrow
        case 3: activity.segmentsOut = narrow
        case 4: activity.dataSegmentsOut = narrow
        case 5: activity.dataSegmentsIn = narrow
        case 6:
            activity.bytesAcknowledged = value
            return true
        case 7:
            activity.bytesReceived = value
            return true
        case 8: activity.roundTrip = narrow
        default: activity.retransmissions = narrow
        }
        return value <= UInt64(UInt32.max)
    }

    // MARK: Writing

    static func write(
        _ record: SocketRecord, after earlier: SocketRecord, elapsed: UInt32,
        to writer: inout ByteWriter
    ) {
        let base = earlier.activity.map { predicted($0, elapsed: elapsed) } ?? TCPActivity()
        let old = numbers(of: base)
        let new = record.activity.map { numbers(of: $0) } ?? old
        let parts = parts(of: record, after: earlier, old, new)
        writer.variable(parts.rawValue)
        if parts.contains(.kind) { SocketCodec.writeKind(of: record, to: &writer) }
        if parts.contains(.local), let local = record.local { writer.address(local) }
        if parts.contains(.peer), let peer = record.peer { writer.address(peer) }
        if parts.contains(.receiveQueue) { writer.variable(UInt64(record.receiveQueue)) }
        if parts.contains(.sendQueue) { writer.variable(UInt64(record.sendQueue)) }
        if parts.contains(.foreignNamespace), let namespace = record.foreignNamespace {
            writer.variable(namespace)
        }
        for index in 0..<numberCount where new[index] != old[index] {
            writer.signed(Int64(bitPattern: new[index] &- old[index]))
        }
    }

    private static func parts(
        of record: SocketRecord, after earlier: SocketRecord, _ old: [UInt64], _ new: [UInt64]
    ) -> Parts {
        var parts: Parts = []
        if !SocketCodec.isSameKind(record, earlier) { parts.insert(.kind) }
        if record.local != earlier.local {
            parts.insert(record.local == nil ? .noLocal : .local)
        }
        if record.peer != earlier.peer { parts.insert(record.peer == nil ? .noPeer : .peer) }
        if record.receiveQueue != earlier.receiveQueue { parts.insert(.receiveQueue) }
        if record.sendQueue != earlier.sendQueue { parts.insert(.sendQueue) }
        if record.foreignNamespace != earlier.foreignNamespace {
            parts.insert(
                record.foreignNamespace == nil ? .noForeignNamespace : .foreignNamespace)
        }
        if record.hasUnreadError != earlier.hasUnreadError { parts.insert(.unreadError) }
        if record.hasTimeWaitTwin != earlier.hasTimeWaitTwin { parts.insert(.timeWaitTwin) }
        guard let activity = record.activity else {
            if earlier.activity != nil { parts.insert(.noActivity) }
            return parts
        }
        if earlier.activity == nil { parts.insert(.newActivity) }
        if activity.wasEstablished != earlier.activity?.wasEstablished ?? false {
            parts.insert(.established)
        }
        for index in 0..<numberCount where new[index] != old[index] {
            parts.insert(.number(index))
        }
        return parts
    }

    // MARK: Reading

    static func read(
        after earlier: SocketRecord, elapsed: UInt32, from reader: inout ByteReader
    ) throws(ByteReader.Fault) -> SocketRecord {
        let start = reader.position
        let parts = Parts(rawValue: try reader.variable())
        guard parts.isSubset(of: .all) else {
            throw .malformed(offset: start, "a change has parts that no version knows")
        }
        var record = earlier
        if parts.contains(.kind) { try SocketCodec.readKind(of: &record, from: &reader) }
        if parts.contains(.noLocal) { record.local = nil }
        if parts.contains(.local) { record.local = try reader.address() }
        if parts.contains(.noPeer) { record.peer = nil }
        if parts.contains(.peer) { record.peer = try reader.address() }
        if parts.contains(.receiveQueue) {
            record.receiveQueue = try reader.variable32("bytes of a queue")
        }
        if parts.contains(.sendQueue) {
            record.sendQueue = try reader.variable32("bytes of a queue")
        }
        if parts.contains(.noForeignNamespace) { record.foreignNamespace = nil }
        if parts.contains(.foreignNamespace) { record.foreignNamespace = try reader.variable() }
        if parts.contains(.unreadError) { record.hasUnreadError.toggle() }
        if parts.contains(.timeWaitTwin) { record.hasTimeWaitTwin.toggle() }
        record.activity = try readActivity(parts, of: earlier, elapsed: elapsed, from: &reader)
        return record
    }

    private static func readActivity(
        _ parts: Parts, of earlier: SocketRecord, elapsed: UInt32, from reader: inout ByteReader
    ) throws(ByteReader.Fault) -> TCPActivity? {
        if parts.contains(.noActivity) { return nil }
        var activity: TCPActivity
        if let old = earlier.activity {
            activity = predicted(old, elapsed: elapsed)
        } else {
            guard parts.contains(.newActivity) else { return nil }
            activity = TCPActivity()
        }
        if parts.contains(.established) { activity.wasEstablished.toggle() }
        let old = numbers(of: activity)
        for index in 0..<numberCount where parts.contains(.number(index)) {
            let start = reader.position
            let value = old[index] &+ UInt64(bitPattern: try reader.signed())
            guard set(index, of: &activity, to: value) else {
                throw .malformed(offset: start, "a number of a connection has more than 32 bits")
            }
        }
        return activity
    }
}
