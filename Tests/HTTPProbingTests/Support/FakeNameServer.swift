import NIOCore
import NIOPosix
import Synchronization

/// A DNS server on a UDP port of loopback that answers from a table (RFC 1035, section 4).
final class FakeNameServer: Sendable {
    /// What it does with a question about a name.
    enum Answer: Sendable {
        /// These IPv4 addresses for A, and nothing for AAAA.
        case addresses([[UInt8]], ttl: UInt32)
        /// The name does not exist.
        case noSuchName
        /// The server failed.
        case serverFailure
        /// Nothing is sent.
        case silence
    }

    let port: Int
    private let table: Mutex<[String: Answer]>
    private let asked = Mutex<[String]>([])
    private let channel: any Channel
    private let group: MultiThreadedEventLoopGroup

    private init(
        port: Int, table: [String: Answer], channel: any Channel,
        group: MultiThreadedEventLoopGroup, responder: Responder
    ) {
        self.port = port
        self.table = Mutex(table)
        self.channel = channel
        self.group = group
        responder.server.withLock { $0 = self }
    }

    /// Starts a server with a table of lower-case names.
    static func start(_ table: [String: Answer]) async throws -> FakeNameServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let responder = Responder()
        let channel = try await DatagramBootstrap(group: group)
            .channelInitializer { $0.pipeline.addHandler(responder) }
            .bind(host: "127.0.0.1", port: 0).get()
        return FakeNameServer(
            port: channel.localAddress?.port ?? 0, table: table, channel: channel, group: group,
            responder: responder)
    }

    func set(_ name: String, _ answer: Answer) { table.withLock { $0[name] = answer } }

    /// The questions so far, `name type`.
    var questions: [String] { asked.withLock { $0 } }

    func stop() async throws {
        try await channel.close()
        try await group.shutdownGracefully()
    }

    /// The reply to a query; nil for none.
    fileprivate func reply(to query: [UInt8]) -> [UInt8]? {
        var labels: [String] = []
        var offset = 12
        while offset < query.count, query[offset] > 0 {
            let end = offset + 1 + Int(query[offset])
            guard end < query.count else { return nil }
            labels.append(String(decoding: query[(offset + 1)..<end], as: UTF8.self))
            offset = end
        }
        guard offset + 5 <= query.count else { return nil }
        let type = Int(query[offset + 1]) << 8 | Int(query[offset + 2])
        let name = labels.joined(separator: ".").lowercased()
        asked.withLock { $0.append("\(name) \(type == 28 ? "AAAA" : "A")") }
        let question = query[12..<(offset + 5)]
        func message(_ code: UInt8, _ records: [[UInt8]]) -> [UInt8] {
            query[0..<2] + [0x81, 0x80 | code, 0, 1, 0, UInt8(records.count), 0, 0, 0, 0]
                + question + records.joined()
        }
        switch table.withLock({ $0[name] }) ?? .noSuchName {
        case .silence: return nil
        case .noSuchName: return message(3, [])
        case .serverFailure: return message(2, [])
        case .addresses(let addresses, let ttl):
            guard type == 1 else { return message(0, []) }
            let life = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: ttl >> $0) }
            return message(0, addresses.map { [0xC0, 12, 0, 1, 0, 1] + life + [0, 4] + $0 })
        }
    }

    private final class Responder: ChannelInboundHandler, Sendable {
        typealias InboundIn = AddressedEnvelope<ByteBuffer>
        typealias OutboundOut = AddressedEnvelope<ByteBuffer>
        let server = Mutex<FakeNameServer?>(nil)

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let envelope = unwrapInboundIn(data)
            guard let server = server.withLock({ $0 }),
                let reply = server.reply(to: Array(envelope.data.readableBytesView))
            else { return }
            let answer = AddressedEnvelope(
                remoteAddress: envelope.remoteAddress, data: ByteBuffer(bytes: reply))
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }

        func channelInactive(context: ChannelHandlerContext) { server.withLock { $0 = nil } }
    }
}
