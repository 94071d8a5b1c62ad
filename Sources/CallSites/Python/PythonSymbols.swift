import KernelFormats

/// Data that a CPython exports by name.
enum PythonSymbols {
    /// The addresses of named data, before the file is moved; `.dynsym` first, then `.symtab`.
    static func addresses(of names: Set<String>, in image: ELFImage) -> [String: UInt64] {
        var found: [String: UInt64] = [:]
        for name in [".dynsym", ".symtab"] where found.count < names.count {
            guard let table = image[name], image.sections.indices.contains(table.link) else {
                continue
            }
            let texts = image.bytes(of: image.sections[table.link])
            let bytes = image.bytes(of: table)
            let span = bytes.span
            for index in 0..<min(SymbolTable.limit, bytes.count / 24) {
                let place = 24 * index
                // STT_OBJECT is 1; a section of 0 is not defined here.
                guard span[place + 4] & 15 == 1, KernelInteger.u16(span, place + 6) != 0 else {
                    continue
                }
                let start = Int(KernelInteger.u32(span, place))
                // All of the names asked for begin so; most of the others need no text made.
                guard start + 2 < texts.count, texts[start] == 0x5F || texts[start] == 0x50 else {
                    continue
                }
                let text = ELFImage.text(texts, at: start)
                if names.contains(text), found[text] == nil {
                    found[text] = KernelInteger.u64(span, place + 8)
                }
            }
        }
        return found
    }

    /// Where `_PyRuntime` is; from 3.14 on it has a section of its own, which no stripping takes.
    static func runtime(_ addresses: [String: UInt64], _ image: ELFImage) -> UInt64? {
        (addresses["_PyRuntime"] ?? image[".PyRuntime"]?.address).flatMap { $0 == 0 ? nil : $0 }
    }

    /// The version: `Py_Version` of 3.11 and later, else the one in the file's name.
    static func version(
        _ addresses: [String: UInt64], _ image: ELFImage, fileName: String
    ) -> PythonVersion? {
        if let address = addresses["Py_Version"] {
            let bytes = image.bytes(at: address, count: 4)
            if bytes.count == 4 { return PythonVersion(hex: KernelInteger.u32(bytes.span, 0)) }
        }
        return PythonVersion(fileName: fileName)
    }
}
