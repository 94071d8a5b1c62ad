import KernelFormats

/// The records of `.eh_frame` or of `.debug_frame` (LSB 5.0, 10.6; DWARF 5, 6.4.1).
struct FrameSection {
    let bytes: [UInt8]
    /// Where it is loaded, before the file is moved.
    let address: UInt64
    /// What `datarel` counts from.
    let dataBase: UInt64?
    /// Whether it is `.debug_frame`.
    let isDebug: Bool

    /// What several functions have in common (CIE).
    struct Common {
        var codeAlignment: UInt64 = 1
        var dataAlignment: Int64 = 1
        var returnRegister: UInt8 = 16
        /// How addresses are encoded.
        var encoding: UInt8 = 0
        /// Whether a function's record has data for its augmentation.
        var hasAugmentation = false
        var isSignalFrame = false
        var instructions: Range<Int> = 0..<0
    }

    /// A range of instructions of one function (FDE).
    struct Description {
        var common: Common
        var start: UInt64
        var count: UInt64
        var instructions: Range<Int>

        func contains(_ address: UInt64) -> Bool { address >= start && address - start < count }
    }

    private struct Record {
        var identity: UInt64
        var identityPlace: Int
        var body: Range<Int>
        var isCommon: Bool
    }

    /// The record at an offset; nil at the end, or for one that does not fit.
    private func record(at offset: Int) -> Record? {
        guard offset >= 0, offset < bytes.count else { return nil }
        var cursor = DwarfCursor(bytes, offset..<bytes.count)
        var length = UInt64(cursor.u32())
        let isLong = length == 0xFFFF_FFFF
        if isLong { length = cursor.u64() }
        guard !cursor.isBroken, length >= 4, length <= UInt64(bytes.count - cursor.place) else {
            return nil
        }
        let place = cursor.place
        let end = place + Int(length)
        // The identity of .eh_frame has four bytes always.
        let isWide = isLong && isDebug
        let identity = isWide ? cursor.u64() : UInt64(cursor.u32())
        let common: UInt64 = !isDebug ? 0 : isWide ? .max : 0xFFFF_FFFF
        guard !cursor.isBroken, cursor.place <= end else { return nil }
        return Record(
            identity: identity, identityPlace: place, body: cursor.place..<end,
            isCommon: identity == common)
    }

    /// What the record at an offset says for several functions.
    func common(at offset: Int) -> Common? {
        guard let record = record(at: offset), record.isCommon else { return nil }
        var cursor = DwarfCursor(bytes, record.body)
        var common = Common()
        let version = cursor.u8()
        guard version == 1 || version == 3 || version == 4 else { return nil }
        let augmentation = cursor.text()
        // The oldest compilers: a pointer to tables of exceptions.
        if augmentation.elementsEqual("eh".utf8) { cursor.skip(8) }
        if version == 4 {
            // The sizes of an address and of a segment's selector.
            guard cursor.u8() == 8, cursor.u8() == 0 else { return nil }
        }
        common.codeAlignment = cursor.unsigned()
        common.dataAlignment = cursor.signed()
        let register = version == 1 ? UInt64(cursor.u8()) : cursor.unsigned()
        guard register <= 16 else { return nil }
        common.returnRegister = UInt8(register)
        if augmentation.first == UInt8(ascii: "z") {
            common.hasAugmentation = true
            let data = cursor.block()
            guard readAugmentation(augmentation.dropFirst(), data, &common) else { return nil }
        } else {
            guard augmentation.isEmpty || augmentation.elementsEqual("eh".utf8) else { return nil }
        }
        common.instructions = cursor.rest
        return cursor.isBroken ? nil : common
    }

    private func readAugmentation(
        _ letters: ArraySlice<UInt8>, _ data: Range<Int>, _ common: inout Common
    ) -> Bool {
        var cursor = DwarfCursor(bytes, data)
        for letter in letters {
            switch letter {
            case UInt8(ascii: "L"): _ = cursor.u8()
            case UInt8(ascii: "P"):
                let encoding = cursor.u8()
                // Aligned: up to the next multiple of eight, whole.
                if encoding == 0x50 {
                    let over = (address &+ UInt64(cursor.place)) & 7
                    cursor.skip((8 - over) & 7)
                    cursor.skip(8)
                } else if encoding != 0xFF {
                    _ = cursor.pointer(encoding, address: address, data: dataBase)
                }
            case UInt8(ascii: "R"): common.encoding = cursor.u8()
            case UInt8(ascii: "S"): common.isSignalFrame = true
            default: return !cursor.isBroken
            }
        }
        return !cursor.isBroken
    }

    /// The function whose record is at an offset.
    func description(at offset: Int) -> Description? {
        guard let record = record(at: offset), !record.isCommon,
            let place = commonPlace(of: record), let common = common(at: place)
        else { return nil }
        return description(of: record, common)
    }

    private func commonPlace(of record: Record) -> Int? {
        guard record.identity <= UInt64(bytes.count) else { return nil }
        // .eh_frame counts back from the field itself, .debug_frame from the beginning.
        return isDebug ? Int(record.identity) : record.identityPlace - Int(record.identity)
    }

    private func description(of record: Record, _ common: Common) -> Description? {
        var cursor = DwarfCursor(bytes, record.body)
        guard
            let start = cursor.pointer(common.encoding, address: address, data: dataBase),
            let count = cursor.pointer(common.encoding & 0x0F, address: address, data: nil)
        else { return nil }
        if common.hasAugmentation { _ = cursor.block() }
        guard !cursor.isBroken else { return nil }
        return Description(
            common: common, start: start, count: count, instructions: cursor.rest)
    }

    /// Every function's first address and the offset of its record, by address.
    ///
    /// Records are read until one does not fit, or ends the table.
    func index() -> [(start: UInt64, offset: Int)] {
        var found: [(start: UInt64, offset: Int)] = []
        var known: [Int: Common?] = [:]
        var offset = 0
        while let record = record(at: offset) {
            defer { offset = record.body.upperBound }
            guard !record.isCommon, let place = commonPlace(of: record) else { continue }
            let shared = known[place] ?? common(at: place)
            // What cannot be read is kept too: it might be long, and asked for by every function.
            known[place] = .some(shared)
            guard let common = shared, let description = description(of: record, common),
                description.count > 0
            else { continue }
            found.append((description.start, offset))
        }
        found.sort { ($0.start, $0.offset) < ($1.start, $1.offset) }
        return found
    }
}
