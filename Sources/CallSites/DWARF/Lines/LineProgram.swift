/// Runs a line program (DWARF 5, 6.2.5): a machine of few registers whose output is a table.
struct LineProgram {
    /// A row of the table.
    struct Row: Hashable {
        var address: UInt64
        var file: UInt64
        var line: UInt32
    }

    private(set) var header: LineProgramHeader
    private var reader: DWARFReader
    private var row = Row(address: 0, file: 1, line: 1)
    private var operation: UInt64 = 0
    /// A row that was read and is of the next sequence.
    private var pending: Row?

    init(_ header: LineProgramHeader, _ reader: DWARFReader) {
        self.header = header
        self.reader = reader
    }

    /// Reads the next sequence of rows: where it ends; nil when there is none that ends.
    ///
    /// Only rows that change the file or the line are kept; their addresses ascend. Rows that
    /// go back end the sequence too, and begin another one. Breaks at more than `limit` rows.
    mutating func readSequence(into rows: inout [Row], limit: Int) -> UInt64? {
        rows.removeAll(keepingCapacity: true)
        if let pending { rows.append(pending) }
        var last = pending?.address ?? 0
        pending = nil
        while !reader.isAtEnd {
            switch step() {
            case .nothing: continue
            case .end:
                let end = row.address
                row = Row(address: 0, file: 1, line: 1)
                operation = 0
                return end
            case .row:
                if row.address < last, !rows.isEmpty {
                    pending = row
                    return last
                }
                last = row.address
                Self.append(row, to: &rows)
                if rows.count > limit { reader.fail() }
            }
        }
        return nil
    }

    private static func append(_ row: Row, to rows: inout [Row]) {
        if let before = rows.last, before.address == row.address { rows.removeLast() }
        if let before = rows.last, before.file == row.file, before.line == row.line { return }
        rows.append(row)
    }

    private enum Step {
        case nothing
        case row
        case end
    }

    @inline(__always)
    private mutating func step() -> Step {
        let opcode = reader.u8()
        if opcode >= header.opcodeBase {
            let adjusted = opcode - header.opcodeBase
            advance(UInt64(adjusted / header.lineRange))
            row.line &+= UInt32(
                truncatingIfNeeded: Int(header.lineBase) + Int(adjusted % header.lineRange))
            return .row
        }
        if opcode == 0 { return extended() ? .end : .nothing }
        if opcode == 1 { return .row }
        standard(opcode)
        return .nothing
    }

    private mutating func advance(_ operations: UInt64) {
        guard header.operationsPerInstruction > 1 else {
            row.address &+= operations &* header.minimumInstructionLength
            return
        }
        let (index, most) = (operation &+ operations, header.operationsPerInstruction)
        row.address &+= (index / most) &* header.minimumInstructionLength
        operation = index % most
    }

    private mutating func standard(_ opcode: UInt8) {
        switch opcode {
        case 2: advance(reader.leb())
        case 3: row.line &+= UInt32(truncatingIfNeeded: reader.signedLEB())
        case 4: row.file = reader.leb()
        case 5: _ = reader.leb()
        // Statements, blocks, the ends of prologues and the beginnings of epilogues.
        case 6, 7, 10, 11: break
        case 8: advance(UInt64((255 - header.opcodeBase) / header.lineRange))
        case 9:
            row.address &+= reader.unsigned(2)
            operation = 0
        case 12: _ = reader.leb()
        default:
            for _ in 0..<header.operandCounts[Int(opcode) - 1] { _ = reader.leb() }
        }
    }

    /// Whether a sequence ends.
    private mutating func extended() -> Bool {
        let length = reader.leb()
        guard length > 0 else { return false }
        guard length <= UInt64(reader.end - reader.place) else {
            reader.fail()
            return false
        }
        let next = reader.place + Int(length)
        defer { reader.move(to: next) }
        switch reader.u8() {
        case 1: return true
        case 2:
            row.address = reader.unsigned(min(8, Int(length) - 1))
            operation = 0
        case 3:
            let name = reader.passText()
            let file = LineProgramHeader.oldFile(&reader, name: name.start)
            if header.files.count < LineProgramHeader.fileLimit { header.files.append(file) }
        default: break
        }
        return false
    }
}
