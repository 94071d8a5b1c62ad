import Measurements

/// Reads a recording, one event after another, and believes nothing that is not checked.
///
/// It keeps one snapshot. A file that ends in the middle of a frame, as after a kill, gives all
/// whole frames; ``cutOff`` says how many bytes were left over.
public struct RecordingDecoder: Sendable {
    /// How the recording came about.
    public let header: RecordingHeader
    /// How many looks have been read.
    public private(set) var looks = 0
    /// How many bytes at the end belong to a frame that is not all there; known at the end.
    public private(set) var cutOff = 0
    /// Where the next frame begins.
    public private(set) var position: Int

    private let bytes: [UInt8]
    private let seed: UInt32
    private var check: UInt32
    private var ends = 0
    private var previous: Snapshot?
    /// Whether looks may be missing before the next whole one.
    private var isAfterDamage = false

    /// Whether bytes begin as a recording does; what follows may still be damaged.
    public static func isRecording(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: RecordingFrame.magic)
    }

    /// Begins to read a recording.
    public init(_ bytes: [UInt8]) throws(RecordingFault) {
        try Self.checkFileHead(bytes)
        let start = RecordingFrame.fileHeadBytes
        let headCheck = CyclicRedundancyCheck.value(of: bytes[..<start])
        guard bytes.count >= start + RecordingFrame.headBytes else {
            throw .headCutOff(bytes: bytes.count)
        }
        do throws(ByteReader.Fault) {
            guard
                let head = try RecordingFrame.head(
                    in: bytes, at: start, after: headCheck, seed: headCheck),
                head.kind == FrameKind.header.rawValue, head.length <= RecordingLimits.frameBytes
            else {
                throw .malformed(offset: start, "the check of the header fails")
            }
            guard let payload = Self.payload(of: head, at: start, in: bytes) else {
                throw .malformed(offset: bytes.count, "")
            }
            guard var reader = try Self.checked(payload, of: head, in: bytes) else {
                throw .malformed(offset: start, "the check of the header fails")
            }
            let writer = try reader.text()
            let started = WallTime(unixNanoseconds: try reader.signed())
            header = RecordingHeader(
                writer: writer, started: started, interval: try reader.duration())
            position = payload.upperBound + RecordingFrame.checkBytes
        } catch {
            if case .malformed(let offset, "") = error { throw .headCutOff(bytes: offset) }
            throw Self.fault(error, wholeLooks: 0)
        }
        var check = ByteReader(bytes, position - RecordingFrame.checkBytes..<position)
        seed = (try? check.fixed32()) ?? 0
        self.check = seed
        self.bytes = bytes
    }

    private static func checkFileHead(_ bytes: [UInt8]) throws(RecordingFault) {
        let magic = RecordingFrame.magic
        guard !bytes.isEmpty else { throw .empty }
        guard bytes.starts(with: magic) else {
            if magic.starts(with: bytes) { throw .headCutOff(bytes: bytes.count) }
            if bytes.dropFirst().starts(with: magic[1..<8]) { throw .mangled }
            throw .foreign(found: Array(bytes.prefix(8)))
        }
        guard bytes.count >= RecordingFrame.fileHeadBytes else {
            throw .headCutOff(bytes: bytes.count)
        }
        let version = UInt16(bytes[12]) | UInt16(bytes[13]) << 8
        guard version <= RecordingFrame.version else {
            throw .newerVersion(found: version, known: RecordingFrame.version)
        }
        guard version > 0 else {
            throw .damaged(offset: 12, what: "there is no format version 0", wholeLooks: 0)
        }
    }

    /// The next event; nil at the end of what is whole.
    ///
    /// After a fault the same fault is thrown again, unless ``skipDamage()`` found a way on.
    public mutating func next() throws(RecordingFault) -> RecordingEvent? {
        do throws(ByteReader.Fault) {
            while let (head, payload) = try nextFrame() {
                guard var reader = try Self.checked(payload, of: head, in: bytes) else {
                    throw .malformed(offset: position, "the check of a frame fails")
                }
                let event = try event(of: head, from: &reader)
                var end = ByteReader(
                    bytes, payload.upperBound..<payload.upperBound + RecordingFrame.checkBytes)
                check = try end.fixed32()
                position = end.position
                if let event { return event }
            }
            return nil
        } catch {
            throw Self.fault(error, wholeLooks: looks)
        }
    }

    /// Goes to the next whole snapshot after damage; false when there is none.
    ///
    /// Looks in between are lost: ``looks`` goes on from the number that the snapshot carries.
    public mutating func skipDamage() -> Bool {
        var offset = position + 1
        while offset + RecordingFrame.headBytes <= bytes.count {
            if bytes[offset] == FrameKind.wholeSnapshot.rawValue,
                let head = try? RecordingFrame.head(
                    in: bytes, at: offset, after: seed, seed: seed),
                head.length <= RecordingLimits.frameBytes,
                let payload = Self.payload(of: head, at: offset, in: bytes),
                (try? Self.checked(payload, of: head, in: bytes)) != nil
            {
                position = offset
                previous = nil
                isAfterDamage = true
                return true
            }
            offset += 1
        }
        return false
    }

    /// Where an encoder can go on, once ``next()`` has given nil.
    public var resumption: RecordingEncoder.Resumption {
        RecordingEncoder.Resumption(
            bytes: position, looks: looks, ends: ends, seed: seed, check: check)
    }

    // MARK: Frames

    private mutating func nextFrame() throws(ByteReader.Fault) -> (RecordingFrame.Head, Range<Int>)?
    {
        let rest = bytes.count - position
        guard rest >= RecordingFrame.headBytes else {
            cutOff = rest
            return nil
        }
        guard
            let head = try RecordingFrame.head(
                in: bytes, at: position, after: check, seed: seed)
        else {
            // After a power cut a file may be as long as it was to become, and zero.
            if bytes[position...].allSatisfy({ $0 == 0 }) {
                cutOff = rest
                return nil
            }
            throw .malformed(offset: position, "the check of a frame's head fails")
        }
        guard head.length <= RecordingLimits.frameBytes else {
            throw .beyondLimit(
                offset: position, what: "bytes of a frame", value: UInt64(head.length),
                limit: UInt64(RecordingLimits.frameBytes))
        }
        guard let payload = Self.payload(of: head, at: position, in: bytes) else {
            cutOff = rest
            return nil
        }
        return (head, payload)
    }

    /// Where the payload of a frame is; nil when the bytes end before the frame does.
    private static func payload(of head: RecordingFrame.Head, at offset: Int, in bytes: [UInt8])
        -> Range<Int>?
    {
        let start = offset + RecordingFrame.headBytes
        guard bytes.count - start >= head.length + RecordingFrame.checkBytes else { return nil }
        return start..<start + head.length
    }

    /// A reader of a payload whose check holds.
    private static func checked(
        _ payload: Range<Int>, of head: RecordingFrame.Head, in bytes: [UInt8]
    ) throws(ByteReader.Fault) -> ByteReader? {
        let expected = CyclicRedundancyCheck.value(of: bytes[payload], after: head.check)
        var end = ByteReader(
            bytes, payload.upperBound..<payload.upperBound + RecordingFrame.checkBytes)
        return try end.fixed32() == expected ? ByteReader(bytes, payload) : nil
    }

    private mutating func event(of head: RecordingFrame.Head, from reader: inout ByteReader)
        throws(ByteReader.Fault) -> RecordingEvent?
    {
        switch FrameKind(rawValue: head.kind) {
        case .wholeSnapshot:
            let start = reader.position
            let number = try reader.count("looks", limit: Int(Int32.max))
            let numberOfEnds = try reader.count("ends", limit: Int(Int32.max))
            // A whole look does not go on from the check before it: its place says what is lost.
            guard
                isAfterDamage
                    ? number >= looks && numberOfEnds >= ends
                    : number == looks && numberOfEnds == ends
            else {
                throw .malformed(
                    offset: start,
                    "it goes on with look \(number) after \(looks) looks, and end"
                        + " \(numberOfEnds) after \(ends)")
            }
            let snapshot = try snapshot(after: nil, from: &reader)
            looks = number + 1
            ends = numberOfEnds
            isAfterDamage = false
            previous = snapshot
            return .snapshot(snapshot)
        case .changedSnapshot:
            guard let previous else {
                throw .malformed(offset: position, "changes without anything before them")
            }
            let snapshot = try snapshot(after: previous, from: &reader)
            looks += 1
            self.previous = snapshot
            return .snapshot(snapshot)
        case .processEnd:
            let reason = ProcessEnd.Reason(code: try reader.byte())
            let time = WallTime(unixNanoseconds: try reader.signed())
            let bootTime = try reader.duration()
            previous = nil
            ends += 1
            return .ended(ProcessEnd(reason: reason, time: time, bootTime: bootTime))
        case .header:
            throw .malformed(offset: position, "a second header")
        case nil: return nil
        }
    }

    private func snapshot(after earlier: Snapshot?, from reader: inout ByteReader)
        throws(ByteReader.Fault) -> Snapshot
    {
        var snapshot =
            earlier
            ?? Snapshot(
                time: WallTime(unixNanoseconds: 0), bootTime: .zero,
                process: ProcessFacts(pid: 0))
        snapshot.churn = nil
        let start = reader.position
        var seen: Set<SnapshotSection> = []
        while !reader.isAtEnd {
            let section = SnapshotSection(rawValue: try reader.variable())
            let length = try reader.count("bytes of a part", limit: RecordingLimits.frameBytes)
            var part = try reader.part(length)
            guard let section else { continue }
            guard seen.insert(section).inserted else {
                throw .malformed(offset: start, "a part of a look is there twice")
            }
            guard section == .sockets else {
                try SnapshotCodec.read(section, from: &part, into: &snapshot)
                continue
            }
            // The clocks are told by how much time passed: the time comes first.
            let elapsed = earlier.map {
                SocketListCodec.elapsed(from: $0.bootTime, to: snapshot.bootTime)
            }
            snapshot.sockets = try SocketListCodec.read(
                after: earlier?.sockets ?? [], elapsed: elapsed ?? 0, from: &part)
        }
        guard seen.isSuperset(of: [.time, .uptime, .sockets]),
            earlier != nil || seen.contains(.process)
        else { throw .malformed(offset: start, "a part of a look is missing") }
        return snapshot
    }

    private static func fault(_ fault: ByteReader.Fault, wholeLooks: Int) -> RecordingFault {
        switch fault {
        case .malformed(let offset, let what):
            .damaged(offset: offset, what: what, wholeLooks: wholeLooks)
        case .beyondLimit(let offset, let what, let value, let limit):
            .beyondLimit(
                offset: offset, what: what, value: value, limit: limit, wholeLooks: wholeLooks)
        }
    }
}
