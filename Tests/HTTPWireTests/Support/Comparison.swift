import HTTPWire
import NIOHTTP1

/// One response as both parsers see it.
struct Comparison {
    /// What can differ.
    enum Aspect: Hashable {
        /// One refuses, and the other takes it.
        case acceptance
        case informational, status, version, fields, body, persistence
    }

    var bytes: [UInt8]
    var context: ResponseContext
    var ours: Transcript
    var theirs: NIOTranscript

    init(_ bytes: [UInt8], _ context: ResponseContext, cutAt cuts: [Int] = []) throws {
        let pieces = bytes.cut(at: cuts)
        var parser = ResponseParser(limits: ResponseParserLimits())
        self.bytes = bytes
        self.context = context
        ours = Transcript.of(pieces, context, using: &parser)
        theirs = try NIOTranscript.of(pieces, context)
    }

    /// Where the two do not agree; a response that both refuse is one verdict.
    var differences: Set<Aspect> {
        guard let persistence = ours.persistence else {
            return theirs.hasEnded ? [.acceptance] : []
        }
        guard theirs.hasEnded else { return [.acceptance] }
        var differences: Set<Aspect> = []
        if ours.informational != theirs.informational { differences.insert(.informational) }
        if ours.status != theirs.status { differences.insert(.status) }
        if theirs.version?.major != 1 || (theirs.version?.minor == 0) != (ours.version == .http10) {
            differences.insert(.version)
        }
        if ours.decodedFields != theirs.fields { differences.insert(.fields) }
        if ours.body != theirs.body { differences.insert(.body) }
        if (persistence == .reusable) != theirs.isKeepAlive { differences.insert(.persistence) }
        return differences
    }

    /// What no named difference explains.
    var unexplained: Set<Aspect> {
        let differences = differences
        guard !differences.isEmpty else { return [] }
        return KnownDifference.all.reduce(into: differences) { rest, known in
            rest.subtract(known.explained(in: self))
        }
    }
}

extension Comparison: CustomStringConvertible {
    /// All that is needed to repeat it.
    var description: String {
        """
        \(String(decoding: bytes, as: UTF8.self).debugDescription) to \(context)
          bytes: \(bytes)
          ours: \(ours)
          NIO: \(theirs)
        """
    }
}

extension [UInt8] {
    /// Consecutive pieces that begin at 0 and at each of `cuts`, which ascend.
    func cut(at cuts: [Int]) -> [ArraySlice<UInt8>] {
        var start = 0
        var pieces: [ArraySlice<UInt8>] = []
        for cut in cuts + [count] {
            pieces.append(self[start..<cut])
            start = cut
        }
        return pieces
    }

    /// Whether an LF stands without a CR before it.
    var hasBareLineFeed: Bool {
        indices.contains { self[$0] == 0x0A && ($0 == 0 || self[$0 - 1] != 0x0D) }
    }

    /// Whether `text` occurs, without regard to case.
    func contains(text: String) -> Bool { occurrences(of: text) > 0 }

    /// How often `text` occurs, without regard to case.
    func occurrences(of text: String) -> Int {
        let wanted = Array(text.lowercased().utf8)
        guard wanted.count <= count else { return 0 }
        return (0...(count - wanted.count)).count { start in
            wanted.indices.allSatisfy { offset in
                let byte = self[start + offset]
                return (0x41...0x5A ~= byte ? byte | 0x20 : byte) == wanted[offset]
            }
        }
    }
}
