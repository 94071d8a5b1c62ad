import HTTPProbing
import Measurements
import TestWorlds
import Testing

/// The table of certificates: each row has one fault, and one class that says so.
@Suite(.serialized, .noLeakedDescriptors)
struct TLSMatrixTests {
    /// One certificate, and what a probe of `serverName` that trusts the test root makes of it.
    struct Row: Sendable, CustomTestStringConvertible {
        var certificate: TestCertificates.Name
        var serverName = TestCertificates.serverName
        var error: ProbeErrorClass
        /// Words of the detail.
        var says = ""

        var testDescription: String { "\(certificate) for \(serverName): \(error.rawValue)" }
    }

    static let rows = [
        Row(certificate: .good, error: .noError),
        Row(certificate: .goodRSA, error: .noError),
        Row(certificate: .good, serverName: "127.0.0.1", error: .noError),
        Row(certificate: .good, serverName: "localhost", error: .noError),
        Row(certificate: .expired, error: .tlsExpired, says: "expired on"),
        Row(certificate: .notYetValid, error: .tlsNotYetValid, says: "valid from"),
        Row(certificate: .wrongName, error: .tlsWrongName, says: "other.test"),
        Row(certificate: .noAlternativeName, error: .tlsWrongName),
        Row(certificate: .good, serverName: "other.test", error: .tlsWrongName),
        Row(certificate: .good, serverName: "127.0.0.2", error: .tlsWrongName),
        Row(certificate: .selfSigned, error: .tlsUntrusted, says: "self-signed"),
        Row(certificate: .untrusted, error: .tlsUntrusted, says: "unknown root"),
        Row(certificate: .missingIntermediate, error: .tlsUntrusted, says: "missing intermediate"),
        Row(certificate: .weakKey, error: .tlsWeakKey, says: "RSA 1024"),
    ]

    @Test(arguments: rows)
    func `each certificate has its class and its facts, and a refused one gets no request`(
        row: Row
    ) async throws {
        let certificates = try TestCertificates.make()
        let recipe = ServerRecipe.nginx(.https(certificates.identity(row.certificate)))
        try await withRealServer(recipe) { server in
            var target = loopbackTarget(
                server.port, scheme: .https, serverName: row.serverName)
            target.tls.caFile = certificates.file(.root)
            let outcome = try await withEngine { try await $0.probe(target, fresh: true) }
            #expect(outcome.error == row.error, "\(outcome.failure?.detail ?? "passed")")
            #expect(outcome.failure?.phase == (row.error == .noError ? nil : .tls))
            let detail = outcome.failure?.detail ?? ""
            #expect(row.says.isEmpty || detail.contains(row.says), "\(detail)")
            let facts = try #require(outcome.tls)
            #expect(facts.verified == (row.error == .noError))
            #expect(facts.version == .tls13)
            #expect(facts.cipher?.hasPrefix("TLS_") == true)
            let certificate = try #require(facts.certificate)
            #expect(!certificate.subject.isEmpty && !certificate.issuer.isEmpty)
            #expect(certificate.notBefore < certificate.notAfter)
            #expect(certificate.fingerprint.count == 64)
            if row.error == .noError {
                #expect(try await server.accessRecords(atLeast: 1).count == 1)
            } else {
                #expect(outcome.status == -1)
                // nginx logs a request that never came as an empty one, with status 400 or 0.
                #expect(server.accessRecords().allSatisfy { !$0.request.contains("HTTP/") })
            }
        }
    }

    @Test func `skipping verification passes, and every result says so`() async throws {
        let certificates = try TestCertificates.make()
        let recipe = ServerRecipe.nginx(.https(certificates.identity(.selfSigned)))
        try await withRealServer(recipe) { server in
            var target = loopbackTarget(server.port, scheme: .https)
            target.tls.insecureSkipVerify = true
            try await withEngine { engine in
                for isReused in [false, true] {
                    let outcome = try await engine.probe(target)
                    #expect(outcome.error == .noError, "\(outcome.failure?.detail ?? "")")
                    #expect(outcome.connection?.reused == isReused)
                    #expect(outcome.tls?.verified == false)
                    #expect(outcome.tls?.certificate != nil)
                }
            }
        }
    }

    @Test(arguments: ["TLSv1", "TLSv1.1"])
    func `an old protocol is refused, unless the target allows it`(version: String) async throws {
        let certificates = try TestCertificates.make()
        let recipe = ServerRecipe.nginx(.old(version, certificates.identity(.goodRSA)))
        try await withRealServer(recipe) { server in
            var target = loopbackTarget(server.port, scheme: .https)
            target.tls.caFile = certificates.file(.root)
            try await withEngine { engine in
                let refused = try await engine.probe(target)
                #expect(refused.error == .tlsHandshake, "\(refused.failure?.detail ?? "passed")")
                #expect(refused.failure?.detail.contains("version") == true)
                target.tls.minimumVersion = .tls10
                let allowed = try await engine.probe(target)
                #expect(allowed.error == .noError, "\(allowed.failure?.detail ?? "")")
                #expect(allowed.tls?.version == (version == "TLSv1" ? .tls10 : .tls11))
            }
        }
    }

    @Test func `the server name chooses the certificate`() async throws {
        let certificates = try TestCertificates.make()
        var configuration = NginxConfiguration.https(certificates.identity(.good))
        configuration.identitiesByName = [
            "alpha.test": certificates.identity(.alpha), "beta.test": certificates.identity(.beta),
        ]
        try await withRealServer(.nginx(configuration)) { server in
            try await withEngine { engine in
                for name in ["alpha.test", "beta.test", TestCertificates.serverName] {
                    var target = loopbackTarget(server.port, scheme: .https, serverName: name)
                    target.tls.caFile = certificates.file(.root)
                    let outcome = try await engine.probe(target)
                    #expect(outcome.error == .noError, "\(name): \(outcome.failure?.detail ?? "")")
                    #expect(outcome.tls?.certificate?.dnsNames.contains(name) == true)
                }
            }
        }
    }

    @Test func `client certificates are presented, and their absence has its class`() async throws {
        let certificates = try TestCertificates.make()
        let identity = certificates.identity(.good)
        var haproxy = HAProxyConfiguration(identity: identity)
        haproxy.clientRoot = certificates.file(.clientRoot)
        try await withRealServer(.haproxy(haproxy)) { server in
            var target = loopbackTarget(server.port, scheme: .https)
            target.tls.caFile = certificates.file(.root)
            try await withEngine { engine in
                let none = try await engine.probe(target)
                #expect(none.error == .tlsClientCertificate, "\(none.failure?.detail ?? "passed")")
                target.tls.certificateFile = certificates.file(.unknownClient)
                target.tls.keyFile = certificates.key(.unknownClient)
                let unknown = try await engine.probe(target)
                #expect(
                    unknown.error == .tlsClientCertificate,
                    "\(unknown.failure?.detail ?? "passed")")
                target.tls.certificateFile = certificates.file(.client)
                target.tls.keyFile = certificates.key(.client)
                let known = try await engine.probe(target)
                #expect(known.error == .noError, "\(known.failure?.detail ?? "")")
            }
        }
    }

    @Test func `a file that is missing is a fault of the configuration`() async throws {
        var target = loopbackTarget(1, scheme: .https)
        target.tls.caFile = "/nonexistent/roots.pem"
        let outcome = try await withEngine { try await $0.probe(target) }
        #expect(outcome.error == .requestBuild)
        #expect(outcome.failure?.fault == .configuration)
        #expect(outcome.failure?.detail.contains("/nonexistent/roots.pem") == true)
    }
}
