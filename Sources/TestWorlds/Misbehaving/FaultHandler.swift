import Glibc
import NIOCore

/// One connection of the misbehaving server.
///
/// Bound to its event loop.
final class FaultHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let fault: ServerFault?
    private let bomb: [UInt8]
    private let transport: TransportCloser?
    private let fired: @Sendable () -> Void
    private var received: [UInt8] = []
    private var requests = 0

    /// - Parameter fault: Nil for a connection that behaves.
    init(
        fault: ServerFault?, bomb: [UInt8], transport: TransportCloser?,
        fired: @escaping @Sendable () -> Void
    ) {
        self.fault = fault
        self.bomb = bomb
        self.transport = transport
        self.fired = fired
    }

    func channelActive(context: ChannelHandlerContext) {
        switch fault {
        case .resetOnAccept:
            fired()
            reset(context)
        case .closeOnAccept:
            fired()
            context.close(promise: nil)
        case .sshBanner:
            fired()
            send(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), context)
        default:
            break
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytesView
        if let fault, fault.needsTLS, !fault.isWithinTLS {
            guard received.count >= 5 else { return }
            received.removeAll()
            answerClientHello(fault, context)
            return
        }
        // A request ends with an empty line; ours have no body here.
        while let end = endOfRequest() {
            received.removeFirst(end)
            requests += 1
            answer(context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func endOfRequest() -> Int? {
        guard received.count >= 4 else { return nil }
        for index in 0...(received.count - 4)
        where received[index] == 13 && received[index + 1] == 10 && received[index + 2] == 13
            && received[index + 3] == 10
        {
            return index + 4
        }
        return nil
    }

    private func answerClientHello(_ fault: ServerFault, _ context: ChannelHandlerContext) {
        fired()
        switch fault {
        // A fatal alert, handshake_failure (RFC 8446, section 6.2).
        case .tlsAlert: send([21, 3, 3, 0, 2, 2, 40], context)
        case .tlsPlain:
            send(Array("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".utf8), context)
        case .tlsClose: context.close(promise: nil)
        case .tlsReset: reset(context)
        default: break
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let fault else {
            send(Array(FaultScript.healthy.utf8), context)
            return
        }
        guard let script = FaultScript(fault, requestNumber: requests, bomb: bomb) else { return }
        if fault != .staleClose || requests > 1 { fired() }
        if fault.isWithinTLS {
            var buffer = context.channel.allocator.buffer(capacity: script.bytes.count)
            buffer.writeBytes(script.bytes)
            let transport = transport
            context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { _ in
                transport?.cut()
            }
            return
        }
        if !script.bytes.isEmpty { send(script.bytes, context) }
        perform(script.end, context)
    }

    private func perform(_ end: FaultScript.End, _ context: ChannelHandlerContext) {
        switch end {
        case .keep: break
        case .close: context.close(promise: nil)
        case .halfClose: context.close(mode: .output, promise: nil)
        case .reset: reset(context)
        case .repeated(let bytes): repeatForever(bytes, context)
        case .dripping(let bytes):
            later(.seconds(1), context) {
                $0.send([bytes.first ?? 120], $1)
                $0.perform(.dripping(bytes.dropFirst()), $1)
            }
        case .closeLater: later(.milliseconds(20), context) { $1.close(promise: nil) }
        case .resetLater: later(.milliseconds(20), context) { $0.reset($1) }
        }
    }

    private func later(
        _ delay: TimeAmount, _ context: ChannelHandlerContext,
        _ body: @escaping (FaultHandler, ChannelHandlerContext) -> Void
    ) {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) {
            if context.channel.isActive { body(self, context) }
        }
    }

    private func repeatForever(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        guard context.channel.isActive else { return }
        var buffer = context.channel.allocator.buffer(capacity: bytes.count * 64)
        for _ in 0..<64 { buffer.writeBytes(bytes) }
        context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenSuccess {
            self.later(.microseconds(200), context) { $0.repeatForever(bytes, $1) }
        }
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    /// SO_LINGER with zero makes close(2) send RST (socket(7)).
    private func reset(_ context: ChannelHandlerContext) {
        _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(
            linger(l_onoff: 1, l_linger: 0))
        context.close(promise: nil)
    }
}

/// Sits below TLS and closes the socket without a goodbye.
final class TransportCloser: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
    func cut() { context?.close(promise: nil) }
}
