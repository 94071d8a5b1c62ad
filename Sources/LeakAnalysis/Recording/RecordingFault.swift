/// Why bytes are no recording, or where a recording is damaged.
public enum RecordingFault: Error, Hashable, Sendable {
    /// There is nothing at all.
    case empty
    /// The file begins with something else; `found` are its first bytes, at most 8.
    case foreign(found: [UInt8])
    /// The file was changed on the way as a text would be (line ends, a lost eighth bit).
    case mangled
    /// The file ends within its head.
    case headCutOff(bytes: Int)
    /// The file is of a format that this program does not know.
    case newerVersion(found: UInt16, known: UInt16)
    /// Bytes are not what was written; everything before `offset` is whole.
    case damaged(offset: Int, what: String, wholeLooks: Int)
    /// A count that no process can have; everything before `offset` is whole.
    case beyondLimit(offset: Int, what: String, value: UInt64, limit: UInt64, wholeLooks: Int)
}

extension RecordingFault: CustomStringConvertible {
    /// What is wrong, where, and what to do.
    public var description: String {
        switch self {
        case .empty:
            "the file is empty: make a recording with `sockeye watch PID --record FILE`"
        case .foreign(let found):
            "this is no recording of sockeye: it begins with the bytes \(Self.hexadecimal(found));"
                + " make one with `sockeye watch PID --record FILE`"
        case .mangled:
            "the head of the recording was changed on the way: copy the original again, as a"
                + " binary file"
        case .headCutOff(let bytes):
            "the file ends after \(bytes) bytes, within its head: no look is in it; record again"
        case .newerVersion(let found, let known):
            "the recording is of format version \(found), and this sockeye reads up to version"
                + " \(known): use the sockeye that wrote it, or a newer one"
        case .damaged(let offset, let what, let wholeLooks):
            "the recording is damaged at byte \(offset): \(what); "
                + Self.remedy(offset, wholeLooks)
        case .beyondLimit(let offset, let what, let value, let limit, let wholeLooks):
            "the recording is damaged at byte \(offset): it claims \(value) \(what), and at most"
                + " \(limit) are possible; " + Self.remedy(offset, wholeLooks)
        }
    }

    private static func remedy(_ offset: Int, _ wholeLooks: Int) -> String {
        switch wholeLooks {
        case 0: "no look before it is whole; copy the original again, or record anew"
        case 1: "the look before it is whole, and `head -c \(offset) FILE` keeps it"
        default:
            "the \(wholeLooks) looks before it are whole, and `head -c \(offset) FILE` keeps them"
        }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    }
}
