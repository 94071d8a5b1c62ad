import NIOCore
import Synchronization

/// Reads the requests of one connection and answers each: only what the lab's clients send, GET
/// without a body; anything else gets 400 and the end of its connection.
final class LabRequestHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// The longest request head, in bytes.
    static let headLimit = 16 << 10

    private let answers: LabAnswers
    private let ledger: LabServer.Ledger
    private var waiting = ByteBuffer()
    private var isClosing = false

    init(answers: LabAnswers, ledger: LabServer.Ledger) {
        self.answers = answers
        self.ledger = ledger
    }

    func channelActive(context: ChannelHandlerContext) {
        ledger.add(context.channel)
    }

    func channelInactive(context: ChannelHandlerContext) {
        ledger.remove(context.channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        var buffer = unwrapInboundIn(data)
        waiting.writeBuffer(&buffer)
        while !isClosing, let head = takeHead() { answer(LabRequest(head: head), context) }
        if !isClosing, waiting.readableBytes > Self.headLimit { answer(nil, context) }
        if waiting.readableBytes == 0 { waiting.clear() }
    }

    private func answer(_ request: LabRequest?, _ context: ChannelHandlerContext) {
        ledger.requests.add(1, ordering: .relaxed)
        var answer = answers.bad
        isClosing = true
        if let request {
            if let found = answers.answer(to: request.path, closing: request.closes) {
                answer = found
                isClosing = request.closes
            } else {
                answer = answers.notFound
            }
        }
        guard isClosing else {
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
            return
        }
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(answer)).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    /// The bytes of the next request head, its empty line left out; nil until it is whole.
    private func takeHead() -> String? {
        let view = waiting.readableBytesView
        let end = Array("\r\n\r\n".utf8)
        var index = view.startIndex
        while let found = view[index...].firstIndex(of: end[0]) {
            if view[found...].starts(with: end) {
                let head = String(decoding: view[..<found], as: UTF8.self)
                waiting.moveReaderIndex(forwardBy: found - view.startIndex + end.count)
                return head
            }
            index = view.index(after: found)
        }
        return nil
    }
}

/// A request of a lab client.
struct LabRequest: Equatable {
    /// The path with its query.
    var path: String
    /// Whether the connection ends after the response.
    var closes: Bool

    init(path: String, closes: Bool) {
        self.path = path
        self.closes = closes
    }

    /// Reads a head without its empty line; nil when it is not a GET without a body.
    init?(head: String) {
        // "\r\n" is one character of a Swift string.
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = (lines.first ?? "").split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[0] == "GET", words[1].hasPrefix("/"),
            words[2] == "HTTP/1.1"
        else { return nil }
        path = String(words[1])
        closes = false
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { return nil }
            switch line[..<colon].lowercased() {
            case "content-length", "transfer-encoding": return nil
            case "connection":
                let value = line[line.index(after: colon)...].lowercased()
                closes = closes || value.split { $0 == "," || $0 == " " }.contains("close")
            default: break
            }
        }
    }
}
