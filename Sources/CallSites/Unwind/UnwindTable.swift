import KernelFormats

/// How the callers of a file's functions are found, whatever they do with the frame pointer.
///
/// Read from `.eh_frame`, which programs keep when they are stripped, with the sorted table of
/// `.eh_frame_hdr` where there is one, and from `.debug_frame` for what it does not cover. x86-64
/// only. Addresses are those before the file is moved.
public struct UnwindTable {
    /// Finds the record of an address.
    private enum Search {
        /// Pairs of an address and a record's, four bytes each, counted from the header's address.
        case header(bytes: [UInt8], table: Int, count: Int, address: UInt64)
        case index(starts: [UInt64], offsets: [Int])
    }

    private let image: ELFImage
    private let parts: [(section: FrameSection, search: Search)]

    /// Reads the tables of a file.
    ///
    /// Nil when it has none, or is of another machine.
    public init?(_ image: ELFImage) {
        guard image.machine == 62 else { return nil }
        self.image = image
        let gotten = image[".got.plt"] ?? image[".got"]
        var parts: [(section: FrameSection, search: Search)] = []
        if let (header, frames) = Self.places(image) {
            let section = FrameSection(
                bytes: frames.bytes, address: frames.address, dataBase: gotten?.address,
                isDebug: false)
            let search = header.flatMap { Self.search($0.bytes, at: $0.address) }
            parts.append((section, search ?? Self.search(section)))
        }
        if let debug = image[".debug_frame"] {
            let section = FrameSection(
                bytes: image.bytes(of: debug), address: 0, dataBase: nil, isDebug: true)
            if case .index(let starts, let offsets) = Self.search(section), !starts.isEmpty {
                parts.append((section, .index(starts: starts, offsets: offsets)))
            }
        }
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    private typealias Place = (bytes: [UInt8], address: UInt64)

    /// Where the header and the records are: by their sections, or by the segment that the dynamic
    /// linker uses when the sections were taken away.
    private static func places(_ image: ELFImage) -> (header: Place?, frames: Place)? {
        // SHT_NOBITS, 8: the bytes are in another file.
        if let frames = image[".eh_frame"], frames.type != 8 {
            let header = image[".eh_frame_hdr"].map { (image.bytes(of: $0), $0.address) }
            return (header, (image.bytes(of: frames), frames.address))
        }
        guard let first = image.segments.first(where: { $0.offset == 0 }) else { return nil }
        let start = image.bytes(at: first.address, count: 64)
        guard start.count == 64 else { return nil }
        let offset = KernelInteger.u64(start.span, 32)
        let count = min(ELFImage.limit, Int(KernelInteger.u16(start.span, 56)))
        let table = image.bytes(at: first.address &+ offset, count: 56 * count)
        for index in 0..<(table.count / 56)
        // PT_GNU_EH_FRAME.
        where KernelInteger.u32(table.span, 56 * index) == 0x6474_E550 {
            let address = KernelInteger.u64(table.span, 56 * index + 16)
            let size = Int(
                min(UInt64(ELFImage.sectionLimit), KernelInteger.u64(table.span, 56 * index + 40)))
            let header = image.bytes(at: address, count: size)
            guard header.count > 4 else { return nil }
            var cursor = DwarfCursor(header, 4..<header.count)
            guard let frames = cursor.pointer(header[1], address: address, data: address) else {
                return nil
            }
            let bytes = image.bytes(at: frames, count: ELFImage.sectionLimit)
            return bytes.isEmpty ? nil : ((header, address), (bytes, frames))
        }
        return nil
    }

    /// The sorted table of `.eh_frame_hdr` (LSB 5.0, 10.6.2); nil when it is of another kind than
    /// linkers make.
    private static func search(_ header: [UInt8], at address: UInt64) -> Search? {
        // Version 1, and datarel | sdata4 for the table.
        guard header.count > 4, header[0] == 1, header[3] == 0x3B else { return nil }
        var cursor = DwarfCursor(header, 4..<header.count)
        guard cursor.pointer(header[1], address: address, data: address) != nil,
            let count = cursor.pointer(header[2], address: address, data: address),
            !cursor.isBroken, count > 0
        else { return nil }
        let room = cursor.rest.count / 8
        return .header(
            bytes: header, table: cursor.place, count: min(room, Int(clamping: count)),
            address: address)
    }

    private static func search(_ section: FrameSection) -> Search {
        let index = section.index()
        return .index(starts: index.map(\.start), offsets: index.map(\.offset))
    }

    /// The row of an instruction; nil when the file does not tell.
    ///
    /// For a frame that made a call ask with the return address less one.
    public func row(at address: UInt64) -> UnwindRow? {
        for (section, search) in parts {
            guard let offset = Self.offset(of: address, in: section, search),
                let function = section.description(at: offset), function.contains(address)
            else { continue }
            return UnwindProgram.row(at: address, of: function, in: section)
        }
        return isSignalReturn(address) ? .signalReturn : nil
    }

    /// The offset of the last record that begins at an address or before it.
    private static func offset(
        of address: UInt64, in section: FrameSection, _ search: Search
    ) -> Int? {
        var low = 0
        switch search {
        case .header(let bytes, let table, let count, let base):
            var high = count
            while low < high {
                let middle = (low + high) / 2
                if relative(bytes, table + 8 * middle, base) <= address {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            guard low > 0 else { return nil }
            let record = relative(bytes, table + 8 * (low - 1) + 4, base) &- section.address
            return record < UInt64(section.bytes.count) ? Int(record) : nil
        case .index(let starts, let offsets):
            var high = starts.count
            while low < high {
                let middle = (low + high) / 2
                if starts[middle] <= address { low = middle + 1 } else { high = middle }
            }
            return low > 0 ? offsets[low - 1] : nil
        }
    }

    private static func relative(_ bytes: [UInt8], _ place: Int, _ base: UInt64) -> UInt64 {
        let distance = Int32(bitPattern: KernelInteger.u32(bytes.span, place))
        return base &+ UInt64(bitPattern: Int64(distance))
    }

    /// Whether a handler of signals returns here, in a library that has no row for it, as musl.
    ///
    /// Always the same instructions: `mov $15, %rax; syscall` (rt_sigreturn is 15). The address may
    /// be the first, or one less.
    private func isSignalReturn(_ address: UInt64) -> Bool {
        let code: [UInt8] = [0x48, 0xC7, 0xC0, 0x0F, 0x00, 0x00, 0x00, 0x0F, 0x05]
        let bytes = image.bytes(at: address, count: code.count + 1)
        return bytes.starts(with: code) || bytes.dropFirst().starts(with: code)
    }
}
