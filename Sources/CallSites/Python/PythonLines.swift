/// Lines of instructions from the tables of code objects.
enum PythonLines {
    /// The line of the instruction at an offset in bytes; nil where the table has none.
    static func line(
        at offset: Int, first: Int, table: [UInt8], kind: PythonLayout.Lines
    ) -> Int? {
        guard offset >= 0 else { return nil }
        let line =
            switch kind {
            case .steps: steps(offset, first, table)
            case .ranges: ranges(offset, first, table)
            case .locations: locations(offset, first, table)
            }
        return line.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Pairs of a step in bytes and a signed step in lines (PyCode_Addr2Line of 3.9).
    private static func steps(_ offset: Int, _ first: Int, _ table: [UInt8]) -> Int? {
        var (address, line) = (0, first)
        var place = 0
        while place + 1 < table.count {
            address += Int(table[place])
            guard address <= offset else { break }
            line += Int(Int8(bitPattern: table[place + 1]))
            place += 2
        }
        return line
    }

    /// Pairs of a length in bytes and a signed step in lines; -128 is no line (PEP 626, 3.10).
    private static func ranges(_ offset: Int, _ first: Int, _ table: [UInt8]) -> Int? {
        var (end, line) = (0, first)
        var place = 0
        while place + 1 < table.count {
            let step = Int(Int8(bitPattern: table[place + 1]))
            end += Int(table[place])
            if step != -128 { line += step }
            if end > offset { return step == -128 ? nil : line }
            place += 2
        }
        return nil
    }

    /// Locations of PEP 657: a first byte with its highest bit set, 4 bits of kind and 3 of length.
    private static func locations(_ offset: Int, _ first: Int, _ table: [UInt8]) -> Int? {
        var (end, line) = (0, first)
        var place = 0
        while place < table.count {
            let head = table[place]
            guard head & 0x80 != 0 else { return nil }
            let kind = head >> 3 & 15
            end += 2 * (Int(head & 7) + 1)
            place += 1
            switch kind {
            case 13, 14: line += signed(table, &place)
            case 10, 11, 12: line += Int(kind) - 10
            default: break
            }
            if end > offset { return kind == 15 ? nil : line }
            while place < table.count, table[place] & 0x80 == 0 { place += 1 }
        }
        return nil
    }

    /// Six bits a byte, the least first, bit 6 says that more follow; the lowest bit is the sign.
    private static func signed(_ table: [UInt8], _ place: inout Int) -> Int {
        var (value, shift) = (0, 0)
        while place < table.count {
            let byte = table[place]
            guard byte & 0x80 == 0, shift <= 30 else { break }
            value |= Int(byte & 63) << shift
            shift += 6
            place += 1
            if byte & 64 == 0 { break }
        }
        return value & 1 == 0 ? value >> 1 : -(value >> 1)
    }
}
