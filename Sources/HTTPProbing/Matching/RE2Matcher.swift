import CRegex
import ProbeChecks

/// Compiles regular expressions with RE2.
struct RE2MatcherFactory: TextMatcherFactory {
    /// The longest pattern, in bytes of UTF-8.
    static let patternBytes = 4096

    /// Compiles a pattern in RE2's syntax; the fault carries RE2's own words.
    func compile(_ pattern: String) throws(PatternFault) -> any TextMatcher {
        try RE2Matcher(pattern)
    }
}

/// One compiled expression, safe to use from any number of threads at once.
///
/// HTTP promises no encoding, so bytes are read as UTF-8 first. Only where that finds no match and
/// the bytes are not valid UTF-8, they are read once more as ISO 8859-1, which gives every byte a
/// character: `caf.` then finds the old page's `caf\xE9 ole`. A pattern with a character above U+00FF
/// cannot match such text and is not tried. A character cut off at the end of the bytes does not
/// count as invalid: the kept part of a body may end anywhere.
final class RE2Matcher: TextMatcher {
    /// The limit on a compiled program and its match caches, for each of the two readings.
    ///
    /// An expression that needs more is refused; a cache that would need more is emptied, and
    /// matching goes on more slowly (re2.h, `max_mem`).
    static let memoryBytes: Int64 = 8 << 20

    private let utf8: CompiledPattern
    private let latin1: CompiledPattern?

    init(_ pattern: String) throws(PatternFault) {
        guard pattern.utf8.count <= RE2MatcherFactory.patternBytes else {
            throw PatternFault(
                pattern: pattern,
                detail: "longer than \(RE2MatcherFactory.patternBytes) bytes")
        }
        do {
            utf8 = try CompiledPattern(Array(pattern.utf8), encoding: CRegexEncodingUTF8)
        } catch {
            throw PatternFault(pattern: pattern, detail: error.text)
        }
        let scalars = pattern.unicodeScalars
        if scalars.allSatisfy({ $0.value <= 0xFF }) {
            latin1 = try? CompiledPattern(
                scalars.map { UInt8($0.value) }, encoding: CRegexEncodingLatin1)
        } else {
            latin1 = nil
        }
    }

    /// Whether the expression matches anywhere in the bytes.
    func matches(_ bytes: Span<UInt8>) -> Bool {
        if utf8.matches(bytes) { return true }
        guard let latin1, !bytes.isUTF8UpToACut else { return false }
        return latin1.matches(bytes)
    }
}

extension Span<UInt8> {
    /// Whether the bytes are UTF-8, except that the last character may be incomplete.
    fileprivate var isUTF8UpToACut: Bool {
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: self)
            return true
        } catch {
            return error.kind == .truncatedScalar && error.byteOffsets.upperBound == count
        }
    }
}
