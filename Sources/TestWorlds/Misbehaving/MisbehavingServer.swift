import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on loopback with one port for each fault, and one that behaves.
///
/// It counts how often each fault really happened: a test that claims a fault proves it by this.
public final class MisbehavingServer: Sendable {
    /// The port that answers 200 to everything and keeps connections.
    public let healthyPort: UInt16
    private let ports: [ServerFault: UInt16]
    private let channels: [any Channel]
    private let group: MultiThreadedEventLoopGroup
    private let quietSockets: [CInt]
    private let counts: FaultCounts

    private init(
        healthyPort: UInt16, ports: [ServerFault: UInt16], channels: [any Channel],
        group: MultiThreadedEventLoopGroup, quietSockets: [CInt], counts: FaultCounts
    ) {
        self.healthyPort = healthyPort
        self.ports = ports
        self.channels = channels
        self.group = group
        self.quietSockets = quietSockets
        self.counts = counts
    }

    /// Listens on a free port for each fault.
    ///
    /// - Parameter identity: What is shown where TLS gets as far as a certificate.
    public static func start(identity: ServerIdentity) async throws -> MisbehavingServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let counts = FaultCounts()
        let bomb = try makeGzipBomb()
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(identity.chain)
                .map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: identity.key, format: .pem)))
        configuration.applicationProtocols = ["http/1.1"]
        let tls = try NIOSSLContext(configuration: configuration)
        var channels: [any Channel] = []
        var ports: [ServerFault: UInt16] = [:]
        func listen(_ fault: ServerFault?) async throws -> UInt16 {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 4096)
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        var transport: TransportCloser?
                        if fault?.isWithinTLS == true {
                            let closer = TransportCloser()
                            transport = closer
                            try pipeline.addHandler(closer)
                            try pipeline.addHandler(NIOSSLServerHandler(context: tls))
                        }
                        try pipeline.addHandler(
                            FaultHandler(
                                fault: fault, bomb: bomb, transport: transport,
                                fired: { if let fault { counts.add(fault) } }))
                    }
                }
                .childChannelOption(.allowRemoteHalfClosure, value: false)
                .bind(host: "127.0.0.1", port: 0).get()
            channels.append(channel)
            return UInt16(channel.localAddress?.port ?? 0)
        }
        let healthyPort = try await listen(nil)
        for fault in ServerFault.allCases where fault != .refused && fault != .fullQueue {
            ports[fault] = try await listen(fault)
        }
        let refused = try QuietSocket(listening: false)
        let full = try QuietSocket(listening: true)
        ports[.refused] = refused.port
        ports[.fullQueue] = full.port
        return MisbehavingServer(
            healthyPort: healthyPort, ports: ports, channels: channels, group: group,
            quietSockets: refused.descriptors + full.descriptors, counts: counts)
    }

    /// The port of a fault.
    public func port(of fault: ServerFault) -> UInt16 {
        guard let port = ports[fault] else { preconditionFailure("every fault has a port") }
        return port
    }

    /// How often a fault happened.
    ///
    /// The kernel alone makes `refused` and `fullQueue`; they are not counted.
    public func fired(_ fault: ServerFault) -> Int { counts.count(fault) }

    /// Closes every socket and ends the thread.
    public func stop() async throws {
        for channel in channels { try? await channel.close() }
        for descriptor in quietSockets { close(descriptor) }
        try await group.shutdownGracefully()
    }
}

/// How often each fault happened.
final class FaultCounts: Sendable {
    private let counts = Mutex<[ServerFault: Int]>([:])

    func add(_ fault: ServerFault) { counts.withLock { $0[fault, default: 0] += 1 } }
    func count(_ fault: ServerFault) -> Int { counts.withLock { $0[fault] ?? 0 } }
}

/// A bound socket that nobody accepts on: not listening, or with its queue full.
struct QuietSocket {
    let port: UInt16
    let descriptors: [CInt]

    init(listening: Bool) throws {
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let server = socket(AF_INET, type, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        func withAddress(_ body: (UnsafeMutablePointer<sockaddr>) -> CInt) -> CInt {
            withUnsafeMutablePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
            }
        }
        let size = length
        guard withAddress({ bind(server, $0, size) }) == 0,
            withAddress({ getsockname(server, $0, &length) }) == 0,
            !listening || listen(server, 0) == 0
        else { throw ChildProcessError.notReady(program: "socket", output: "errno \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
        var all = [server]
        if listening {
            // A backlog of zero holds one connection; a second fills what the kernel rounds up to.
            for _ in 0..<4 {
                let client = socket(
                    AF_INET, type | CInt(SOCK_NONBLOCK.rawValue), 0)
                _ = withAddress { connect(client, $0, size) }
                all.append(client)
            }
        }
        descriptors = all
    }
}
