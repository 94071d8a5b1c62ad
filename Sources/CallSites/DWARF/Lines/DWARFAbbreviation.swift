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
