import HTTPWire
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// What NIOHTTP1 says about one response, body pieces joined.
struct NIOTranscript: Equatable {
    var informational: [Int] = []
    var status: Int?
    var version: HTTPVersion?
    var fields: [String] = []
    var body: [UInt8] = []
    var isKeepAlive = false
    var hasEnded = false
    /// The first error, unless the response had ended before it.
    var fault: HTTPParserError?

    /// Feeds `pieces` to a fresh decoder that has seen the request, then closes.
    static func of(
        _ pieces: [ArraySlice<UInt8>], _ context: ResponseContext = .ordinary
    ) throws -> NIOTranscript {
        let recorder = NIORecorder()
        let channel = EmbeddedChannel()
        let pipeline = channel.pipeline.syncOperations
        var limits = NIOHTTPDecoderLimitConfiguration()
        // Limits have tests of their own; here none shall be the difference.
        limits.maxHeaderFieldCount = .max
        let decoder = HTTPResponseDecoder(
            leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .forward,
            limitConfiguration: limits)
        try pipeline.addHandler(ByteToMessageHandler(decoder))
        try pipeline.addHandler(recorder)
        let request = HTTPRequestHead(version: .http1_1, method: context.method, uri: "/")
        channel.pipeline.write(HTTPClientRequestPart.head(request), promise: nil)
        for piece in pieces where !recorder.isDone {
            channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
        }
        channel.pipeline.fireChannelInactive()
        // Handlers leave the pipeline now, so that no reference outlives the test.
        _ = try? channel.finish(acceptAlreadyClosed: true)
        return recorder.transcript
    }
}

extension ResponseContext {
    fileprivate var method: HTTPMethod {
        switch self {
        case .ordinary: .GET
        case .head: .HEAD
        case .connect: .CONNECT
        }
    }
}

/// Notes what comes through the pipeline, up to the end of the response or the first error.
private final class NIORecorder: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    var transcript = NIOTranscript()
    var isDone: Bool { transcript.hasEnded || transcript.fault != nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        switch unwrapInboundIn(data) {
        case .head(let head) where head.status.code < 200 && head.status.code != 101:
            transcript.informational.append(Int(head.status.code))
        case .head(let head):
            transcript.status = Int(head.status.code)
            transcript.version = head.version
            transcript.isKeepAlive = head.isKeepAlive
            transcript.fields = head.headers.map { "\($0.name): \($0.value)" }
        case .body(let buffer):
            transcript.body.append(contentsOf: buffer.readableBytesView)
        case .end:
            transcript.hasEnded = true
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else { return }
        transcript.fault = error as? HTTPParserError ?? .unknown
    }
}
