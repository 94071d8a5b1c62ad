import KernelFormats

/// A 64-bit little-endian ELF file: its segments, its sections, and its bytes by address (elf(5)).
public struct ELFImage {
    /// A segment that is loaded.
    public struct Segment: Hashable, Sendable {
        /// Where it is in the file.
        public var offset: UInt64
        /// How many bytes of it are in the file.
        public var fileSize: UInt64
        /// Where it is in memory, before the file is moved.
        public var address: UInt64
    }

    /// A section.
    public struct Section: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its type: 2 is a table of symbols, 3 texts, 8 takes no bytes of the file.
        public var type: UInt32
        /// Where it is in memory, before the file is moved; 0 for one that is not loaded.
        public var address: UInt64
        /// Where it is in the file.
        public var offset: UInt64
        /// How many bytes it has.
        public var size: UInt64
        /// The number of the section that it refers to.
        public var link: Int
    }

    /// The machine: 62 is x86-64, 183 is AArch64.
    public let machine: UInt16
    /// The segments that are loaded, in the file's order.
    public private(set) var segments: [Segment] = []
    /// The sections, in the file's order; empty when they were stripped away.
    public private(set) var sections: [Section] = []

    private let read: (_ offset: UInt64, _ count: Int) -> [UInt8]

    /// The most bytes of one name.
    static let textLimit = 4_096
    /// The most segments and sections that are read.
    static let limit = 4_096
    /// The most bytes that are read of one section.
    public static let sectionLimit = 1 << 28

    /// Reads the tables with a function that gives at most `count` bytes at an offset of the file.
    ///
    /// Nil when the file is no such ELF file.
    public init?(read: @escaping (_ offset: UInt64, _ count: Int) -> [UInt8]) {
        let header = read(0, 64)
        let bytes = header.span
        guard bytes.count == 64, KernelInteger.u32(bytes, 0) == 0x464C_457F, bytes[4] == 2,
            bytes[5] == 1
        else { return nil }
        self.read = read
        machine = KernelInteger.u16(bytes, 18)
        readSegments(
            at: KernelInteger.u64(bytes, 32),
            count: min(Self.limit, Int(KernelInteger.u16(bytes, 56))))
        readSections(
            at: KernelInteger.u64(bytes, 40),
            count: min(Self.limit, Int(KernelInteger.u16(bytes, 60))),
            names: Int(KernelInteger.u16(bytes, 62)))
    }

    private mutating func readSegments(at offset: UInt64, count: Int) {
        let table = read(offset, 56 * count)
        let bytes = table.span
        for index in 0..<(table.count / 56) where KernelInteger.u32(bytes, 56 * index) == 1 {
            segments.append(
                Segment(
                    offset: KernelInteger.u64(bytes, 56 * index + 8),
                    fileSize: KernelInteger.u64(bytes, 56 * index + 32),
                    address: KernelInteger.u64(bytes, 56 * index + 16)))
        }
    }

    private mutating func readSections(at offset: UInt64, count: Int, names: Int) {
        let table = read(offset, 64 * count)
        let bytes = table.span
        guard offset > 0, names < table.count / 64 else { return }
        let texts = read(
            KernelInteger.u64(bytes, 64 * names + 24),
            Int(min(1 << 20, KernelInteger.u64(bytes, 64 * names + 32))))
        for index in 0..<(table.count / 64) {
            let start = 64 * index
            sections.append(
                Section(
                    name: String(
                        Self.text(texts, at: Int(KernelInteger.u32(bytes, start))).prefix(64)),
                    type: KernelInteger.u32(bytes, start + 4),
                    address: KernelInteger.u64(bytes, start + 16),
                    offset: KernelInteger.u64(bytes, start + 24),
                    size: KernelInteger.u64(bytes, start + 32),
                    link: Int(KernelInteger.u32(bytes, start + 40))))
        }
    }

    /// The text that begins at an offset and ends at a NUL.
    static func text(_ bytes: [UInt8], at offset: Int) -> String {
        guard offset >= 0, offset < bytes.count else { return "" }
        let most = bytes[offset...].prefix(Self.textLimit)
        return String(decoding: most.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The section of a name; nil when there is none.
    public subscript(_ name: String) -> Section? { sections.first { $0.name == name } }

    /// The bytes of a section; empty for one that takes none, and cut at ``sectionLimit``.
    public func bytes(of section: Section) -> [UInt8] {
        section.type == 8
            ? [] : read(section.offset, Int(min(section.size, UInt64(Self.sectionLimit))))
    }

    /// The bytes that are loaded at an address; fewer than asked for where a segment ends.
    public func bytes(at address: UInt64, count: Int) -> [UInt8] {
        for segment in segments {
            guard address >= segment.address, address - segment.address < segment.fileSize else {
                continue
            }
            let inside = address - segment.address
            let length = min(UInt64(max(0, count)), segment.fileSize - inside)
            return read(segment.offset &+ inside, Int(length))
        }
        return []
    }

    /// The address, before the file is moved, that an offset of the file is loaded at.
    public func address(ofFile offset: UInt64) -> UInt64? {
        for segment in segments {
            guard offset >= segment.offset, offset - segment.offset < segment.fileSize else {
                continue
            }
            return segment.address &+ (offset - segment.offset)
        }
        return nil
    }

    /// Where in the file the byte of an address is.
    public func fileOffset(of address: UInt64) -> UInt64? {
        for segment in segments {
            guard address >= segment.address, address - segment.address < segment.fileSize else {
                continue
            }
            return segment.offset &+ (address - segment.address)
        }
        return nil
    }
}
