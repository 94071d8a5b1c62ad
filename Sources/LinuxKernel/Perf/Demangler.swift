import CLinuxShims
import Glibc

/// Symbols as the source has them.
public enum Demangler {
    /// The most bytes of a symbol that are looked at; longer ones stay as they are.
    private static let limit = 16_384

    /// A symbol of C++, of Rust (its older form) or of Swift as its source has it; any other
    /// unchanged.
    public static func demangle(_ symbol: String) -> String {
        guard symbol.utf8.count <= limit else { return symbol }
        // What LLVM adds to tell copies apart is of no language.
        let end = symbol.firstRange(of: ".llvm.")?.lowerBound ?? symbol.endIndex
        // The text is copied, and then given back.
        guard let text = unsafe clinux_demangle(String(symbol[..<end])) else { return symbol }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
