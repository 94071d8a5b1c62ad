/// In which directory each line program's unit was compiled, from the first entry of each unit of
/// `.debug_info`.
struct CompilationDirectories {
    private var byProgram: [UInt64: String] = [:]

    /// The most units that are read.
    static let unitLimit = 1 << 20
    /// The most bytes of abbreviations that are gone through for all units together.
    static let abbreviationLimit = 1 << 28
    /// The most bytes of a unit that are read for its first entry.
    static let entryLimit = 4_096

    /// Reads the units; those whose first entry is unreadable have no directory.
    init(_ image: ELFImage) {
        guard let info = DWARFSection(image, ".debug_info"),
            var abbreviations = DWARFSection(image, ".debug_abbrev")
        else { return }
        var texts = DWARFTexts(image)
        var spent = 0
        var offset: UInt64 = 0
        var units = 0
        while offset < info.size, units < Self.unitLimit {
            units += 1
            var reader = DWARFReader(info.bytes(at: offset, count: Self.entryLimit))
            let (length, offsetSize) = reader.unitLength()
            let header: UInt64 = offsetSize == 8 ? 12 : 4
            guard !reader.isBroken, length > 0, info.size - offset >= header,
                length <= info.size - offset - header
            else { return }
            if let unit = DWARFUnitHeader(&reader, offsetSize: offsetSize),
                spent < Self.abbreviationLimit
            {
                read(unit, &reader, &abbreviations, &texts, &spent)
            }
            offset += header + length
        }
    }

    private mutating func read(
        _ unit: DWARFUnitHeader, _ reader: inout DWARFReader,
        _ abbreviations: inout DWARFSection, _ texts: inout DWARFTexts, _ spent: inout Int
    ) {
        let code = reader.leb()
        var declarations = DWARFReader(
            Array(
                abbreviations.nearby(
                    at: unit.abbreviations, count: DWARFSection.windowSize)))
        defer { spent += declarations.place }
        while let declaration = DWARFAbbreviation(&declarations) {
            guard declaration.code == code else { continue }
            var (program, directory): (UInt64?, DWARFValue?)
            var base: UInt64?
            for attribute in declaration.attributes {
                let value = reader.value(
                    attribute.form, constant: attribute.constant, unit.sizes)
                guard !reader.isBroken else { return }
                switch (attribute.name, value) {
                case (0x10, .number(let offset)): program = offset
                case (0x1B, _): directory = value
                case (0x72, .number(let offset)): base = offset
                default: break
                }
            }
            if let program, let directory, byProgram[program] == nil,
                let text = texts.text(
                    directory, in: reader.bytes, base: base, offsetSize: unit.sizes.offset),
                !text.isEmpty
            {
                byProgram[program] = text
            }
            return
        }
    }

    /// The directory of the unit whose line program is at an offset of `.debug_line`.
    subscript(_ program: UInt64) -> String? { byProgram[program] }
}

/// The header of a unit of `.debug_info` (DWARF 5, 7.5.1).
struct DWARFUnitHeader: Hashable {
    private(set) var sizes: DWARFSizes
    /// Where its abbreviations are in `.debug_abbrev`.
    private(set) var abbreviations: UInt64 = 0

    /// Reads a header, from after the length to the first entry; nil when the version is not 2 to 5
    /// or when it is damaged.
    init?(_ reader: inout DWARFReader, offsetSize: Int) {
        sizes = DWARFSizes(version: UInt16(reader.unsigned(2)), offset: offsetSize, address: 8)
        switch sizes.version {
        case 2...4:
            abbreviations = reader.unsigned(offsetSize)
            sizes.address = Int(reader.u8())
        case 5:
            let type = reader.u8()
            sizes.address = Int(reader.u8())
            abbreviations = reader.unsigned(offsetSize)
            switch type {
            case 1, 3: break
            // Types have a signature and an offset, the units of split files an identifier.
            case 2, 6: reader.skip(8 + UInt64(offsetSize))
            case 4, 5: reader.skip(8)
            default: return nil
            }
        default: return nil
        }
        if reader.isBroken { return nil }
    }
}

/// How entries of a code are laid out (DWARF 5, 7.5.3).
struct DWARFAbbreviation: Hashable {
    struct Attribute: Hashable {
        var name: UInt64
        var form: UInt64
        /// The value of DW_FORM_implicit_const.
        var constant: Int64
    }

    private(set) var code: UInt64
    private(set) var tag: UInt64
    private(set) var hasChildren: Bool
    private(set) var attributes: [Attribute] = []

    /// The most attributes of one entry.
    static let attributeLimit = 1_024

    /// Reads a declaration; nil at the end of the list and where it is damaged.
    init?(_ reader: inout DWARFReader) {
        code = reader.leb()
        guard code != 0 else { return nil }
        tag = reader.leb()
        hasChildren = reader.u8() != 0
        while attributes.count < Self.attributeLimit {
            let (name, form) = (reader.leb(), reader.leb())
            let constant = form == 0x21 ? reader.signedLEB() : 0
            if reader.isBroken { return nil }
            if name == 0, form == 0 { return }
            attributes.append(Attribute(name: name, form: form, constant: constant))
        }
        return nil
    }
}

/// The sections that texts are in.
struct DWARFTexts {
    private var strings: DWARFSection?
    private var lineStrings: DWARFSection?
    private let offsets: DWARFSection?

    init(_ image: ELFImage) {
        strings = DWARFSection(image, ".debug_str")
        lineStrings = DWARFSection(image, ".debug_line_str")
        offsets = DWARFSection(image, ".debug_str_offsets")
    }

    /// A text by its value; nil when it is none, or is not to be found.
    ///
    /// `base` is where the unit's part of `.debug_str_offsets` begins: after its header unless told
    /// otherwise.
    mutating func text(
        _ value: DWARFValue, in bytes: [UInt8], base: UInt64? = nil, offsetSize: Int
    ) -> String? {
        switch value {
        case .text(let place): return ELFImage.text(bytes, at: place)
        case .string(let offset): return strings?.text(at: offset)
        case .lineString(let offset): return lineStrings?.text(at: offset)
        case .stringIndex(let index):
            guard let offsets, index < offsets.size else { return nil }
            let start = (base ?? (offsetSize == 8 ? 16 : 8)) &+ index &* UInt64(offsetSize)
            var reader = DWARFReader(offsets.bytes(at: start, count: offsetSize))
            let offset = reader.unsigned(offsetSize)
            return reader.isBroken ? nil : strings?.text(at: offset)
        default: return nil
        }
    }
}
