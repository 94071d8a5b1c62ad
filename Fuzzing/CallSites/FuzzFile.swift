import CallSites
import KernelFormats

/// An ELF file for the fuzzer, which counts what is read of it.
final class FuzzFile {
    /// Where the code is, of ``codeSize`` bytes that are in no file.
    static let code: UInt64 = 0x1000
    static let codeSize: UInt64 = 0x10000
    /// Where the first section's bytes are loaded; the offset in the file is the same, less this.
    static let loaded: UInt64 = 0x40_0000

    let bytes: [UInt8]
    /// How many bytes were asked for, as far as they are there.
    private(set) var bytesRead = 0

    /// A file as it is.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A file with sections of these names, whose bytes are those of the input.
    ///
    /// Two bytes say how long each one is. What is left over is `rest`.
    convenience init(sections names: [String], _ input: [UInt8], rest: inout [UInt8]) {
        var sections: [(name: String, bytes: ArraySlice<UInt8>)] = []
        var place = 0
        for name in names {
            let count = Int(KernelInteger.u16(input.span, place))
            let start = min(place + 2, input.count)
            let end = min(start + count, input.count)
            if end > start { sections.append((name, input[start..<end])) }
            place = end
        }
        rest = Array(input[place...])
        self.init(Self.file(sections))
    }

    private static func file(_ sections: [(name: String, bytes: ArraySlice<UInt8>)]) -> [UInt8] {
        var (texts, table, contents): ([UInt8], [UInt8], [UInt8]) = ([0], [], [])
        func add(_ name: String, _ type: UInt32, _ address: UInt64, _ size: UInt64, _ link: UInt32)
        {
            KernelInteger.append(UInt32(texts.count), to: &table)
            texts += Array(name.utf8) + [0]
            KernelInteger.append(type, to: &table)
            for value in [0, address, UInt64(120 + contents.count), size] {
                KernelInteger.append(value, to: &table)
            }
            KernelInteger.append(link, to: &table)
            KernelInteger.append(UInt32(0), to: &table)
            for value: UInt64 in [1, 0] { KernelInteger.append(value, to: &table) }
        }
        add(".text", 8, code, codeSize, 0)
        for (index, section) in sections.enumerated() {
            // The texts of a table of symbols are the section behind it.
            let isLoaded = !section.name.hasPrefix(".debug")
            add(
                section.name, 1, isLoaded ? loaded + UInt64(120 + contents.count) : 0,
                UInt64(section.bytes.count), UInt32(index + 2))
            contents += section.bytes
        }
        add(".shstrtab", 3, 0, UInt64(texts.count + 11), 0)
        contents += texts
        var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        for value: UInt16 in [2, 62] { KernelInteger.append(value, to: &header) }
        KernelInteger.append(UInt32(1), to: &header)
        for value in [0, 64, UInt64(120 + contents.count)] {
            KernelInteger.append(value, to: &header)
        }
        KernelInteger.append(UInt32(0), to: &header)
        let count = UInt16(sections.count + 2)
        for value: UInt16 in [64, 56, 1, 64, count, count - 1] {
            KernelInteger.append(value, to: &header)
        }
        // One segment that all sections are loaded with.
        for value: UInt32 in [1, 4] { KernelInteger.append(value, to: &header) }
        let size = UInt64(120 + contents.count)
        for value in [0, loaded, loaded, size, size, 4_096] {
            KernelInteger.append(value, to: &header)
        }
        return header + contents + table
    }

    /// The file; nil when it is none.
    var image: ELFImage? {
        ELFImage { offset, count in
            promise(count >= 0, "\(count) bytes were asked for")
            guard offset < UInt64(self.bytes.count), count > 0 else { return [] }
            let start = Int(offset)
            let part = Array(self.bytes[start..<start + min(count, self.bytes.count - start)])
            self.bytesRead += part.count
            return part
        }
    }

    /// Whether more was read than all parsers need for a file of the fuzzer's size: a quarter of a
    /// gigabyte.
    func checkWork() {
        promise(bytesRead < 1 << 28, "\(bytesRead) bytes were read of \(bytes.count)")
    }

    /// Addresses that are worth asking for: the ends of everything, and some within the code.
    func addresses(_ image: ELFImage) -> [UInt64] {
        var addresses: [UInt64] = [0, 1, .max]
        for segment in image.segments.prefix(4) {
            let end = segment.address &+ segment.fileSize
            addresses += [segment.address, segment.address &+ segment.fileSize / 2, end, end &- 1]
        }
        if let text = image[".text"] {
            for part in 0..<16 as Range<UInt64> {
                addresses.append(text.address &+ (text.size / 16) &* part)
            }
            addresses += (0..<16).map { text.address &+ $0 }
        }
        return addresses
    }
}
