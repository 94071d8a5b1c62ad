import Measurements
import NIOSSL
import SwiftASN1
import Synchronization
import X509

/// TLS settings that cannot be used: a file is missing, or is not what it should be.
struct TLSConfigurationFault: Error, CustomStringConvertible {
    var description: String
}

/// What one set of TLS settings needs to make connections.
///
/// Made once, shared by all of them.
final class TLSContext: Sendable {
    let context: NIOSSLContext
    let verifier: TrustVerifier
    let skipsVerification: Bool

    init(_ settings: TLSSettings) throws(TLSConfigurationFault) {
        var configuration = TLSConfiguration.makeClientConfiguration()
        // Everything is verified in our callback; the library's own roots are never asked.
        configuration.trustRoots = .certificates([])
        configuration.certificateVerification = .noHostnameVerification
        configuration.applicationProtocols = ["http/1.1"]
        configuration.minimumTLSVersion =
            switch settings.minimumVersion {
            case .tls10: .tlsv1
            case .tls11: .tlsv11
            case .tls12: .tlsv12
            case .tls13: .tlsv13
            }
        if let file = settings.certificateFile {
            do {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(file)
                    .map { .certificate($0) }
            } catch {
                throw Self.fault("client certificate", file, error)
            }
            let keyFile = settings.keyFile ?? file
            do {
                configuration.privateKey = .privateKey(
                    try NIOSSLPrivateKey(file: keyFile, format: .pem))
            } catch {
                throw Self.fault("key of the client certificate", keyFile, error)
            }
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSConfigurationFault(
                description: "the client certificate and its key cannot be used: \(error)")
        }
        skipsVerification = settings.insecureSkipVerify
        verifier = TrustVerifier(
            roots: try settings.caFile.map { file throws(TLSConfigurationFault) in
                try Self.roots(in: file)
            }, minimumRSABits: settings.minimumRSAKeyBits)
    }

    private static func roots(in file: String) throws(TLSConfigurationFault) -> [Certificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMFile(file)
            guard !certificates.isEmpty else {
                throw CertificateFault(detail: "it holds no certificate")
            }
            return try certificates.map { try Certificate(derEncoded: $0.toDERBytes()) }
        } catch {
            throw fault("file of trusted roots", file, error)
        }
    }

    private static func fault(_ what: String, _ file: String, _ error: any Error)
        -> TLSConfigurationFault
    {
        let detail = (error as? CertificateFault)?.detail ?? "\(error)"
        return TLSConfigurationFault(
            description: "the \(what) \(file) cannot be used: \(detail); it has to be a readable "
                + "PEM file")
    }
}

/// The contexts of all TLS settings in use.
///
/// Safe to use from any thread.
final class TLSContexts: Sendable {
    private let contexts = Mutex<[TLSSettings: TLSContext]>([:])

    /// The context of some settings; files are read when it is made.
    func context(for settings: TLSSettings) throws(TLSConfigurationFault) -> TLSContext {
        if let context = contexts.withLock({ $0[settings] }) { return context }
        let context = try TLSContext(settings)
        contexts.withLock { $0[settings] = context }
        return context
    }

    /// Forgets all contexts, so that files are read again.
    func invalidate() {
        contexts.withLock { $0.removeAll() }
    }
}
