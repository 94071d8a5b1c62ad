/// Texts of a flame graph: nothing in them breaks out of its place, and they fit their boxes.
enum FlameText {
    /// How wide a cell of the fixed-width fonts at 12 pixels is: the widest of them have 0.602 em.
    static let cell = 7.23
    /// The longest text that is kept whole, in characters.
    static let longest = 400

    /// A text on one line, in the order in which it is written: control characters, those that
    /// turn the direction of writing and those that cannot be seen become U+FFFD.
    static func shown(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if result.count >= longest {
                result.append("…")
                break
            }
            result.append(isHidden(scalar) ? "\u{FFFD}" : scalar)
        }
        return String(result)
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F...0x9F, 0xAD, 0x61C, 0x180E, 0x200B...0x200F, 0x2028...0x202E,
            0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xE0000...0xE0FFF:
            true
        default: false
        }
    }

    /// How many cells a text takes: two for the scripts of East Asia and for pictures.
    static func cells(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + cells($1) }
    }

    private static func cells(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0x300..<0x370: 0
        case 0x1100..<0x1200, 0x2E80...: 2
        default: 1
        }
    }

    /// The most of a function's name that has room.
    ///
    /// That is the whole one, the one without the path of its
    /// package, or the beginning of that and `…`. Empty where not even three cells are free.
    static func fitted(_ name: String, cells room: Int) -> String {
        if room < 3 { return "" }
        if cells(name) <= room { return name }
        let short = withoutPath(name)
        return cutEnd(String(short), cells: room)
    }

    /// The text, or its beginning and `…` where it is too long.
    static func cutEnd(_ text: String, cells room: Int) -> String {
        if cells(text) <= room { return text }
        var kept = String.UnicodeScalarView()
        var used = 1
        for scalar in text.unicodeScalars {
            used += cells(scalar)
            if used > room { break }
            kept.append(scalar)
        }
        return String(kept) + "…"
    }

    /// The name of a function without the path of its package.
    ///
    /// `store.(*Cache).Load` is left of `example.org/shop/store.(*Cache).Load`. Slashes behind a bracket
    /// belong to the types of a generic function.
    private static func withoutPath(_ name: String) -> Substring {
        let path = name.prefix { !"[(<".contains($0) }
        guard let slash = path.lastIndex(of: "/") else { return name[...] }
        let short = name[name.index(after: slash)...]
        return short.isEmpty ? name[...] : short
    }

    /// The last part of a path.
    static func lastPart(_ path: String) -> Substring {
        path.split(separator: "/").last ?? path[...]
    }

    /// The same number for the same name, wherever and whenever (FNV-1a).
    static func shade(_ name: String, of count: UInt32) -> UInt32 {
        var hash: UInt32 = 2_166_136_261
        for byte in name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return (hash ^ hash >> 16) % count
    }
}
