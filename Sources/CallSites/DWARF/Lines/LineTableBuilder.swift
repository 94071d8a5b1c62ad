/// Runs all line programs of a file.
struct LineTableBuilder {
    private(set) var sequences: [LineSequence] = []
    private(set) var offsets: [UInt32] = []
    private(set) var files: [UInt32] = []
    private(set) var lines: [UInt32] = []
    private(set) var paths = PathTable()

    private let directories: CompilationDirectories
    private var texts: DWARFTexts
    /// Where what is loaded lies, without overlaps, by address.
    private let loaded: [Range<UInt64>]
    private var rows: [LineProgram.Row] = []

    init(_ image: ELFImage) {
        directories = CompilationDirectories(image)
        texts = DWARFTexts(image)
        loaded = Self.loaded(image)
    }

    /// The most units that are read.
    static let unitLimit = 1 << 20

    /// Reads the programs of all units.
    mutating func read(_ section: DWARFSection) {
        var offset: UInt64 = 0
        var units = 0
        while offset < section.size, units < Self.unitLimit {
            units += 1
            var start = DWARFReader(section.bytes(at: offset, count: 12))
            let (length, offsetSize) = start.unitLength()
            let header: UInt64 = offsetSize == 8 ? 12 : 4
            guard !start.isBroken, length > 0, section.size - offset >= header,
                length <= section.size - offset - header,
                length <= UInt64(ELFImage.sectionLimit)
            else { return }
            let first = offset + header
            var reader = DWARFReader(section.bytes(at: first, count: Int(length)))
            if let header = LineProgramHeader(&reader, offsetSize: offsetSize) {
                run(LineProgram(header, reader), in: reader.bytes, directory: directories[offset])
            }
            offset = first + length
        }
    }

    private mutating func run(_ program: LineProgram, in bytes: [UInt8], directory: String?) {
        var program = program
        var numbers: [UInt64: UInt32] = [:]
        var (lastFile, lastNumber): (UInt64?, UInt32) = (nil, .max)
        while offsets.count < LineTable.rowLimit, sequences.count < LineTable.sequenceLimit,
            let end = program.readSequence(into: &rows, limit: LineTable.rowLimit - offsets.count)
        {
            guard let start = rows.first?.address, let last = rows.last, end > start,
                last.address - start <= UInt64(UInt32.max), isLoaded(start)
            else { continue }
            sequences.append(
                LineSequence(
                    start: start, end: end, first: UInt32(offsets.count),
                    count: UInt32(rows.count)))
            for row in rows {
                if row.file != lastFile {
                    lastFile = row.file
                    lastNumber =
                        numbers[row.file]
                        ?? number(row.file, of: program.header, bytes, directory)
                    numbers[row.file] = lastNumber
                }
                offsets.append(UInt32(row.address - start))
                files.append(lastNumber)
                lines.append(row.line)
            }
        }
    }

    private mutating func number(
        _ file: UInt64, of header: LineProgramHeader, _ bytes: [UInt8], _ compilation: String?
    ) -> UInt32 {
        guard let path = header.path(of: file, bytes, directory: compilation, &texts) else {
            return .max
        }
        return paths.number(of: path)
    }

    // MARK: Code that the linker dropped

    /// Whether a sequence is of code that is in the file: what the linker dropped begins at 0, near
    /// it, or at the last addresses.
    private func isLoaded(_ address: UInt64) -> Bool {
        var (low, high) = (0, loaded.count)
        while low < high {
            let middle = (low + high) / 2
            if loaded[middle].lowerBound <= address { low = middle + 1 } else { high = middle }
        }
        return address != 0 && low > 0 && loaded[low - 1].contains(address)
    }

    private static func loaded(_ image: ELFImage) -> [Range<UInt64>] {
        var merged: [Range<UInt64>] = []
        let all = image.sections.filter { $0.address != 0 && $0.address <= .max - $0.size }
            .map { $0.address..<$0.address + $0.size }
            .sorted { $0.lowerBound < $1.lowerBound }
        for range in all {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] =
                    last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}

/// Paths, each once.
struct PathTable {
    private(set) var list: [String] = []
    private var numbers: [String: UInt32] = [:]
    private var size = 0

    /// The number of a path; the greatest number when there is no room for it.
    mutating func number(of path: String) -> UInt32 {
        if let known = numbers[path] { return known }
        guard size + path.utf8.count <= LineTable.pathLimit else { return .max }
        // Each takes some bytes besides its own.
        size += path.utf8.count + 64
        let number = UInt32(list.count)
        list.append(path)
        numbers[path] = number
        return number
    }
}
