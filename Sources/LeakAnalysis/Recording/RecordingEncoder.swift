import Measurements

/// Turns looks into the bytes of a recording, which the caller appends to a file as they come.
///
/// It keeps the last snapshot and nothing else. What it gives at once is either whole in the file
/// or cut off by whoever reads it, so a kill at any byte loses at most the last look.
public struct RecordingEncoder: Sendable {
    private let seed: UInt32
    private var check: UInt32
    private var looks: Int
    private var ends: Int
    private var looksSinceKey = 0
    private var previous: Snapshot?
    /// The bytes that a new file begins with; empty when an older recording is gone on with.
    public let headBytes: [UInt8]

    /// Begins a recording.
    public init(_ header: RecordingHeader) {
        var payload = ByteWriter()
        payload.text(header.writer)
        payload.signed(header.started.unixNanoseconds)
        payload.duration(header.interval)
        let head = RecordingFrame.fileHead
        let frame = RecordingFrame.bytes(
            kind: .header, payload: payload.bytes,
            after: CyclicRedundancyCheck.value(of: head[...]))
        headBytes = head + frame.bytes
        seed = frame.check
        check = frame.check
        looks = 0
        ends = 0
    }

    /// Goes on with a recording that was read to its end.
    ///
    /// The file must be cut to ``Resumption/bytes`` first, where a kill left part of a frame.
    public init(resuming resumption: Resumption) {
        headBytes = []
        seed = resumption.seed
        check = resumption.check
        looks = resumption.looks
        ends = resumption.ends
    }

    /// Where a recording can be gone on with.
    public struct Resumption: Hashable, Sendable {
        /// How many bytes of the file are whole.
        public var bytes: Int
        /// How many looks are in them.
        public var looks: Int
        var ends: Int
        var seed: UInt32
        var check: UInt32
    }

    /// The bytes of one event, to be appended to the file.
    public mutating func encode(_ event: RecordingEvent) -> [UInt8] {
        switch event {
        case .snapshot(let snapshot): encode(snapshot)
        case .ended(let end): encode(end)
        }
    }

    private mutating func encode(_ snapshot: Snapshot) -> [UInt8] {
        let earlier = looksSinceKey < RecordingLimits.looksBetweenKeys ? previous : nil
        let isWhole = earlier == nil
        var writer = ByteWriter(reserving: isWhole ? 32 * snapshot.sockets.count + 256 : 1024)
        if isWhole {
            looksSinceKey = 0
            writer.count(looks)
            writer.count(ends)
        }
        SnapshotCodec.write(snapshot, after: earlier, to: &writer)
        let elapsed = earlier.map {
            SocketListCodec.elapsed(from: $0.bootTime, to: snapshot.bootTime)
        }
        writer.section(.sockets) { part in
            SocketListCodec.write(
                snapshot.sockets, after: earlier?.sockets ?? [], elapsed: elapsed ?? 0, to: &part)
        }
        looks += 1
        looksSinceKey += 1
        previous = snapshot
        return frame(isWhole ? .wholeSnapshot : .changedSnapshot, writer.bytes)
    }

    private mutating func encode(_ end: ProcessEnd) -> [UInt8] {
        var writer = ByteWriter()
        writer.byte(end.reason.code)
        writer.signed(end.time.unixNanoseconds)
        writer.duration(end.bootTime)
        // What follows is of another process or program: there is nothing to compare it with.
        previous = nil
        ends += 1
        return frame(.processEnd, writer.bytes)
    }

    private mutating func frame(_ kind: FrameKind, _ payload: [UInt8]) -> [UInt8] {
        let frame = RecordingFrame.bytes(
            kind: kind, payload: payload, after: kind == .wholeSnapshot ? seed : check)
        check = frame.check
        return frame.bytes
    }
}
