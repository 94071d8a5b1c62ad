/// Functions that a compiler inlined, from the entries of `.debug_info` (DWARF 4 and 5, and what
/// DWARF 2 and 3 have of it).
///
/// The units' addresses are read at first, a unit's entries when the first address in it is asked
/// for. Split DWARF (`.dwo`) and alternative files of dwz are not read.
public struct InlinedCalls {
    /// A call that was inlined.
    public struct Call: Hashable, Sendable {
        /// The function that was called: its linker's name, mangled, or its plain name where it has
        /// no other; empty when nothing tells.
        public var function: String
        /// The file that the call is in; nil when nothing tells.
        public var file: String?
        /// The line of the call; 0 when nothing tells.
        public var line: Int
    }

    private struct Extent {
        var range: Range<UInt64>
        var unit: Int
    }

    private let image: ELFImage
    private let info: DWARFSection
    private var units: [DWARFUnit] = []
    private var extents: [Extent] = []
    /// The greatest end of each extent and those before it.
    private var reach: [UInt64] = []
    private var ranges: DWARFRanges
    private var texts: DWARFTexts
    private var abbreviations: DWARFAbbreviations
    private var read: [Int: InlinedUnit] = [:]
    private var kept = 0

    /// The most ranges of all units; what comes after is not found.
    static let extentLimit = 1 << 22
    /// The most calls that are kept of units that were read; beyond, units are read again.
    static let keptLimit = 1 << 20
    /// The most calls within each other.
    static let depthLimit = 128
    /// The most entries that are followed to a name.
    static let originLimit = 8

    /// Reads the units of a file; nil when it has none that tells where its code is.
    public init?(_ image: ELFImage) {
        guard let info = DWARFSection(image, ".debug_info"), var all = DWARFUnits(image) else {
            return nil
        }
        (self.image, self.info) = (image, info)
        ranges = DWARFRanges(image, allowance: Self.extentLimit)
        texts = DWARFTexts(image)
        abbreviations = DWARFAbbreviations(image)
        while let unit = all.next() {
            for range in ranges.ranges(unit.extent, unit) where extents.count < Self.extentLimit {
                extents.append(Extent(range: range, unit: units.count))
            }
            units.append(unit)
        }
        guard !extents.isEmpty else { return nil }
        extents.sort {
            ($0.range.lowerBound, $1.range.upperBound, $0.unit)
                < ($1.range.lowerBound, $0.range.upperBound, $1.unit)
        }
        reach.reserveCapacity(extents.count)
        for extent in extents { reach.append(max(reach.last ?? 0, extent.range.upperBound)) }
    }

    /// The calls that were inlined at an address, innermost first; empty when there are none.
    ///
    /// The address is that of the file, before it is moved: give one within the call. Where the
    /// innermost function is at the address, ``LineTable`` tells; where each other one is, and
    /// the function that all were inlined into, the call before it in the list tells.
    public mutating func calls(at address: UInt64) -> [Call] {
        guard let number = unit(at: address) else { return [] }
        let unit = units[number]
        var contents: InlinedUnit
        if let known = read[number] {
            contents = known
        } else {
            contents = InlinedUnit(image, info, unit, &ranges, &abbreviations, &texts)
            if kept + contents.calls.count > Self.keptLimit {
                read = [:]
                kept = 0
            }
            kept += contents.calls.count
            read[number] = contents
        }
        var found: [InlinedUnit.Call] = []
        for call in contents.calls where call.range.contains(address) {
            // Each is within the one before it, or takes its place where ranges overlap.
            while let last = found.last, last.depth >= call.depth { found.removeLast() }
            found.append(call)
        }
        return found.suffix(Self.depthLimit).reversed().map { call in
            Call(
                function: name(of: call.origin) ?? "", file: contents.paths[call.file],
                line: Int(call.line))
        }
    }

    private func unit(at address: UInt64) -> Int? {
        var (low, high) = (0, extents.count)
        while low < high {
            let middle = (low + high) / 2
            if extents[middle].range.lowerBound <= address {
                low = middle + 1
            } else {
                high = middle
            }
        }
        var place = low - 1
        let lowest = max(0, place - LineTable.overlapLimit)
        while place >= lowest, reach[place] > address {
            if extents[place].range.contains(address) { return extents[place].unit }
            place -= 1
        }
        return nil
    }

    // MARK: Names

    private mutating func name(of origin: UInt64) -> String? {
        var origin: UInt64? = origin
        var plain: String?
        for _ in 0..<Self.originLimit {
            guard let offset = origin, let unit = unit(ofEntry: offset) else { break }
            var reader = DWARFReader(
                info.bytes(
                    at: offset, count: Int(min(unit.end - offset, UInt64(DWARFUnits.entryLimit)))))
            let code = reader.leb()
            guard let entry = abbreviations.declaration(code, of: unit) else { break }
            origin = nil
            for attribute in entry.attributes {
                let value = reader.value(
                    attribute.form, constant: attribute.constant, unit.header.sizes)
                if reader.isBroken { break }
                switch attribute.name {
                case 0x6E, 0x2007:
                    if let name = text(value, reader, unit), !name.isEmpty { return name }
                case 0x03: plain = plain ?? text(value, reader, unit)
                case 0x31, 0x47: origin = value.entry(in: unit) ?? origin
                default: break
                }
            }
        }
        return plain
    }

    private mutating func text(
        _ value: DWARFValue, _ reader: DWARFReader, _ unit: DWARFUnit
    ) -> String? {
        texts.text(
            value, in: reader.bytes, base: unit.stringBase, offsetSize: unit.header.sizes.offset)
    }

    /// The unit that an entry is in.
    private func unit(ofEntry offset: UInt64) -> DWARFUnit? {
        var (low, high) = (0, units.count)
        while low < high {
            let middle = (low + high) / 2
            if units[middle].offset <= offset { low = middle + 1 } else { high = middle }
        }
        guard low > 0, offset >= units[low - 1].first, offset < units[low - 1].end else {
            return nil
        }
        return units[low - 1]
    }
}

extension DWARFValue {
    /// The offset in `.debug_info` of the entry that is referred to.
    func entry(in unit: DWARFUnit) -> UInt64? {
        switch self {
        case .reference(let offset): unit.offset &+ offset
        case .sectionReference(let offset): offset
        default: nil
        }
    }
}
