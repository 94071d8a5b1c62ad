/// The table of sections of a 64-bit little-endian ELF file (elf(5)).
public struct ELFSections: Hashable, Sendable {
    /// One section.
    public struct Section: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Where its bytes are in the file.
        public var offset: Int
        /// How many there are.
        public var size: Int
    }

    /// The sections, in the file's order.
    public var sections: [Section] = []

    /// The most sections that are read.
    public static let limit = 4096

    /// Reads the table with a function that gives at most `count` bytes at an offset.
    ///
    /// Nil when the file is no such ELF file; without sections when they were stripped away.
    public init?(read: (_ offset: Int, _ count: Int) -> [UInt8]) {
        let header = read(0, 64)
        let bytes = header.span
        guard bytes.count == 64, KernelInteger.u32(bytes, 0) == 0x464C_457F, bytes[4] == 2,
            bytes[5] == 1
        else { return nil }
        let place = Int(truncatingIfNeeded: KernelInteger.u64(bytes, 40))
        let size = Int(KernelInteger.u16(bytes, 58))
        let count = min(Int(KernelInteger.u16(bytes, 60)), Self.limit)
        let namesIndex = Int(KernelInteger.u16(bytes, 62))
        guard place > 0, size == 64, namesIndex < count else { return }
        let table = read(place, size * count)
        guard table.count == size * count else { return }
        let nameTable = Self.place(table.span, namesIndex * size)
        let names = read(nameTable.offset, min(nameTable.size, 1 << 20))
        for index in 0..<count {
            let (offset, length) = Self.place(table.span, index * size)
            let start = Int(KernelInteger.u32(table.span, index * size))
            guard start < names.count else { continue }
            let name = names[start...].prefix { $0 != 0 }
            sections.append(
                Section(name: String(decoding: name, as: UTF8.self), offset: offset, size: length))
        }
    }

    /// The section of a name; nil when there is none.
    public subscript(_ name: String) -> Section? {
        sections.first { $0.name == name }
    }

    private static func place(
        _ table: borrowing Span<UInt8>, _ start: Int
    ) -> (offset: Int, size: Int) {
        (
            max(0, Int(truncatingIfNeeded: KernelInteger.u64(table, start + 24))),
            max(0, Int(truncatingIfNeeded: KernelInteger.u64(table, start + 32)))
        )
    }
}
