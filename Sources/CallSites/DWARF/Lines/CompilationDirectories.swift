/// In which directory each line program's unit was compiled, from the first entry of each unit of
/// `.debug_info`.
struct CompilationDirectories {
    private var byProgram: [UInt64: String] = [:]

    /// Reads the units; those whose first entry is unreadable have no directory.
    init(_ image: ELFImage) {
        guard var units = DWARFUnits(image) else { return }
        var texts = DWARFTexts(image)
        while let unit = units.next() {
            guard let program = unit.program, byProgram[program] == nil,
                let text = unit.directory(&texts), !text.isEmpty
            else { continue }
            byProgram[program] = text
        }
    }

    /// The directory of the unit whose line program is at an offset of `.debug_line`.
    subscript(_ program: UInt64) -> String? { byProgram[program] }
}
