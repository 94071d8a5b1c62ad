/// What stands before a line program: how its numbers are to be read, and the names of its files
/// (DWARF 5, 6.2.4; DWARF 2 to 4 have another list of files).
struct LineProgramHeader {
    /// A file as the program numbers it.
    struct File: Hashable {
        var name: DWARFValue
        var directory: UInt64
    }

    private(set) var sizes: DWARFSizes
    private(set) var minimumInstructionLength: UInt64 = 1
    private(set) var operationsPerInstruction: UInt64 = 1
    private(set) var lineBase: Int8 = 0
    private(set) var lineRange: UInt8 = 1
    private(set) var opcodeBase: UInt8 = 1
    /// How many numbers follow each standard opcode, from opcode 1.
    private(set) var operandCounts: [UInt8] = []
    private(set) var directories: [DWARFValue] = []
    var files: [File] = []

    /// The most directories and files of one program.
    static let fileLimit = 1 << 20

    /// Reads the header of a unit, from after its length to where its program begins.
    ///
    /// Nil when the version is not 2 to 5, or when it is damaged.
    init?(_ reader: inout DWARFReader, offsetSize: Int) {
        let version = UInt16(reader.unsigned(2))
        guard version >= 2, version <= 5 else { return nil }
        sizes = DWARFSizes(version: version, offset: offsetSize, address: 8)
        if version == 5 {
            sizes.address = Int(reader.u8())
            _ = reader.u8()
        }
        let length = reader.unsigned(offsetSize)
        guard length <= UInt64(reader.end - reader.place) else { return nil }
        let program = reader.place + Int(length)
        minimumInstructionLength = UInt64(reader.u8())
        if version >= 4 { operationsPerInstruction = max(1, UInt64(reader.u8())) }
        _ = reader.u8()
        lineBase = Int8(bitPattern: reader.u8())
        lineRange = reader.u8()
        opcodeBase = reader.u8()
        guard lineRange > 0, opcodeBase > 0 else { return nil }
        for _ in 1..<max(2, opcodeBase) where opcodeBase > 1 { operandCounts.append(reader.u8()) }
        if version == 5 {
            directories = entries(&reader).map(\.name)
            files = entries(&reader)
        } else {
            readOldLists(&reader)
        }
        reader.move(to: program)
        if reader.isBroken { return nil }
    }

    private mutating func readOldLists(_ reader: inout DWARFReader) {
        while !reader.isBroken, directories.count < Self.fileLimit {
            let text = reader.passText()
            if text.isEmpty { break }
            directories.append(.text(text.start))
        }
        while !reader.isBroken, files.count < Self.fileLimit {
            let text = reader.passText()
            if text.isEmpty { break }
            files.append(Self.oldFile(&reader, name: text.start))
        }
    }

    /// The rest of a file's entry: its directory, and its time and length, which are passed.
    static func oldFile(_ reader: inout DWARFReader, name: Int) -> File {
        let directory = reader.leb()
        _ = reader.leb()
        _ = reader.leb()
        return File(name: .text(name), directory: directory)
    }

    /// A list of DWARF 5, which says itself what its entries are made of.
    private func entries(_ reader: inout DWARFReader) -> [File] {
        var format: [(content: UInt64, form: UInt64)] = []
        for _ in 0..<reader.u8() { format.append((reader.leb(), reader.leb())) }
        let count = reader.leb()
        guard count <= UInt64(Self.fileLimit) else {
            reader.fail()
            return []
        }
        var files: [File] = []
        while files.count < count, !reader.isBroken {
            let start = reader.place
            var file = File(name: .other, directory: 0)
            for (content, form) in format {
                let value = reader.value(form, sizes)
                // DW_LNCT_path, DW_LNCT_directory_index.
                if content == 1 { file.name = value }
                if content == 2, case .number(let index) = value { file.directory = index }
            }
            // An entry of no bytes could be there any number of times.
            if reader.place == start { reader.fail() }
            files.append(file)
        }
        return files
    }

    /// The file of a number; nil when there is none.
    func file(_ number: UInt64) -> File? {
        let index = sizes.version == 5 ? number : number &- 1
        return index < UInt64(files.count) ? files[Int(index)] : nil
    }

    /// The directory of a number; nil for the one of the compilation before DWARF 5, and when there
    /// is none.
    func directory(_ number: UInt64) -> DWARFValue? {
        let index = sizes.version == 5 ? number : number &- 1
        return index < UInt64(directories.count) ? directories[Int(index)] : nil
    }

    /// The path of a file, as far as it is known: its directory in that of the compilation.
    ///
    /// `bytes` are those the header was read from, `compilation` is what the unit itself says.
    func path(
        of number: UInt64, _ bytes: [UInt8], directory compilation: String?,
        _ texts: inout DWARFTexts
    ) -> String? {
        guard let file = file(number),
            let name = texts.text(file.name, in: bytes, offsetSize: sizes.offset), !name.isEmpty
        else { return nil }
        let isNew = sizes.version == 5
        let folder =
            directory(file.directory)
            .flatMap { texts.text($0, in: bytes, offsetSize: sizes.offset) } ?? ""
        // Since DWARF 5 directory 0 is the one of the compilation, and may itself be relative.
        if isNew, file.directory == 0 { return Self.joined([folder, name]) }
        let first =
            compilation
            ?? (isNew
                ? directory(0).flatMap { texts.text($0, in: bytes, offsetSize: sizes.offset) }
                : nil)
        return Self.joined([first ?? "", folder, name])
    }

    /// A path of parts: an absolute part drops those before it.
    private static func joined(_ parts: [String]) -> String {
        var path = ""
        for part in parts where !part.isEmpty {
            if part.utf8.first == UInt8(ascii: "/") {
                path = part
            } else {
                path += path.isEmpty || path.utf8.last == UInt8(ascii: "/") ? part : "/" + part
            }
        }
        return path
    }
}
