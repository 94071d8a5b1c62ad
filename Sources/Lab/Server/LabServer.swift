import Glibc
import NIOCore
import NIOPosix
import Synchronization

/// The other side of the lab: an HTTP/1.1 server on loopback that never closes first, unless a
/// request asks for it.
///
/// ``smallPath`` answers with a few bytes, ``largePath`` with more than the buffers of both
/// sockets hold; every other path with 404. Idle connections are kept until ``closeConnections()``
/// or ``stop()``, which must be called.
public final class LabServer: Sendable {
    /// The path with a small body.
    public static let smallPath = "/"
    /// The path with a body of ``largeBodyBytes``.
    public static let largePath = "/large"
    /// 4 MiB: the kernel would have to buffer it all for a client that reads none of it.
    public static let largeBodyBytes = 4 << 20

    /// The TCP port on 127.0.0.1, given by the kernel.
    public let port: Int
    private let listener: any Channel
    private let group: MultiThreadedEventLoopGroup
    private let ledger: Ledger

    /// What the server knows of its connections.
    final class Ledger: Sendable {
        let requests = Atomic<Int>(0)
        let accepted = Atomic<Int>(0)
        let open = Mutex<[ObjectIdentifier: any Channel]>([:])

        func add(_ channel: any Channel) {
            accepted.add(1, ordering: .relaxed)
            open.withLock { $0[ObjectIdentifier(channel)] = channel }
        }

        func remove(_ channel: any Channel) {
            open.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
        }
    }

    private init(
        port: Int, listener: any Channel, group: MultiThreadedEventLoopGroup, ledger: Ledger
    ) {
        self.port = port
        self.listener = listener
        self.group = group
        self.ledger = ledger
    }

    /// Listens on a free port of 127.0.0.1, with one thread of its own.
    ///
    /// Throws NIO's error when it cannot listen.
    public static func start() async throws -> LabServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let ledger = Ledger()
        let answers = LabAnswers()
        do {
            let listener = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 4096)
                // Small buffers: what an unread body pins in the kernel is multiplied by the
                // number of its connections.
                .childChannelOption(.socketOption(.so_sndbuf), value: 32 << 10)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            LabRequestHandler(answers: answers, ledger: ledger))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            return LabServer(
                port: listener.localAddress?.port ?? 0, listener: listener, group: group,
                ledger: ledger)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Requests that were answered, or are being answered.
    public var requests: Int { ledger.requests.load(ordering: .relaxed) }
    /// Connections that were ever accepted.
    public var accepted: Int { ledger.accepted.load(ordering: .relaxed) }
    /// Connections that are open now.
    public var open: Int { ledger.open.withLock { $0.count } }

    /// Closes every connection, in the middle of a response too, and goes on listening.
    public func closeConnections() async {
        for channel in ledger.open.withLock({ Array($0.values) }) {
            // It may have closed by itself meanwhile.
            try? await channel.close()
        }
    }

    /// Closes the listener and every connection, and ends the thread.
    public func stop() async throws {
        try? await listener.close()
        try await group.shutdownGracefully()
    }
}

/// Every answer, made once; buffers are shared until somebody writes to them.
struct LabAnswers: Sendable {
    private let small: ByteBuffer
    private let smallClosing: ByteBuffer
    private let large: ByteBuffer
    private let largeClosing: ByteBuffer
    let notFound: ByteBuffer
    let bad: ByteBuffer

    init() {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: LabServer.largeBodyBytes)
        small = Self.answer("200 OK", Array("ok\n".utf8), closing: false)
        smallClosing = Self.answer("200 OK", Array("ok\n".utf8), closing: true)
        large = Self.answer("200 OK", body, closing: false)
        largeClosing = Self.answer("200 OK", body, closing: true)
        notFound = Self.answer("404 Not Found", Array("no such path\n".utf8), closing: true)
        bad = Self.answer("400 Bad Request", Array("not understood\n".utf8), closing: true)
    }

    /// The whole response to a path; nil when there is no such path.
    func answer(to path: String, closing: Bool) -> ByteBuffer? {
        switch path {
        case LabServer.smallPath: closing ? smallClosing : small
        case LabServer.largePath: closing ? largeClosing : large
        default: nil
        }
    }

    private static func answer(_ status: String, _ body: [UInt8], closing: Bool) -> ByteBuffer {
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: text/plain\r\nContent-Length: \(body.count)\r\n"
            + (closing ? "Connection: close\r\n" : "") + "\r\n"
        var buffer = ByteBuffer()
        buffer.writeString(head)
        buffer.writeBytes(body)
        return buffer
    }
}
