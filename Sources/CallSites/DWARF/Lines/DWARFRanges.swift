/// What an entry says of the addresses of its code.
struct DWARFExtent: Hashable {
    private(set) var low: DWARFValue?
    private(set) var high: DWARFValue?
    private(set) var ranges: DWARFValue?

    /// Takes an attribute when it is DW_AT_low_pc, DW_AT_high_pc or DW_AT_ranges.
    mutating func take(_ attribute: UInt64, _ value: DWARFValue) {
        switch attribute {
        case 0x11: low = value
        case 0x12: high = value
        case 0x55: ranges = value
        default: break
        }
    }
}

/// The sections that tell the addresses of entries (DWARF 5, 2.17; DWARF 4, 2.17.3).
struct DWARFRanges {
    private var addresses: DWARFSection?
    private var old: DWARFSection?
    private var new: DWARFSection?
    /// How many entries of lists may still be read, for all entries together.
    private(set) var allowance: Int

    init(_ image: ELFImage, allowance: Int) {
        addresses = DWARFSection(image, ".debug_addr")
        old = DWARFSection(image, ".debug_ranges")
        new = DWARFSection(image, ".debug_rnglists")
        self.allowance = allowance
    }

    /// Grants a number of entries of lists.
    mutating func allow(_ count: Int) { allowance = count }

    /// An address by its value.
    private mutating func address(_ value: DWARFValue?, _ unit: DWARFUnit) -> UInt64? {
        switch value {
        case .address(let address): return address
        case .addressIndex(let index):
            let size = unit.header.sizes.address
            let start = (unit.addressBase ?? 8) &+ index &* UInt64(max(0, size))
            guard let slice = addresses?.nearby(at: start, count: size) else { return nil }
            var reader = DWARFReader(Array(slice))
            let address = reader.unsigned(size)
            return reader.isBroken ? nil : address
        default: return nil
        }
    }

    /// The ranges of an entry; what the linker dropped, which begins at 0 or 1, is left out.
    mutating func ranges(_ extent: DWARFExtent, _ unit: DWARFUnit) -> [Range<UInt64>] {
        var found: [Range<UInt64>] = []
        func add(_ low: UInt64, _ high: UInt64) {
            if low > 1, high > low { found.append(low..<high) }
        }
        if let list = extent.ranges {
            if unit.header.sizes.version == 5 {
                readNew(list, unit, add)
            } else if case .number(let offset) = list {
                readOld(offset, unit, add)
            }
        } else if let low = address(extent.low, unit), let high = extent.high {
            // A number is how many bytes there are.
            if case .number(let size) = high {
                add(low, low.addingReportingOverflow(size).overflow ? low : low + size)
            } else if let end = address(high, unit) {
                add(low, end)
            }
        }
        return found
    }

    private mutating func readOld(
        _ offset: UInt64, _ unit: DWARFUnit, _ add: (UInt64, UInt64) -> Void
    ) {
        let size = unit.header.sizes.address
        guard size == 4 || size == 8 else { return }
        let greatest: UInt64 = size == 8 ? .max : UInt64(UInt32.max)
        var base = address(unit.extent.low, unit) ?? 0
        var place = offset
        while allowance > 0, let slice = old?.nearby(at: place, count: 2 * size) {
            allowance -= 1
            var reader = DWARFReader(Array(slice))
            let (low, high) = (reader.unsigned(size), reader.unsigned(size))
            if reader.isBroken || (low == 0 && high == 0) { return }
            place &+= UInt64(2 * size)
            if low == greatest { base = high } else { add(base &+ low, base &+ high) }
        }
    }

    private mutating func readNew(
        _ list: DWARFValue, _ unit: DWARFUnit, _ add: (UInt64, UInt64) -> Void
    ) {
        var place: UInt64
        switch list {
        case .number(let offset): place = offset
        case .rangesIndex(let index):
            let size = unit.header.sizes.offset
            let base = unit.rangesBase ?? (size == 8 ? 20 : 12)
            guard let slice = new?.nearby(at: base &+ index &* UInt64(size), count: size) else {
                return
            }
            var reader = DWARFReader(Array(slice))
            place = base &+ reader.unsigned(size)
            if reader.isBroken { return }
        default: return
        }
        var base = address(unit.extent.low, unit) ?? 0
        // A kind and two numbers take 21 bytes at the most.
        while allowance > 0, let slice = new?.nearby(at: place, count: 32) {
            allowance -= 1
            var reader = DWARFReader(Array(slice))
            guard readEntry(&reader, &base, unit, add), !reader.isBroken else { return }
            place &+= UInt64(reader.place)
        }
    }

    /// Reads an entry of a list of DWARF 5: whether another one follows.
    private mutating func readEntry(
        _ reader: inout DWARFReader, _ base: inout UInt64, _ unit: DWARFUnit,
        _ add: (UInt64, UInt64) -> Void
    ) -> Bool {
        let size = unit.header.sizes.address
        func number() -> UInt64 { reader.leb() }
        switch reader.u8() {
        case 1: base = address(.addressIndex(number()), unit) ?? 0
        case 2:
            let low = address(.addressIndex(number()), unit)
            let high = address(.addressIndex(number()), unit)
            if let low, let high { add(low, high) }
        case 3:
            let low = address(.addressIndex(number()), unit)
            let length = number()
            if let low { add(low, low &+ length) }
        case 4:
            let (low, high) = (number(), number())
            add(base &+ low, base &+ high)
        case 5: base = reader.unsigned(size)
        case 6:
            let (low, high) = (reader.unsigned(size), reader.unsigned(size))
            add(low, high)
        case 7:
            let low = reader.unsigned(size)
            add(low, low &+ number())
        default: return false
        }
        return true
    }
}
