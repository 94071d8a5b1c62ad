import KernelFormats

/// A section of debugging information that is read in parts, so that a large one takes no memory.
struct DWARFSection {
    private let image: ELFImage
    private let section: ELFImage.Section
    /// The part that was read last, for neighbours are mostly asked for together.
    private var window: [UInt8] = []
    private var windowStart: UInt64 = 0

    /// How many bytes are read at a time.
    static let windowSize = 1 << 16

    /// Finds a section; nil when the file has none, or when it is compressed.
    ///
    /// A compressed one begins with a header (Elf64_Chdr, elf(5)) whose first words are of no
    /// uncompressed one: a type of 1 or 2, and 0.
    init?(_ image: ELFImage, _ name: String) {
        guard let section = image[name], section.type != 8, section.size > 0 else { return nil }
        self.image = image
        self.section = section
        let start = bytes(at: 0, count: 24)
        let kind = KernelInteger.u32(start.span, 0)
        if start.count == 24, kind == 1 || kind == 2, KernelInteger.u32(start.span, 4) == 0,
            KernelInteger.u64(start.span, 8) >= section.size
        {
            return nil
        }
    }

    /// How many bytes it has, as the file says.
    var size: UInt64 { section.size }

    /// Bytes from an offset; fewer than asked for where it ends.
    func bytes(at offset: UInt64, count: Int) -> [UInt8] {
        guard offset < section.size, count > 0 else { return [] }
        var part = section
        part.offset = section.offset &+ offset
        part.size = min(section.size - offset, UInt64(count))
        return image.bytes(of: part)
    }

    /// Bytes from an offset, through the window: at most as many as a window has.
    mutating func nearby(at offset: UInt64, count: Int) -> ArraySlice<UInt8> {
        let count = min(count, Self.windowSize)
        let wanted = Int(min(UInt64(count), offset < size ? size - offset : 0))
        if offset < windowStart || offset - windowStart > UInt64(window.count)
            || Int(offset - windowStart) + wanted > window.count
        {
            windowStart = offset
            window = bytes(at: offset, count: Self.windowSize)
        }
        return window[Int(offset - windowStart)...].prefix(count)
    }

    /// The text that begins at an offset and ends at a NUL.
    mutating func text(at offset: UInt64) -> String {
        String(
            decoding: nearby(at: offset, count: ELFImage.textLimit).prefix { $0 != 0 },
            as: UTF8.self)
    }
}
