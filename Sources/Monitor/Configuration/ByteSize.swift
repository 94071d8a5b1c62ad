/// Sizes as people write them: `65536`, `64KiB`, `1.5MiB`, `2GB`.
enum ByteSize {
    private static let units: [(name: String, bytes: Double)] = [
        ("", 1), ("B", 1), ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824),
        ("TiB", 1_099_511_627_776), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9),
        ("TB", 1e12),
    ]

    /// Reads a size in bytes; nil for a text that is none, and for more than 2⁵³ bytes.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        let name = text.dropFirst(digits.count).drop { $0 == " " }
        guard let first = digits.first, first != ".", digits.last != ".",
            let number = Double(digits), let unit = units.first(where: { $0.name == name })
        else { return nil }
        let bytes = (number * unit.bytes).rounded()
        return bytes <= 9_007_199_254_740_992 ? Int(bytes) : nil
    }

    /// The size in the shortest form that ``parse(_:)`` reads back exactly.
    static func exact(_ bytes: Int) -> String {
        for (name, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
        where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(name)"
        }
        return "\(bytes)"
    }
}
