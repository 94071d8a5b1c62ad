import Glibc

/// A small public-key infrastructure, made with the `openssl` command, in which each leaf has one
/// fault.
///
/// The files live in a temporary directory that goes away with the last reference.
public final class TestCertificates: Sendable {
    /// The names that a good leaf is for.
    public static let serverName = "monitor.test"

    private let directory: TemporaryDirectory

    private init(_ directory: TemporaryDirectory) { self.directory = directory }

    /// Makes all certificates and keys; takes about a second.
    ///
    /// Throws ``ChildProcessError`` when `openssl` is absent or refuses.
    public static func make() throws -> TestCertificates {
        let directory = try TemporaryDirectory("certificates")
        let maker = try CertificateMaker(directory)
        for name in Name.allCases { try maker.make(name) }
        return TestCertificates(directory)
    }

    /// The certificates that all tests of this process share; made at first use, removed at exit.
    ///
    /// Throws what ``make()`` threw, again each time.
    public static func shared() throws -> TestCertificates { try common.get() }

    private static let common = Result {
        let made = try make()
        atexit { try? TestCertificates.shared().directory.remove() }
        return made
    }

    /// The certificate alone, as PEM.
    public func file(_ name: Name) -> String { directory.file("\(name.rawValue).crt") }

    /// What a server sends: the certificate and the intermediates above it, without the root.
    public func chain(_ name: Name) -> String { directory.file("\(name.rawValue).chain") }

    /// The private key, as unencrypted PEM (PKCS #8).
    public func key(_ name: Name) -> String { directory.file("\(name.rawValue).key") }

    /// The directory that holds the files.
    public var path: String { directory.path }
}

extension TestCertificates {
    /// The certificates, by their purpose or fault.
    public enum Name: String, CaseIterable, Hashable, Sendable {
        /// The root that clients are told to trust.
        case root
        /// A root that no client trusts.
        case unknownRoot
        /// Signed by the root; signs the leafs.
        case intermediate
        /// ECDSA P-256 for ``TestCertificates/serverName``, `localhost`, 127.0.0.1 and ::1.
        case good
        /// The same with RSA 2048.
        case goodRSA
        /// Ended yesterday.
        case expired
        /// Begins in a month.
        case notYetValid
        /// For `other.test` only.
        case wrongName
        /// Good but for its common name being all that names it (RFC 9110, section 4.3.4).
        case noAlternativeName
        /// Its own issuer, and no authority.
        case selfSigned
        /// Good, but its chain leaves out the intermediate.
        case missingIntermediate
        /// A leaf under the unknown root.
        case untrusted
        /// RSA 1024.
        case weakKey
        /// Good for five more days.
        case expiringSoon
        /// The authority of client certificates.
        case clientRoot
        /// A client certificate.
        case client
        /// A client certificate of an authority that the server does not know.
        case unknownClient
        /// For `alpha.test` only.
        case alpha
        /// For `beta.test` only.
        case beta
    }
}
