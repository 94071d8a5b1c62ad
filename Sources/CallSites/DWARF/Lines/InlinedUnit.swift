/// The inlined calls of one unit.
struct InlinedUnit {
    /// A call, for one of the ranges of its code.
    struct Call: Hashable {
        var range: Range<UInt64>
        /// The entry of the function that was called, in `.debug_info`.
        var origin: UInt64
        /// The file's number in the unit's line program.
        var file: UInt32
        var line: UInt32
        /// In how many entries it is.
        var depth: UInt32
    }

    /// The calls, each after those it is in.
    private(set) var calls: [Call] = []
    /// The paths of files by their numbers.
    private(set) var paths: [UInt32: String] = [:]

    /// The most calls of one unit; those after are not found.
    static let callLimit = 1 << 20
    /// The most entries of lists of ranges that are read of one unit.
    static let rangeLimit = 1 << 22
    /// The most bytes of a line program's header.
    static let headerLimit = 1 << 24

    /// Reads the entries of a unit, up to where they are damaged.
    init(
        _ image: ELFImage, _ info: DWARFSection, _ unit: DWARFUnit, _ ranges: inout DWARFRanges,
        _ abbreviations: inout DWARFAbbreviations, _ texts: inout DWARFTexts
    ) {
        let size = min(unit.end - unit.first, UInt64(ELFImage.sectionLimit))
        var reader = DWARFReader(info.bytes(at: unit.first, count: Int(size)))
        ranges.allow(Self.rangeLimit)
        let list = abbreviations.list(of: unit)
        var depth: UInt32 = 0
        // Attributes may take no bytes. Compilers have more bytes than attributes; a damaged unit
        // could have a thousand of them in each byte.
        var allowance = 4 * Int(size) + DWARFAbbreviation.attributeLimit
        while !reader.isAtEnd, calls.count < Self.callLimit {
            let code = reader.leb()
            if code == 0 {
                // The end of an entry's children.
                if depth <= 1 { break }
                depth -= 1
                continue
            }
            guard let declaration = list[code] else { break }
            allowance -= declaration.attributes.count
            if allowance < 0 { break }
            if declaration.tag == 0x1D {
                readCall(declaration, &reader, depth, unit, &ranges)
            } else {
                for attribute in declaration.attributes {
                    _ = reader.value(attribute.form, unit.header.sizes)
                }
            }
            if declaration.hasChildren { depth += 1 }
            if depth == 0 { break }
        }
        readPaths(image, unit, &texts)
    }

    private mutating func readCall(
        _ declaration: DWARFAbbreviation, _ reader: inout DWARFReader, _ depth: UInt32,
        _ unit: DWARFUnit, _ ranges: inout DWARFRanges
    ) {
        var extent = DWARFExtent()
        var origin: UInt64?
        var (file, line): (UInt64, UInt64) = (.max, 0)
        for attribute in declaration.attributes {
            let value = reader.value(
                attribute.form, constant: attribute.constant, unit.header.sizes)
            switch (attribute.name, value) {
            case (0x31, _): origin = value.entry(in: unit)
            case (0x58, .number(let number)): file = number
            case (0x59, .number(let number)): line = number
            default: extent.take(attribute.name, value)
            }
        }
        if reader.isBroken { return }
        for range in ranges.ranges(extent, unit) {
            guard calls.count < Self.callLimit else { return }
            calls.append(
                Call(
                    range: range, origin: origin ?? .max, file: UInt32(clamping: file),
                    line: UInt32(clamping: line), depth: depth))
        }
    }

    private mutating func readPaths(
        _ image: ELFImage, _ unit: DWARFUnit, _ texts: inout DWARFTexts
    ) {
        guard !calls.isEmpty, let program = unit.program,
            let lines = DWARFSection(image, ".debug_line")
        else { return }
        var start = DWARFReader(lines.bytes(at: program, count: 12))
        let (length, offsetSize) = start.unitLength()
        var reader = DWARFReader(
            lines.bytes(
                at: program &+ (offsetSize == 8 ? 12 : 4),
                count: Int(min(length, UInt64(Self.headerLimit)))))
        guard let header = LineProgramHeader(&reader, offsetSize: offsetSize) else { return }
        let directory = unit.directory(&texts)
        var seen: Set<UInt32> = []
        for call in calls where seen.insert(call.file).inserted {
            paths[call.file] = header.path(
                of: UInt64(call.file), reader.bytes, directory: directory, &texts)
        }
    }
}

/// The layouts of entries, by the unit's offset of them.
struct DWARFAbbreviations {
    private var section: DWARFSection?
    private var lists: [UInt64: [UInt64: DWARFAbbreviation]] = [:]

    /// The most lists that are kept.
    static let keptLimit = 256
    /// The most bytes of one list.
    static let listLimit = 1 << 22

    init(_ image: ELFImage) { section = DWARFSection(image, ".debug_abbrev") }

    /// The layouts of a unit's entries by their codes.
    mutating func list(of unit: DWARFUnit) -> [UInt64: DWARFAbbreviation] {
        let offset = unit.header.abbreviations
        if let known = lists[offset] { return known }
        var list: [UInt64: DWARFAbbreviation] = [:]
        // Most are short, and begin a section that is long.
        for size in [DWARFSection.windowSize, Self.listLimit] {
            var reader = DWARFReader(section?.bytes(at: offset, count: size) ?? [])
            while let declaration = DWARFAbbreviation(&reader) {
                // The first of a code holds.
                if list[declaration.code] == nil { list[declaration.code] = declaration }
            }
            if !reader.isBroken { break }
        }
        if lists.count >= Self.keptLimit { lists = [:] }
        lists[offset] = list
        return list
    }

    /// The layout of a code in a unit.
    mutating func declaration(_ code: UInt64, of unit: DWARFUnit) -> DWARFAbbreviation? {
        list(of: unit)[code]
    }
}
