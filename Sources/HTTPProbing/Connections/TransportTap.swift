import NIOCore

/// The handler nearest to the socket on a TLS connection: it closes below the TLS handler.
///
/// A close that goes through the TLS handler waits for the peer's `close_notify`; a deadline must
/// not. It also reads the ServerHello as it passes. The TLS handler is asked to say goodbye first, and the socket is closed at once after it.
final class TransportTap: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private let handshake: TLSHandshake
    private var context: ChannelHandlerContext?
    /// The server's first bytes, until they hold a ServerHello or turn out to be something else.
    private var firstBytes: [UInt8]? = []

    init(handshake: TLSHandshake) {
        self.handshake = handshake
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if var bytes = firstBytes {
            bytes += unwrapInboundIn(data).readableBytesView.prefix(
                ServerHello.limit - bytes.count)
            handshake.serverHello = ServerHello(bytes)
            let isDone = handshake.serverHello != nil || bytes.count >= ServerHello.limit
            firstBytes = isDone ? nil : bytes
        }
        context.fireChannelRead(data)
    }

    /// Closes the socket now.
    func closeTransport() {
        context?.close(mode: .all, promise: nil)
    }
}
