import KernelFormats

/// What holds of any file that is taken for a program.
enum SectionPromises {
    static func check(_ bytes: [UInt8]) throws(Breach) {
        var isAbsurd = false
        var asked = 0
        let found = ELFSections { offset, count in
            asked += 1
            // A table of the most sections is 256 KiB, and names are cut at 1 MiB.
            if offset < 0 || count < 0 || count > 1 << 20 { isAbsurd = true }
            guard offset >= 0, count > 0, offset < bytes.count else { return [] }
            return Array(bytes[offset...].prefix(count))
        }
        try promise(!isAbsurd, "more was asked for than any program has")
        try promise(asked <= 3, "asked \(asked) times")
        guard let found else { return }
        try promise(bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]), "no such file")
        try promise(found.sections.count <= ELFSections.limit, "\(found.sections.count) sections")
        for section in found.sections {
            try promise(section.offset >= 0 && section.size >= 0, "\(section)")
            try promise(!section.name.utf8.contains(0), "a NUL in a name")
        }
    }
}
