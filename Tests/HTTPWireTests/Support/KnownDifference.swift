import HTTPWire
import NIOHTTP1
import Testing

/// A difference from NIOHTTP1 that is meant; docs/http-parser-differences.md says why.
struct KnownDifference: Sendable, CustomTestStringConvertible {
    /// The heading in the document.
    var name: String
    /// The section of the standard on which our choice stands.
    var section: String
    /// A response that shows it, and nothing else.
    var example: String
    var context = ResponseContext.ordinary
    /// What may differ through it.
    var aspects: Set<Comparison.Aspect>
    /// Whether it is at work here.
    var applies: @Sendable (Comparison) -> Bool

    var testDescription: String { name }

    static let all = takenHereOnly + refusedHereOnly + readOtherwise

    /// The differences that this one explains in `comparison`.
    func explained(in comparison: Comparison) -> Set<Comparison.Aspect> {
        applies(comparison) ? aspects : []
    }

    /// We take a response that NIO refuses with one of `faults`.
    static func taken(
        _ name: String, _ section: String, _ example: String,
        _ context: ResponseContext = .ordinary, faults: [HTTPParserError],
        where applies: @escaping @Sendable (Comparison) -> Bool
    ) -> KnownDifference {
        KnownDifference(
            name: name, section: section, example: example, context: context,
            aspects: [.acceptance],
            applies: { comparison in
                guard comparison.ours.persistence != nil, let fault = comparison.theirs.fault else {
                    return false
                }
                return faults.contains(fault) && applies(comparison)
            })
    }

    /// We refuse a response with `fault`, which NIO takes.
    static func refused(
        _ name: String, _ section: String, _ example: String,
        _ fault: ResponseFault,
        where applies: @escaping @Sendable (Comparison) -> Bool = { _ in true }
    ) -> KnownDifference {
        KnownDifference(
            name: name, section: section, example: example, aspects: [.acceptance],
            applies: { comparison in
                comparison.ours.fault == fault && comparison.theirs.hasEnded && applies(comparison)
            })
    }
}

extension Comparison {
    /// Whether this is a 2xx to CONNECT.
    var isTunnel: Bool { context == .connect && 200..<300 ~= ours.status ?? 0 }
}

extension NIOTranscript {
    /// Whether a Transfer-Encoding ends in a tab or a comma.
    var codingHasLooseEnd: Bool {
        fields.contains { field in
            field.lowercased().hasPrefix("transfer-encoding:")
                && field.last { $0 != " " }.map { $0 == "\t" || $0 == "," } ?? false
        }
    }
}

extension Transcript {
    /// The values of all fields with this name, which has no capitals.
    private func values(_ name: String) -> [String] {
        fields.compactMap { field in
            field.lowercased().hasPrefix(name + ": ")
                ? String(field.dropFirst(name.count + 2)) : nil
        }
    }

    var lengths: [String] { values("content-length") }
    var isChunked: Bool { !values("transfer-encoding").isEmpty }
    var connectionOptions: [String] {
        values("connection").flatMap { $0.lowercased().split(separator: ",") }
            .map { $0.filter { $0 != " " && $0 != "\t" } }
    }

    /// The fields as UTF-8; a transcript keeps one scalar a byte.
    var decodedFields: [String] {
        fields.map { field in
            if field.utf8.count == field.unicodeScalars.count { return field }
            return String(
                decoding: field.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) },
                as: UTF8.self)
        }
    }
}

extension String {
    /// A field line without the blanks at its end.
    var withoutLastBlanks: String {
        var text = self
        while text.hasSuffix(" ") || text.hasSuffix("\t") { text.removeLast() }
        return text
    }
}
