import CallSites

/// What holds of any debugging information.
enum LinePromises {
    private static let sections = [
        ".debug_info", ".debug_abbrev", ".debug_line", ".debug_str", ".debug_line_str",
        ".debug_str_offsets", ".debug_addr", ".debug_rnglists", ".debug_ranges",
    ]

    /// Sections of a file that is whole.
    static func check(_ bytes: [UInt8]) {
        var rest: [UInt8] = []
        let file = FuzzFile(sections: sections, bytes, rest: &rest)
        guard let image = file.image else { return promise(false, "a whole file is none") }
        check(image, file)
        file.checkWork()
    }

    /// A file, asked for lines and inlined calls.
    static func check(_ image: ELFImage, _ file: FuzzFile) {
        let addresses = file.addresses(image)
        if let table = LineTable(image) {
            // Each row takes a byte of its program, however many the section claims to have.
            promise(table.count <= file.bytes.count, "\(table.count) rows")
            for address in addresses {
                guard let location = table.location(at: address) else { continue }
                promise(location.line >= 0, "line \(location.line)")
            }
        }
        guard var inlined = InlinedCalls(image), var again = InlinedCalls(image) else { return }
        for address in addresses {
            let calls = inlined.calls(at: address)
            promise(calls.count <= 128, "\(calls.count) calls at an address")
            for call in calls { promise(call.line >= 0, "line \(call.line)") }
        }
        // In another order, and from what was kept.
        for address in addresses.reversed() {
            let calls = again.calls(at: address)
            promise(calls == inlined.calls(at: address), "the order of questions matters")
        }
    }
}
