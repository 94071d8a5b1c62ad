import ConnectionPooling
import Glibc
import HTTPWire
import Measurements
import NIOCore
import NIOSSL
import NIOTLS

/// One established connection and the exchange it carries: the last handler of its channel.
///
/// Bytes in, parser events out. It belongs to one loop and to one lease at a time; what it finds
/// it tells the loop, which decides.
final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: ConnectionID
    let origin: OriginID
    let established: MonotonicInstant
    private unowned let loop: ProbeLoop
    private let channel: any Channel
    private(set) var endpoints: ConnectionEndpoints
    /// The address that the connection was made to, to notice when DNS names another.
    let address: String

    private let tap: TransportTap?
    private let handshake: TLSHandshake?
    private(set) var tls: TLSFacts?

    private var context: ChannelHandlerContext?
    private var lastError: (any Error)?
    private var isReady: Bool

    /// The run that has the exclusive use of the connection; nil while it is idle.
    var run: ProbeRun?
    /// The run that waits for the handshake.
    var pending: ProbeRun?
    private(set) var requests = 0
    /// Whether this side has decided to close; what arrives afterwards is dropped.
    private(set) var isClosing = false
    private(set) var isDead = false

    init(
        id: ConnectionID, origin: OriginID, loop: ProbeLoop, channel: any Channel,
        address: String, security: (tap: TransportTap, handshake: TLSHandshake)?,
        at now: MonotonicInstant
    ) {
        self.id = id
        self.origin = origin
        self.loop = loop
        self.channel = channel
        self.address = address
        tap = security?.tap
        handshake = security?.handshake
        isReady = security == nil
        established = now
        endpoints = ConnectionEndpoints(
            local: Self.text(channel.localAddress), peer: Self.text(channel.remoteAddress))
    }

    // MARK: What the loop asks for

    /// Sends the run's request.
    ///
    /// The run must hold the lease.
    func send(_ run: ProbeRun) {
        precondition(self.run == nil && isReady, "a connection carries one request at a time")
        self.run = run
        requests += 1
        run.enter(.send, at: loop.now())
        guard let context else { return }
        context.writeAndFlush(wrapOutboundOut(run.request), promise: nil)
        // A write that failed has already ended the run through channelInactive.
        if self.run === run { run.enter(.wait, at: loop.now()) }
    }

    /// Closes the socket now, TLS's goodbye sent first where it can be.
    ///
    /// Nothing is waited for.
    func close(reset: Bool) {
        guard !isClosing, !isDead else { return }
        isClosing = true
        if reset {
            // SO_LINGER with zero: close(2) then sends RST and leaves no TIME_WAIT (socket(7)).
            // A socket that is gone already has nothing to linger for.
            _ = (channel as? any SocketOptionProvider)?.setSoLinger(
                linger(l_onoff: 1, l_linger: 0))
        }
        if let tap {
            if !reset, isReady { channel.close(mode: .all, promise: nil) }
            tap.closeTransport()
        } else {
            channel.close(mode: .all, promise: nil)
        }
    }

    // MARK: ChannelInboundHandler

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        guard let run else {
            loop.idleConnectionBroke(self)
            return
        }
        let buffer = unwrapInboundIn(data)
        if run.phase == .wait { run.enter(.receive, at: loop.now()) }
        consume(buffer.readableBytesUInt8Span, for: run)
    }

    func channelReadComplete(context: ChannelHandlerContext) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            completeHandshake()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isClosing else { return }
        if lastError == nil { lastError = error }
        guard isReady else {
            failHandshake(error)
            return
        }
        // A TLS peer that closes without close_notify; the end of the channel tells the rest.
        if let tls = error as? NIOSSLError, case .uncleanShutdown = tls { return }
        if tap != nil, let run {
            loop.connectionFailed(self, run, exchangeFailure(run))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        isDead = true
        if !isClosing {
            if !isReady {
                failHandshake(lastError)
            } else if let run {
                endOfInput(for: run)
            }
        }
        loop.connectionGone(self)
    }

    // MARK: The exchange

    private func consume(_ input: borrowing Span<UInt8>, for run: ProbeRun) {
        var offset = 0
        while true {
            switch run.parser.parse(input, from: &offset) {
            case .needsMore:
                return
            case .informational:
                continue
            case .head:
                if let failure = run.receive(head: run.parser.head) {
                    loop.connectionFailed(self, run, failure)
                    return
                }
            case .body(let range):
                if let failure = run.receive(body: input.extracting(range)) {
                    loop.connectionFailed(self, run, failure)
                    return
                }
            case .end(let persistence):
                let hasExtraBytes = offset < input.count
                loop.responseEnded(self, run, persistence, hasExtraBytes: hasExtraBytes)
                return
            case .failure(let fault):
                loop.connectionFailed(self, run, run.failure(for: fault))
                return
            }
        }
    }

    private func endOfInput(for run: ProbeRun) {
        if let lastError, !(lastError is NIOSSLError) {
            loop.connectionFailed(
                self, run, SocketFailures.exchanging(lastError, phase: run.phase))
            return
        }
        if tap != nil, lastError != nil, run.phase == .receive, run.parser.head.isCloseDelimited {
            // Without close_notify the end of a close-delimited body is a truncation
            // (RFC 9112, section 9.8).
            loop.connectionFailed(
                self, run,
                ProbeFailure(
                    .closedEarly, phase: run.phase,
                    detail: "the TLS connection ended without close_notify in the middle of a "
                        + "body that only its end delimits"))
            return
        }
        switch run.parser.finish() {
        case .end(let persistence):
            loop.responseEnded(self, run, persistence, hasExtraBytes: false)
        case .failure(let fault):
            loop.connectionFailed(self, run, run.failure(for: fault))
        case .needsMore, .informational, .head, .body:
            preconditionFailure("the end of input ends a response")
        }
    }

    private func exchangeFailure(_ run: ProbeRun) -> ProbeFailure {
        guard let lastError else { return ProbeFailure(.closedEarly, phase: run.phase) }
        if let failure = TLSFailures.exchange(lastError, phase: run.phase) { return failure }
        return SocketFailures.exchanging(lastError, phase: run.phase)
    }

    // MARK: TLS

    private func completeHandshake() {
        guard let handshake, !isReady, !isClosing else { return }
        isReady = true
        tls = handshake.completed()
        loop.connectionReady(self)
    }

    private func failHandshake(_ error: (any Error)?) {
        guard let handshake, !isClosing else { return }
        tls = handshake.facts
        let failure: ProbeFailure
        if let error {
            if SocketFailures.errno(of: error) != nil {
                failure = SocketFailures.exchanging(error, phase: .tls)
            } else {
                failure = handshake.failure(for: error)
            }
        } else {
            failure = ProbeFailure(
                .closedEarly, phase: .tls,
                detail: "the server closed the connection during the TLS handshake")
        }
        loop.handshakeFailed(self, failure)
    }

    private static func text(_ address: NIOCore.SocketAddress?) -> String {
        guard let address, let ip = address.ipAddress, let port = address.port else { return "" }
        return ip.contains(":") ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
