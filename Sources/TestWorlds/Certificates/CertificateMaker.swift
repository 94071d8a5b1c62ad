import Foundation
import Glibc

/// Drives `openssl genpkey`, `req` and `ca`.
///
/// `ca` and not `x509`, since only `ca` sets both dates in OpenSSL 3.0.
struct CertificateMaker {
    private let directory: TemporaryDirectory
    private let now = time(nil)

    init(_ directory: TemporaryDirectory) throws {
        self.directory = directory
        try directory.write("", to: "index.txt")
        try directory.write(
            """
            [ca]
            default_ca = own
            [own]
            database = \(directory.file("index.txt"))
            new_certs_dir = \(directory.path)
            rand_serial = yes
            default_md = sha256
            unique_subject = no
            policy = any
            [any]
            commonName = supplied
            [req]
            distinguished_name = empty
            [empty]
            """, to: "openssl.cnf")
    }

    func make(_ name: TestCertificates.Name) throws {
        let recipe = CertificateRecipe(name)
        let base = directory.file(name.rawValue)
        try openssl(["genpkey", "-out", base + ".key"] + recipe.key.arguments)
        try openssl([
            "req", "-new", "-config", directory.file("openssl.cnf"), "-key", base + ".key",
            "-subj", "/CN=\(recipe.commonName)", "-out", base + ".csr",
        ])
        try directory.write(
            "[extensions]\n" + recipe.extensions.joined(separator: "\n") + "\n",
            to: name.rawValue + ".ext")
        var arguments = [
            "ca", "-batch", "-notext", "-config", directory.file("openssl.cnf"),
            "-in", base + ".csr", "-out", base + ".crt",
            "-extfile", base + ".ext", "-extensions", "extensions",
            "-startdate", stamp(recipe.days.lowerBound), "-enddate", stamp(recipe.days.upperBound),
        ]
        if let issuer = recipe.issuer {
            let issuer = directory.file(issuer.rawValue)
            arguments += ["-cert", issuer + ".crt", "-keyfile", issuer + ".key"]
        } else {
            arguments += ["-selfsign", "-keyfile", base + ".key"]
        }
        try openssl(arguments)
        let above = recipe.isChainComplete && recipe.issuer == .intermediate
        try directory.write(
            directory.read(name.rawValue + ".crt")
                + (above ? directory.read("intermediate.crt") : ""),
            to: name.rawValue + ".chain")
    }

    private func openssl(_ arguments: [String]) throws {
        try ChildProcess.run(
            ["openssl"] + arguments, environment: ["OPENSSL_CONF": directory.file("openssl.cnf")],
            outputPath: directory.file("openssl.log"))
    }

    /// A date so many days from now, as `openssl ca` reads it.
    private func stamp(_ days: Int) -> String {
        var moment = now + days * 86_400
        var parts = tm()
        gmtime_r(&moment, &parts)
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(parts.tm_year + 1900)\(two(parts.tm_mon + 1))\(two(parts.tm_mday))"
            + "\(two(parts.tm_hour))\(two(parts.tm_min))\(two(parts.tm_sec))Z"
    }
}

/// How one certificate is made.
struct CertificateRecipe {
    enum Key {
        case p256
        case rsa(Int)

        var arguments: [String] {
            switch self {
            case .p256: ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
            case .rsa(let bits): ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:\(bits)"]
            }
        }
    }

    var key = Key.p256
    var commonName = TestCertificates.serverName
    /// Nil for a certificate that signs itself.
    var issuer: TestCertificates.Name? = .intermediate
    /// First and last day of validity, counted from now.
    var days = -1..<365
    var isChainComplete = true
    var extensions = Self.leaf("DNS:monitor.test,DNS:localhost,IP:127.0.0.1,IP:::1")

    private init() {}

    init(_ name: TestCertificates.Name) {
        self.init()
        switch name {
        case .root: self = Self(authority: "Sockeye Test Root")
        case .unknownRoot: self = Self(authority: "Sockeye Unknown Root")
        case .clientRoot: self = Self(authority: "Sockeye Test Client Root")
        case .intermediate: self = Self(authority: "Sockeye Test Intermediate", under: .root)
        case .good: break
        case .goodRSA: key = .rsa(2048)
        case .expired: days = -30 ..< -1
        case .notYetValid: days = 30..<365
        case .wrongName: self = Self(only: "other.test")
        case .alpha: self = Self(only: "alpha.test")
        case .beta: self = Self(only: "beta.test")
        case .noAlternativeName: extensions = Self.leaf(nil)
        case .selfSigned: issuer = nil
        case .missingIntermediate: isChainComplete = false
        case .untrusted: issuer = .unknownRoot
        case .weakKey: key = .rsa(1024)
        case .expiringSoon: days = -360..<5
        case .client: self = Self(client: "sockeye client", under: .clientRoot)
        case .unknownClient: self = Self(client: "unknown client", under: .unknownRoot)
        }
    }

    private init(authority: String, under issuer: TestCertificates.Name? = nil) {
        commonName = authority
        self.issuer = issuer
        days = -400..<3650
        extensions = [
            "basicConstraints = critical,CA:TRUE", "keyUsage = critical,keyCertSign,cRLSign",
            "subjectKeyIdentifier = hash",
        ]
    }

    private init(only name: String) {
        commonName = name
        extensions = Self.leaf("DNS:\(name)")
    }

    private init(client: String, under issuer: TestCertificates.Name) {
        commonName = client
        self.issuer = issuer
        extensions = [
            "basicConstraints = critical,CA:FALSE", "keyUsage = critical,digitalSignature",
            "extendedKeyUsage = clientAuth",
        ]
    }

    private static func leaf(_ names: String?) -> [String] {
        [
            "basicConstraints = critical,CA:FALSE",
            "keyUsage = critical,digitalSignature,keyEncipherment",
            "extendedKeyUsage = serverAuth", "subjectKeyIdentifier = hash",
        ] + (names.map { ["subjectAltName = " + $0] } ?? [])
    }
}
