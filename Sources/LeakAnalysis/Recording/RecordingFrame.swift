/// The frames of a recording: what is around every payload.
///
/// Kind (1 byte), length of the payload (4), check of these five (4), payload, check of the
/// payload (4); numbers are little-endian. Each check goes on from the one before, so that a
/// frame that is lost, doubled or from another recording is noticed; the first check of a whole
/// snapshot goes on from the file's head instead, so that reading can begin there.
enum RecordingFrame {
    static let headBytes = 9
    static let checkBytes = 4
    /// 0x89, `SOCKEYE`, and the line ends and the end-of-file sign that text tools change.
    static let magic: [UInt8] = [
        0x89, 0x53, 0x4F, 0x43, 0x4B, 0x45, 0x59, 0x45, 0x0D, 0x0A, 0x1A, 0x0A,
    ]
    static let version: UInt16 = 1
    static let fileHeadBytes = magic.count + 4

    /// The first bytes of a file.
    static var fileHead: [UInt8] {
        var writer = ByteWriter(reserving: fileHeadBytes)
        writer.append(magic)
        writer.fixed16(version)
        writer.fixed16(0)
        return writer.bytes
    }

    /// A whole frame, and the check that the next one goes on from.
    static func bytes(kind: FrameKind, payload: [UInt8], after check: UInt32)
        -> (bytes: [UInt8], check: UInt32)
    {
        var writer = ByteWriter(reserving: payload.count + headBytes + checkBytes)
        writer.byte(kind.rawValue)
        writer.fixed32(UInt32(truncatingIfNeeded: payload.count))
        let headCheck = CyclicRedundancyCheck.value(of: writer.bytes[...], after: check)
        writer.fixed32(headCheck)
        writer.append(payload)
        let payloadCheck = CyclicRedundancyCheck.value(of: payload[...], after: headCheck)
        writer.fixed32(payloadCheck)
        return (writer.bytes, payloadCheck)
    }

    /// What the first nine bytes of a frame say.
    struct Head {
        var kind: UInt8
        var length: Int
        var check: UInt32
    }

    /// The head of the frame at `offset`, where nine bytes are; nil when its check fails.
    static func head(in bytes: [UInt8], at offset: Int, after check: UInt32, seed: UInt32)
        throws(ByteReader.Fault) -> Head?
    {
        var reader = ByteReader(bytes, offset..<offset + headBytes)
        let kind = try reader.byte()
        let length = try reader.fixed32()
        let found = try reader.fixed32()
        let start = kind == FrameKind.wholeSnapshot.rawValue ? seed : check
        let expected = CyclicRedundancyCheck.value(of: bytes[offset..<offset + 5], after: start)
        return found == expected ? Head(kind: kind, length: Int(length), check: found) : nil
    }
}
