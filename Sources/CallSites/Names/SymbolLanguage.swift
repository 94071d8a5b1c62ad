/// The language that a function was written in, as far as its symbol tells.
public enum SymbolLanguage: String, Hashable, Sendable, CaseIterable {
    /// C, or any other that leaves names as they are.
    case c
    /// C++.
    case cpp
    /// Rust.
    case rust
    /// Swift.
    case swift

    /// The language of a symbol as it is in the file.
    ///
    /// The forms are those of the Itanium C++ ABI (`_Z`), of Rust (`_R`, and the older one of C++
    /// with a hash behind it) and of Swift 4.2 and later (`$s`). What begins with none is of C.
    public init(symbol: some StringProtocol) {
        let swift = ["$s", "_$s", "$S", "_$S", "$e", "_$e", "swift_", "_swift", "_T0"]
        if swift.contains(where: symbol.hasPrefix) {
            self = .swift
        } else if symbol.hasPrefix("_R") || symbol.hasPrefix("__rust")
            || symbol == "rust_begin_unwind"
            || symbol == "rust_eh_personality" || symbol.hasPrefix("rust_")
        {
            self = .rust
        } else if symbol.hasPrefix("_Z") {
            self = Self.hasHash(Array(symbol.utf8)) ? .rust : .cpp
        } else {
            self = symbol.hasPrefix("__cxa_") || symbol.hasPrefix("__gxx_") ? .cpp : .c
        }
    }

    /// Whether a symbol of C++'s form ends with `17h`, 16 digits of base 16 and `E`.
    private static func hasHash(_ symbol: [UInt8]) -> Bool {
        // What compilers add stands behind a dot; `..` is a part of Rust's own names.
        var end = symbol.count
        if let mark = symbol.indices.last(where: { place in
            symbol[place] == UInt8(ascii: ".") && place > 0
                && symbol[place - 1] == UInt8(ascii: "E")
        }) {
            end = mark
        }
        guard end > 20, symbol[..<end].last == UInt8(ascii: "E"),
            symbol[(end - 20)..<(end - 17)].elementsEqual("17h".utf8)
        else { return false }
        return symbol[(end - 17)..<(end - 1)].allSatisfy(NameText.isHexadecimal)
    }
}
