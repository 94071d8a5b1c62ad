/// A unit of `.debug_info`, and what its first entry says.
struct DWARFUnit {
    /// Where it begins in `.debug_info`.
    private(set) var offset: UInt64
    /// Where its first entry is.
    private(set) var first: UInt64
    /// Where it ends.
    private(set) var end: UInt64
    /// How its forms are read, and where its abbreviations are.
    private(set) var header: DWARFUnitHeader
    /// Where its line program is in `.debug_line`.
    private(set) var program: UInt64?
    /// Where its parts of `.debug_str_offsets`, `.debug_addr` and `.debug_rnglists` begin.
    private(set) var stringBase: UInt64?
    private(set) var addressBase: UInt64?
    private(set) var rangesBase: UInt64?
    /// The addresses of its code.
    private(set) var extent = DWARFExtent()
    private var directory: DWARFValue?
    /// The directory's own bytes, where they are in the entry.
    private var bytes: [UInt8] = []

    init(offset: UInt64, first: UInt64, end: UInt64, _ header: DWARFUnitHeader) {
        (self.offset, self.first, self.end, self.header) = (offset, first, end, header)
    }

    /// Takes what the first entry says; nothing when it is damaged.
    mutating func take(_ declaration: DWARFAbbreviation, _ reader: inout DWARFReader) {
        var unit = self
        for attribute in declaration.attributes {
            let value = reader.value(attribute.form, constant: attribute.constant, header.sizes)
            guard !reader.isBroken else { return }
            switch (attribute.name, value) {
            case (0x10, .number(let offset)): unit.program = offset
            case (0x1B, .text(let place)):
                unit.bytes = Array(reader.bytes[place..<reader.place])
                unit.directory = .text(0)
            case (0x1B, _): unit.directory = value
            case (0x72, .number(let offset)): unit.stringBase = offset
            case (0x73, .number(let offset)), (0x2133, .number(let offset)):
                unit.addressBase = offset
            case (0x74, .number(let offset)): unit.rangesBase = offset
            default: unit.extent.take(attribute.name, value)
            }
        }
        self = unit
    }

    /// The directory it was compiled in.
    func directory(_ texts: inout DWARFTexts) -> String? {
        directory.flatMap {
            texts.text($0, in: bytes, base: stringBase, offsetSize: header.sizes.offset)
        }
    }
}

/// Goes through the units of `.debug_info`, by their headers and first entries.
struct DWARFUnits {
    private let info: DWARFSection
    private var abbreviations: DWARFSection
    private var spent = 0
    private var count = 0
    private var offset: UInt64 = 0

    /// The most units that are read.
    static let limit = 1 << 20
    /// The most bytes of abbreviations that are gone through for all units together.
    static let abbreviationLimit = 1 << 28
    /// The most bytes of a unit that are read for its first entry.
    static let entryLimit = 4_096

    /// Nil when the file has no such sections.
    init?(_ image: ELFImage) {
        guard let info = DWARFSection(image, ".debug_info"),
            let abbreviations = DWARFSection(image, ".debug_abbrev")
        else { return nil }
        (self.info, self.abbreviations) = (info, abbreviations)
    }

    /// The next unit of a known version; nil at the end, and where a length is damaged.
    mutating func next() -> DWARFUnit? {
        while offset < info.size, count < Self.limit {
            count += 1
            var reader = DWARFReader(info.bytes(at: offset, count: Self.entryLimit))
            let (length, offsetSize) = reader.unitLength()
            let size: UInt64 = offsetSize == 8 ? 12 : 4
            guard !reader.isBroken, length > 0, info.size - offset >= size,
                length <= info.size - offset - size
            else { return nil }
            reader.limit(to: min(length, UInt64(reader.end - reader.place)))
            let start = offset
            offset += size + length
            guard let header = DWARFUnitHeader(&reader, offsetSize: offsetSize) else { continue }
            var unit = DWARFUnit(
                offset: start, first: start + UInt64(reader.place), end: offset, header)
            if spent < Self.abbreviationLimit {
                let code = reader.leb()
                var list = DWARFReader(
                    Array(
                        abbreviations.nearby(
                            at: header.abbreviations, count: DWARFSection.windowSize)))
                while let declaration = DWARFAbbreviation(&list) {
                    guard declaration.code == code else { continue }
                    unit.take(declaration, &reader)
                    break
                }
                spent += list.place
            }
            return unit
        }
        return nil
    }
}
