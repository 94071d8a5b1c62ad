import Measurements
import Testing

@testable import HTTPProbing

/// Compressed bodies, in one piece and in single bytes.
struct BodyDecoderTests {
    private func decoded(
        _ bytes: [UInt8], _ codings: [ContentCoding], limit: Int = 1 << 20, pieces size: Int
    ) -> (text: String, last: DecodeResult) {
        let decoder = BodyDecoder(codings: codings, limit: limit)
        var output: [UInt8] = []
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(start + size, bytes.count)])
            _ = decoder.decode(piece.span) { span in
                for index in span.indices { output.append(span[index]) }
            }
            start += size
        }
        return (String(decoding: output, as: UTF8.self), decoder.finish())
    }

    static let bodies: [(name: String, bytes: [UInt8], codings: [ContentCoding])] = [
        ("gzip", CompressedBodies.gzip, [.gzip]), ("zlib", CompressedBodies.zlib, [.deflate]),
        ("raw deflate", CompressedBodies.raw, [.deflate]),
        ("brotli", CompressedBodies.brotli, [.br]),
        ("gzip in brotli", CompressedBodies.gzipInsideBrotli, [.gzip, .br]),
        ("brotli in gzip", CompressedBodies.brotliInsideGzip, [.br, .gzip]),
    ]

    @Test(arguments: bodies.indices, [1, 7, 100_000])
    func `each coding gives the text back, however it is cut`(index: Int, size: Int) {
        let body = Self.bodies[index]
        let (text, last) = decoded(body.bytes, body.codings, pieces: size)
        #expect(text == CompressedBodies.text, "\(body.name)")
        if case .failed = last { Issue.record("\(body.name) did not end well") }
    }

    @Test(arguments: bodies.indices)
    func `a body that is cut short is told apart from a whole one`(index: Int) {
        let body = Self.bodies[index]
        let (_, last) = decoded(Array(body.bytes.dropLast(9)), body.codings, pieces: 50)
        guard case .failed = last else {
            Issue.record("\(body.name) was taken for whole")
            return
        }
    }

    @Test func `a bomb stops at the limit`() {
        let (text, last) = decoded(
            CompressedBodies.gzipMebibyteOfZeros, [.gzip], limit: 100_000, pieces: 100_000)
        #expect(text.utf8.count <= 100_000)
        guard case .failed = last else {
            Issue.record("it was decoded whole")
            return
        }
    }
}
