import KernelFormats

/// The parsers of what the kernel says, each with what it promises of any bytes whatever.
///
/// The tests and the fuzzer of `Scripts/fuzz kernel` both hold them to that.
enum KernelParser: Int, CaseIterable, Sendable {
    case datagram, inet, unix, netlink, packet, information, address, link, status, limits
    case counters, table, sections

    /// The parser that a letter stands for, from `A` on; nil for other bytes.
    init?(letter: UInt8) {
        self.init(rawValue: Int(letter) - 0x41)
    }

    /// The letter that stands for it at the start of a seed.
    var letter: UInt8 { UInt8(0x41 + rawValue) }

    /// Reads bytes, and throws what was promised and not kept.
    func check(_ bytes: [UInt8]) throws(Breach) {
        switch self {
        case .datagram: try DatagramPromises.check(bytes)
        case .inet: try RowPromises.inet(bytes, 0..<bytes.count)
        case .unix: try RowPromises.unix(bytes, 0..<bytes.count)
        case .netlink: try RowPromises.netlink(bytes, 0..<bytes.count)
        case .packet: try RowPromises.packet(bytes, 0..<bytes.count)
        case .information: try InformationPromises.check(bytes)
        case .address: try TextPromises.address(bytes)
        case .link: try TextPromises.link(bytes)
        case .status: try TextPromises.status(bytes)
        case .limits: try TextPromises.limits(bytes)
        case .counters: try TextPromises.counters(bytes)
        case .table: try TextPromises.table(bytes)
        case .sections: try SectionPromises.check(bytes)
        }
    }
}

/// A promise that was not kept.
struct Breach: Error, CustomStringConvertible {
    var description: String
}

/// Throws `breach` unless the promise is kept.
func promise(_ isKept: Bool, _ breach: @autoclosure () -> String) throws(Breach) {
    if !isKept { throw Breach(description: breach()) }
}

/// Integers as they stand in bytes, read without the parsers' own reader.
enum Plain {
    /// The bytes of an integer, the lowest first.
    static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<(value.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    /// Whether an integer stands at an offset.
    static func stands(_ value: some FixedWidthInteger, at offset: Int, in bytes: [UInt8]) -> Bool {
        var rest = value
        for index in 0..<(value.bitWidth / 8) {
            if bytes[offset + index] != UInt8(truncatingIfNeeded: rest) { return false }
            rest = value.bitWidth > 8 ? rest >> 8 : 0
        }
        return true
    }
}
