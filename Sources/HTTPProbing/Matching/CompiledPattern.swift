import CRegex

/// The owner of one RE2 object.
// Sendable by hand: the object is never changed after it was made, and RE2 documents that matching
// takes its own locks ("Thread safety" in re2.h).
@safe final class CompiledPattern: @unchecked Sendable {
    /// RE2's message about a pattern that it refuses.
    struct Refusal: Error {
        var text: String
    }

    private static let messageBytes = 512

    private let pattern: OpaquePointer

    init(_ text: [UInt8], encoding: CRegexEncoding) throws(Refusal) {
        var message = [CChar](repeating: 0, count: Self.messageBytes)
        // The pointers live for the call only; RE2 copies the pattern.
        let compiled = unsafe text.withUnsafeBytes { bytes in
            unsafe message.withUnsafeMutableBufferPointer { message in
                // Both buffers live until the call returns.
                unsafe cregex_compile(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count,
                    encoding, RE2Matcher.memoryBytes, message.baseAddress, message.count)
            }
        }
        // From here on this object owns what was compiled.
        guard let compiled = unsafe compiled else {
            let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw Refusal(text: String(decoding: bytes, as: UTF8.self))
        }
        // Owned until deinit.
        unsafe pattern = compiled
    }

    deinit { unsafe cregex_free(pattern) }

    func matches(_ bytes: Span<UInt8>) -> Bool {
        // The pointer lives for the call only; matching keeps nothing of the text.
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe cregex_matches(pattern, bytes.baseAddress, bytes.count)
        }
    }
}
