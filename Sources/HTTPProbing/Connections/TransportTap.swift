import NIOCore

/// The handler nearest to the socket on a TLS connection: it closes below the TLS handler.
///
/// A close that goes through the TLS handler waits for the peer's `close_notify`; a deadline must
/// not. The TLS handler is asked to say goodbye first, and the socket is closed at once after it.
final class TransportTap: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer

    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Closes the socket now.
    func closeTransport() {
        context?.close(mode: .all, promise: nil)
    }
}
