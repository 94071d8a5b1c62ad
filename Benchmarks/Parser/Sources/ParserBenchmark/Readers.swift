import HTTPWire
import NIOCore
import NIOEmbedded
import NIOHTTP1

/// Reads the same response again and again, and counts the bytes of the bodies.
protocol Reader {
    mutating func read(times: Int) -> Int
}

/// The reader of this project, on a buffer as a channel gives it.
struct OurReader: Reader {
    private let bytes: [UInt8]
    private var parser = ResponseParser(limits: ResponseParserLimits())

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read(times: Int) -> Int {
        let bytes = bytes
        var bodyBytes = 0
        for _ in 0..<times {
            parser.begin(.ordinary)
            var offset = 0
            reading: while true {
                switch parser.parse(bytes.span, from: &offset) {
                case .body(let range): bodyBytes += range.count
                case .head, .informational: continue
                case .end: break reading
                case .needsMore, .failure: fatalError("the response does not end")
                }
            }
        }
        return bodyBytes
    }
}

/// NIOHTTP1's decoder alone in an embedded channel, that is, without a socket or an event loop.
struct NIOReader: Reader {
    private let buffer: ByteBuffer
    private let channel = EmbeddedChannel()
    private let counter = BodyCounter()
    private let request = HTTPClientRequestPart.head(
        HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"))

    init(_ bytes: [UInt8]) throws {
        buffer = ByteBuffer(bytes: bytes)
        let pipeline = channel.pipeline.syncOperations
        // Requests end here, so that the channel does not gather them.
        try pipeline.addHandler(RequestSink())
        try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder()))
        try pipeline.addHandler(counter)
    }

    func read(times: Int) -> Int {
        counter.bodyBytes = 0
        counter.ends = 0
        for _ in 0..<times {
            // The decoder has to know which method the response answers.
            channel.pipeline.write(request, promise: nil)
            channel.pipeline.fireChannelRead(buffer)
        }
        guard counter.ends == times else { fatalError("\(counter.ends) of \(times) ended") }
        return counter.bodyBytes
    }
}

private final class BodyCounter: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    var bodyBytes = 0
    var ends = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: break
        case .body(let buffer): bodyBytes += buffer.readableBytes
        case .end: ends += 1
        }
    }
}

private final class RequestSink: ChannelOutboundHandler {
    typealias OutboundIn = HTTPClientRequestPart

    func write(
        context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?
    ) {}
}
