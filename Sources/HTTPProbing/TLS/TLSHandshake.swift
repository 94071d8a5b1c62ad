import Measurements
import NIOCore
import NIOSSL

/// One TLS handshake: its handler, its verification and its facts.
///
/// Bound to its event loop, like the connection that owns it.
final class TLSHandshake {
    private let context: TLSContext
    private let serverName: String
    private let eventLoop: any EventLoop
    private let wallNow: @Sendable () -> WallTime

    private var handler: NIOSSLClientHandler?
    private var certificate: CertificateFacts?
    private var refusal: ProbeFailure?
    private var isVerified = false
    /// What the server's first record said, from below the TLS handler.
    var serverHello: ServerHello?

    init(
        context: TLSContext, serverName: String, eventLoop: any EventLoop,
        wallNow: @escaping @Sendable () -> WallTime
    ) {
        self.context = context
        self.serverName = serverName
        self.eventLoop = eventLoop
        self.wallNow = wallNow
    }

    /// The handler of the handshake.
    ///
    /// Throws when the name cannot be said in SNI.
    func makeHandler() throws -> NIOSSLClientHandler {
        let isAddress = IPLiteral.parse(serverName) != nil
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        let handler = try NIOSSLClientHandler(
            context: context.context, serverHostname: isAddress ? nil : serverName,
            customVerificationCallback: { certificates, promise in
                me.value.verify(certificates, promise)
            })
        self.handler = handler
        return handler
    }

    // MARK: Facts

    /// The facts as far as the handshake got.
    var facts: TLSFacts? {
        guard serverHello != nil || certificate != nil else { return nil }
        return TLSFacts(
            version: serverHello?.version ?? handler?.tlsVersion.map(Self.version),
            cipher: serverHello?.cipherName, verified: isVerified, certificate: certificate)
    }

    /// The facts of a handshake that is complete.
    func completed() -> TLSFacts {
        TLSFacts(
            version: handler?.tlsVersion.map(Self.version) ?? serverHello?.version,
            cipher: serverHello?.cipherName, verified: isVerified, certificate: certificate)
    }

    private static func version(_ version: NIOSSL.TLSVersion) -> Measurements.TLSVersion {
        switch version {
        case .tlsv1: .tls10
        case .tlsv11: .tls11
        case .tlsv12: .tls12
        case .tlsv13: .tls13
        }
    }

    // MARK: Failures

    /// The failure of a handshake that ended with an error.
    func failure(for error: any Error) -> ProbeFailure {
        refusal ?? TLSFailures.handshake(error)
    }

    // MARK: Verification

    private func verify(
        _ certificates: [NIOSSLCertificate], _ promise: EventLoopPromise<NIOSSLVerificationResult>
    ) {
        let chain: [CertificateReading]
        do {
            chain = try certificates.map { try CertificateReading(der: $0.toDERBytes()) }
        } catch {
            let detail = (error as? CertificateFault)?.detail ?? "\(error)"
            settle(
                .refused(.tlsUntrusted, "the server's certificate cannot be read: \(detail)"),
                promise)
            return
        }
        if let leaf = chain.first {
            certificate = leaf.facts(
                chainNotAfter: chain.map(\.notAfter).min() ?? leaf.notAfter)
        }
        if context.skipsVerification {
            promise.succeed(.certificateVerified)
            return
        }
        let now = wallNow()
        if let verdict = context.verifier.remembered(chain, name: serverName, at: now) {
            settle(verdict, promise)
            return
        }
        let me = NIOLoopBound(self, eventLoop: eventLoop)
        let (verifier, name, eventLoop) = (context.verifier, serverName, eventLoop)
        // Signatures take long and must not hold up the other connections of this loop.
        Task { @concurrent in
            let verdict = await verifier.verify(chain, name: name, at: now)
            eventLoop.execute { me.value.settle(verdict, promise) }
        }
    }

    private func settle(
        _ verdict: TrustVerdict, _ promise: EventLoopPromise<NIOSSLVerificationResult>
    ) {
        switch verdict {
        case .trusted:
            isVerified = true
            promise.succeed(.certificateVerified)
        case .refused(let error, let detail):
            refusal = ProbeFailure(error, phase: .tls, detail: detail)
            promise.succeed(.failed)
        }
    }
}
