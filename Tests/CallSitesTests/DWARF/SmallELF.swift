import KernelFormats

/// An ELF file of sections that a test says the bytes of, and of code at a known address.
struct SmallELF {
    /// Where its `.text` is, of ``codeSize`` bytes.
    static let code: UInt64 = 0x1000
    static let codeSize: UInt64 = 0x10000

    private var sections: [(name: String, type: UInt32, address: UInt64, bytes: [UInt8])] = []

    /// Adds a section of debugging information.
    mutating func add(_ name: String, _ bytes: [UInt8]) { sections.append((name, 1, 0, bytes)) }

    /// The whole file: header, the sections' bytes, their table.
    func bytes() -> [UInt8] {
        var names: [UInt8] = [0]
        var table: [UInt8] = []
        var contents: [UInt8] = []
        func add(_ name: String, _ type: UInt32, _ address: UInt64, _ size: UInt64) {
            KernelInteger.append(UInt32(names.count), to: &table)
            names += Array(name.utf8) + [0]
            KernelInteger.append(type, to: &table)
            for value in [0, address, UInt64(64 + contents.count), size, 0, 1, 0] {
                KernelInteger.append(value, to: &table)
            }
        }
        add(".text", 8, Self.code, Self.codeSize)
        for section in sections {
            add(section.name, section.type, section.address, UInt64(section.bytes.count))
            contents += section.bytes
        }
        add(".shstrtab", 3, 0, UInt64(names.count + 11))
        contents += names
        var header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        for value: UInt16 in [2, 62] { KernelInteger.append(value, to: &header) }
        KernelInteger.append(UInt32(1), to: &header)
        for value in [0, 0, UInt64(64 + contents.count)] {
            KernelInteger.append(value, to: &header)
        }
        KernelInteger.append(UInt32(0), to: &header)
        let count = UInt16(sections.count + 2)
        for value: UInt16 in [64, 56, 0, 64, count, count - 1] {
            KernelInteger.append(value, to: &header)
        }
        return header + contents + table
    }
}
