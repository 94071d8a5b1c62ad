/// What an attribute of debugging information says, as far as it matters here.
enum DWARFValue: Hashable {
    /// A number, a flag, or an offset.
    case number(UInt64)
    case address(UInt64)
    /// A text in the reader's own bytes.
    case text(Int)
    /// A text in `.debug_str`.
    case string(UInt64)
    /// A text in `.debug_line_str`.
    case lineString(UInt64)
    /// A text that `.debug_str_offsets` says the offset of.
    case stringIndex(UInt64)
    /// An address in `.debug_addr`.
    case addressIndex(UInt64)
    /// A set of ranges that `.debug_rnglists` says the offset of.
    case rangesIndex(UInt64)
    /// An entry of the same unit.
    case reference(UInt64)
    /// An entry anywhere in `.debug_info`.
    case sectionReference(UInt64)
    /// Anything else.
    case other
}

/// The sizes that the forms of a unit depend on.
struct DWARFSizes: Hashable {
    var version: UInt16
    /// 4 or 8.
    var offset: Int
    /// Bytes of an address.
    var address: Int
}

extension DWARFReader {
    /// Reads the value of a form (DWARF 5, 7.5.6, and the GNU extensions); breaks at an unknown one,
    /// since nothing after it could be found.
    mutating func value(_ form: UInt64, constant: Int64 = 0, _ sizes: DWARFSizes) -> DWARFValue {
        var form = form
        if form == 0x16 {
            // DW_FORM_indirect: the form is with the value.
            form = leb()
            if form == 0x16 || form == 0x21 { fail() }
        }
        switch form {
        case 0x01: return .address(unsigned(sizes.address))
        case 0x0B, 0x0C: return .number(UInt64(u8()))
        case 0x05: return .number(unsigned(2))
        case 0x06: return .number(unsigned(4))
        case 0x07: return .number(unsigned(8))
        case 0x0D: return .number(UInt64(bitPattern: signedLEB()))
        case 0x0F: return .number(leb())
        case 0x17: return .number(unsigned(sizes.offset))
        case 0x19: return .number(1)
        case 0x21: return .number(UInt64(bitPattern: constant))
        case 0x08: return .text(passText().start)
        case 0x0E: return .string(unsigned(sizes.offset))
        case 0x1F: return .lineString(unsigned(sizes.offset))
        case 0x1A, 0x1F02: return .stringIndex(leb())
        case 0x25...0x28: return .stringIndex(unsigned(Int(form - 0x24)))
        case 0x1B, 0x1F01: return .addressIndex(leb())
        case 0x29...0x2C: return .addressIndex(unsigned(Int(form - 0x28)))
        case 0x23: return .rangesIndex(leb())
        default: return reference(form, sizes)
        }
    }

    private mutating func reference(_ form: UInt64, _ sizes: DWARFSizes) -> DWARFValue {
        switch form {
        case 0x10:
            // DW_FORM_ref_addr had the size of an address in DWARF 2.
            return .sectionReference(unsigned(sizes.version < 3 ? sizes.address : sizes.offset))
        case 0x11: return .reference(UInt64(u8()))
        case 0x12: return .reference(unsigned(2))
        case 0x13: return .reference(unsigned(4))
        case 0x14: return .reference(unsigned(8))
        case 0x15: return .reference(leb())
        case 0x0A: skip(UInt64(u8()))
        case 0x03: skip(unsigned(2))
        case 0x04: skip(unsigned(4))
        case 0x09, 0x18: skip(leb())
        case 0x1E: skip(16)
        case 0x20, 0x24: skip(8)
        case 0x1C: skip(4)
        case 0x1D, 0x1F20, 0x1F21: skip(UInt64(sizes.offset))
        case 0x22: _ = leb()
        default: fail()
        }
        return .other
    }
}
