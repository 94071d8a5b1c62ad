/// Files and lines of native code by address, from the DWARF line programs of an ELF file.
///
/// Versions 2 to 5 (`.debug_line`, with `.debug_line_str` and `.debug_str`), offsets of 4 and 8
/// bytes. Compressed sections, split DWARF (`.dwo`) and alternative files of dwz are not read: paths
/// that only those know are missing or stay relative.
///
/// All programs are run once; what is kept are the rows where the file or the line changes, 12 bytes
/// each, and each path once.
public struct LineTable {
    private let sequences: [LineSequence]
    /// The greatest end of each sequence and those before it.
    private let reach: [UInt64]
    private let offsets: [UInt32]
    private let files: [UInt32]
    private let lines: [UInt32]
    private let paths: [String]

    /// The most rows that are kept; what comes after is not found.
    public static let rowLimit = 1 << 25
    /// The most sequences that are kept; what comes after is not found.
    public static let sequenceLimit = 1 << 22
    /// The most bytes of all paths; files that come after have none, and are not found.
    public static let pathLimit = 1 << 26
    /// The most sequences that are looked at for one address, where they overlap.
    static let overlapLimit = 64

    /// Reads the line programs of a file; nil when it has none that can be read.
    ///
    /// A damaged program ends where it is damaged; a damaged length ends them all.
    public init?(_ image: ELFImage) {
        guard let section = DWARFSection(image, ".debug_line") else { return nil }
        var builder = LineTableBuilder(image)
        builder.read(section)
        guard !builder.sequences.isEmpty else { return nil }
        sequences = builder.sequences.sorted {
            ($0.start, $1.end, $0.first) < ($1.start, $0.end, $1.first)
        }
        var reach: [UInt64] = []
        reach.reserveCapacity(sequences.count)
        for sequence in sequences { reach.append(max(reach.last ?? 0, sequence.end)) }
        self.reach = reach
        (offsets, files, lines) = (builder.offsets, builder.files, builder.lines)
        paths = builder.paths.list
    }

    /// How many rows there are.
    public var count: Int { offsets.count }

    /// The file and the line of the instruction that an address is in; nil when none are known.
    ///
    /// The address is that of the file, before it is moved. Give an address within the call: one
    /// less than where it returns to. The line is 0 where the compiler put the instruction down to
    /// none. The path is as `llvm-symbolizer` and `addr2line` join it: relative when the compiler
    /// was told a relative directory.
    public func location(at address: UInt64) -> (file: String, line: Int)? {
        guard let row = row(at: address), files[row] < paths.count else { return nil }
        return (paths[Int(files[row])], Int(lines[row]))
    }

    private func row(at address: UInt64) -> Int? {
        var place = Self.firstIndex(in: 0..<sequences.count) { sequences[$0].start > address } - 1
        let lowest = max(0, place - Self.overlapLimit)
        while place >= lowest, reach[place] > address {
            let sequence = sequences[place]
            if address < sequence.end {
                let offset = address - sequence.start
                let rows = Int(sequence.first)..<Int(sequence.first + sequence.count)
                return Self.firstIndex(in: rows) { UInt64(offsets[$0]) > offset } - 1
            }
            place -= 1
        }
        return nil
    }

    /// The first number for which something holds that holds for all after it.
    private static func firstIndex(in range: Range<Int>, where holds: (Int) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

/// Rows whose addresses ascend without a gap, of one function or of one file's code.
struct LineSequence: Hashable {
    var start: UInt64
    /// The first address after it.
    var end: UInt64
    /// Its first row, which is at `start`.
    var first: UInt32
    /// How many rows it has, one at least.
    var count: UInt32
}
