import KernelFormats

/// The functions that an ELF file names: `.symtab`, or `.dynsym` where that was stripped away.
public struct SymbolTable {
    /// One function.
    public struct Symbol: Hashable, Sendable {
        /// Its address, before the file is moved.
        public var address: UInt64
        /// How many bytes it has; 0 when the file does not say.
        public var size: UInt64
        /// Its name as it is in the file, mangled or not.
        public var name: String
    }

    private let starts: [UInt64]
    private let sizes: [UInt64]
    private let names: [UInt32]
    private let texts: [UInt8]

    /// The most symbols that are read.
    static let limit = 4_000_000

    /// Reads the table; empty when the file has none.
    public init(_ image: ELFImage) {
        let table = image[".symtab"] ?? image[".dynsym"]
        var entries: [(start: UInt64, size: UInt64, name: UInt32)] = []
        if let table {
            let bytes = image.bytes(of: table)
            let span = bytes.span
            for index in 0..<min(Self.limit, bytes.count / 24) {
                let place = 24 * index
                // STT_FUNC is 2, STT_GNU_IFUNC 10; a section of 0 is not defined here.
                let type = span[place + 4] & 15
                let value = KernelInteger.u64(span, place + 8)
                guard type == 2 || type == 10, KernelInteger.u16(span, place + 6) != 0, value != 0
                else { continue }
                entries.append(
                    (value, KernelInteger.u64(span, place + 16), KernelInteger.u32(span, place)))
            }
            entries.sort { ($0.start, $0.size) < ($1.start, $1.size) }
        }
        texts =
            table.flatMap {
                image.sections.indices.contains($0.link) ? image.sections[$0.link] : nil
            }
            .map { image.bytes(of: $0) } ?? []
        starts = entries.map(\.start)
        sizes = entries.map(\.size)
        names = entries.map(\.name)
    }

    /// How many functions there are.
    public var count: Int { starts.count }

    /// The function that an address is in; nil when none is known to reach it.
    public func symbol(at address: UInt64) -> Symbol? {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= address { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        let place = low - 1
        guard sizes[place] == 0 || address - starts[place] < sizes[place] else { return nil }
        return Symbol(
            address: starts[place], size: sizes[place],
            name: ELFImage.text(texts, at: Int(names[place])))
    }

    /// The first function of a name.
    public func symbol(named name: String) -> Symbol? {
        let wanted = Array(name.utf8)
        for place in starts.indices {
            let start = Int(names[place])
            guard start + wanted.count < texts.count, texts[start + wanted.count] == 0,
                texts[start..<start + wanted.count].elementsEqual(wanted)
            else { continue }
            return Symbol(address: starts[place], size: sizes[place], name: name)
        }
        return nil
    }
}
