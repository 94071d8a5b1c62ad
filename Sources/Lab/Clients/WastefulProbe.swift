import Glibc
import HTTPWire
import Measurements
import NIOCore

/// One probe of a client that leaks or wastes, on the one connection that it gets.
///
/// Bound to its event loop.
final class WastefulProbe: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let started: NIODeadline
    private unowned let owner: WastefulLoop
    private var parser: ResponseParser
    private var context: ChannelHandlerContext?
    private var state = State.underWay

    private enum State {
        case underWay
        /// The result is there and the connection is forgotten, open.
        case kept
        case over
    }

    init(owner: WastefulLoop, started: NIODeadline) {
        self.owner = owner
        self.started = started
        var limits = ResponseParserLimits()
        // The length of a body that is never read is nobody's limit.
        limits.bodyBytes = .max
        parser = ResponseParser(limits: limits)
    }

    // MARK: What the owner tells

    func connectFailed(_ error: any Error) {
        finish(Self.failure(of: error, connecting: true))
    }

    func timeOut() {
        finish(.timeout)
        context?.close(promise: nil)
    }

    // MARK: ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        owner.connected()
        context.writeAndFlush(wrapOutboundOut(owner.request), promise: nil)
        // Without reading by itself this is the one look that the client takes.
        if owner.client == .unreadBody { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .underWay = state else { return }
        let buffer = unwrapInboundIn(data)
        consume(buffer.readableBytesUInt8Span, context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // The status line may come in pieces; the client looks until it has it.
        if case .underWay = state, owner.client == .unreadBody { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(Self.failure(of: error, connecting: false))
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if case .kept = state {
            state = .over
            owner.keptOneEnded()
        } else {
            finish(.closedEarly)
        }
    }

    // MARK: The response

    private func consume(_ input: borrowing Span<UInt8>, _ context: ChannelHandlerContext) {
        var offset = 0
        while true {
            switch parser.parse(input, from: &offset) {
            case .needsMore: return
            case .informational, .body: continue
            case .head:
                guard owner.client == .unreadBody else { continue }
                succeed(context)
                return
            case .end:
                succeed(context)
                return
            case .failure:
                finish(.malformedResponse)
                context.close(promise: nil)
                return
            }
        }
    }

    private func succeed(_ context: ChannelHandlerContext) {
        if owner.client.leaks {
            state = .kept
            owner.keeps()
        } else {
            state = .over
            context.close(promise: nil)
        }
        owner.ended(self, 200..<300 ~= parser.head.status ? nil : .checkFailed)
    }

    private func finish(_ failure: ProbeErrorClass) {
        guard case .underWay = state else { return }
        state = .over
        owner.ended(self, failure)
    }

    private static func failure(of error: any Error, connecting: Bool) -> ProbeErrorClass {
        if case ChannelError.connectTimeout = error { return .connectTimeout }
        switch (error as? IOError)?.errnoCode {
        case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .noDescriptors
        case ECONNREFUSED where connecting: return .connectRefused
        case ETIMEDOUT where connecting: return .connectTimeout
        case ECONNRESET, EPIPE, ECONNABORTED: return connecting ? .connectReset : .reset
        // No local port is left (EADDRNOTAVAIL), or there is no way to the host.
        default: return connecting ? .connectUnreachable : .reset
        }
    }
}
