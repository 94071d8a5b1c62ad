import CLinuxShims
import Glibc

/// Symbols as the source has them.
public enum Demangler {
    /// The most bytes of a symbol that are looked at; longer ones stay as they are.
    private static let limit = 4_096

    /// A symbol of C++, of Rust (its older form) or of Swift as its source has it; any other
    /// unchanged.
    ///
    /// The number that Rust adds to tell versions apart (`::h0123456789abcdef`) is left out.
    public static func demangle(_ symbol: String) -> String {
        guard symbol.utf8.count <= limit else { return symbol }
        // The text is copied, and then given back.
        guard let text = unsafe clinux_demangle(symbol) else { return symbol }
        defer { unsafe free(text) }
        let name = unsafe String(cString: text)
        guard symbol.hasPrefix("_ZN"), let mark = name.utf8.lastIndex(of: UInt8(ascii: "h")) else {
            return name
        }
        let hash = name[mark...].dropFirst()
        let isHash = hash.count == 16 && hash.allSatisfy(\.isHexDigit)
        return isHash && name[..<mark].hasSuffix("::") ? String(name[..<mark].dropLast(2)) : name
    }
}
