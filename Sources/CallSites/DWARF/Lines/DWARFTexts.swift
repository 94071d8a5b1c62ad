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
