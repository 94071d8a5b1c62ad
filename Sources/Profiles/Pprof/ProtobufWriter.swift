/// Writes messages of Protocol Buffers.
///
/// The encoding: https://protobuf.dev/programming-guides/encoding/
///
/// Written by hand: a profile has seven small messages, of which only whole numbers, texts and
/// lists of these are written and none is read; a generator and its runtime would be far more
/// code than this. As in proto3, a field that is zero is not written.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// A field of type int64, uint64 or bool; negative numbers take ten bytes.
    mutating func number(_ field: Int, _ value: Int64) {
        if value == 0 { return }
        key(field, wireType: 0)
        varint(UInt64(bitPattern: value))
    }

    /// A field of type bool.
    mutating func flag(_ field: Int, _ value: Bool) { number(field, value ? 1 : 0) }

    /// A repeated field of numbers, packed: zeros are written.
    mutating func numbers(_ field: Int, _ values: [Int64]) {
        if values.isEmpty { return }
        var packed = ProtobufWriter()
        for value in values { packed.varint(UInt64(bitPattern: value)) }
        element(field, packed.bytes)
    }

    /// One element of a repeated field of texts; the empty text is written.
    mutating func text(_ field: Int, _ value: String) { element(field, Array(value.utf8)) }

    /// A message, or one element of a repeated field of messages.
    mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        element(field, inner.bytes)
    }

    private mutating func element(_ field: Int, _ content: [UInt8]) {
        key(field, wireType: 2)
        varint(UInt64(content.count))
        bytes += content
    }

    private mutating func key(_ field: Int, wireType: Int) {
        varint(UInt64(field << 3 | wireType))
    }

    /// Seven bits a byte, the lowest first; the high bit says that more follow.
    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
