import KernelFormats

/// What a Go program says of how it was built (debug/buildinfo).
public struct GoBuildInfo: Hashable, Sendable {
    /// The toolchain: `go1.27.3`.
    public var version: String
    /// The module that the program is of; nil when it was built without one.
    public var module: String?

    /// Reads the section `.go.buildinfo`; nil when a program has none of the form since Go 1.18.
    public init?(_ image: ELFImage) {
        guard let section = image[".go.buildinfo"] else { return nil }
        let bytes = image.bytes(of: section)
        // Magic, size of pointers, flags; with flag 2 two texts follow at byte 32.
        guard
            bytes.starts(with: Array("\u{FF} Go buildinf:".unicodeScalars.map { UInt8($0.value) })),
            bytes.count > 33, bytes[15] & 2 != 0
        else { return nil }
        var place = 32
        guard let version = Self.text(bytes, &place), let information = Self.text(bytes, &place)
        else { return nil }
        self.version = String(decoding: version, as: UTF8.self)
        // 16 bytes before and after the text mark it (cmd/go/internal/modload).
        let lines = String(decoding: information.dropFirst(16).dropLast(16), as: UTF8.self)
            .split(separator: "\n")
        module =
            lines.first { $0.hasPrefix("mod\t") }
            .flatMap { $0.split(separator: "\t").dropFirst().first }.map(String.init)
    }

    private static func text(_ bytes: [UInt8], _ place: inout Int) -> ArraySlice<UInt8>? {
        var length = 0
        var shift = 0
        while place < bytes.count, shift < 28 {
            let byte = bytes[place]
            place += 1
            length |= Int(byte & 0x7F) << shift
            if byte < 0x80 {
                guard place + length <= bytes.count else { return nil }
                defer { place += length }
                return bytes[place..<place + length]
            }
            shift += 7
        }
        return nil
    }
}
