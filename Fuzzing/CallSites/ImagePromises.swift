import CallSites

/// What holds of any file, and of what it says of its functions.
enum ImagePromises {
    private static let sections = [
        ".symtab", ".strtab", ".gopclntab", ".go.buildinfo", ".go.module",
    ]

    /// A whole file, with all that can be read of one.
    static func check(file bytes: [UInt8]) {
        let file = FuzzFile(bytes)
        guard let image = file.image else { return }
        check(image, file)
        if let table = UnwindTable(image) {
            UnwindPromises.check(table, file.addresses(image), stack: bytes.suffix(512))
        }
        LinePromises.check(image, file)
        file.checkWork()
    }

    /// Sections of a file that is whole.
    static func check(sections bytes: [UInt8]) {
        var rest: [UInt8] = []
        let file = FuzzFile(sections: sections, bytes, rest: &rest)
        guard let image = file.image else { return promise(false, "a whole file is none") }
        check(image, file)
        file.checkWork()
    }

    private static func check(_ image: ELFImage, _ file: FuzzFile) {
        promise(image.segments.count <= 4_096 && image.sections.count <= 4_096, "too many parts")
        for section in image.sections { promise(section.name.count <= 64, "a long name") }
        let addresses = file.addresses(image)
        for address in addresses {
            for count in [0, 1, 64] {
                promise(image.bytes(at: address, count: count).count <= count, "more bytes")
            }
            if let offset = image.fileOffset(of: address) { _ = image.address(ofFile: offset) }
        }
        symbols(SymbolTable(image), addresses)
        if let build = GoBuildInfo(image) {
            promise(build.version.utf8.count <= 3 * file.bytes.count, "a long version")
        }
        if let table = GoLineTable(image) { goLines(table, addresses, image) }
    }

    private static func symbols(_ table: SymbolTable, _ addresses: [UInt64]) {
        for address in addresses {
            guard let symbol = table.symbol(at: address) else { continue }
            promise(
                symbol.address <= address
                    && (symbol.size == 0 || address - symbol.address < symbol.size),
                "\(symbol) is not at \(address)")
            promise(symbol.name.utf8.count <= 3 * 4_096, "a long name")
            let first = table.symbol(at: symbol.address)
            promise(first == symbol, "\(symbol) begins as \(String(describing: first))")
        }
        for name in ["main", "socket", ""] {
            if let found = table.symbol(named: name) { promise(found.name == name, "another name") }
        }
    }

    private static func goLines(_ table: GoLineTable, _ addresses: [UInt64], _ image: ELFImage) {
        var addresses = addresses
        if let range = table.range(ofFunction: "main.main") {
            promise(range.count <= UInt32.max, "a function of \(range)")
            addresses += [range.lowerBound, range.upperBound &- 1, range.upperBound]
        }
        for address in addresses {
            let frames = table.frames(at: address)
            promise(frames.count <= 65, "\(frames.count) functions at an address")
            for frame in frames { promise(frame.line >= 0, "line \(frame.line)") }
        }
        _ = image.goEntry("main.main")
    }
}
