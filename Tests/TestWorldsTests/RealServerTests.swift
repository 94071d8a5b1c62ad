import Foundation
import Glibc
import TestWorlds
import Testing

@Suite(.serialized, .noLeakedDescriptors) struct RealServerTests {
    /// The servers that keep connections, and the one that does not.
    static let kinds: [(name: String, program: String, recipe: ServerRecipe, keeps: Bool)] = [
        ("nginx", "nginx", .nginx(), true),
        ("nginx, closing", "nginx", .nginx(.closing), false),
        ("nginx, one request", "nginx", .nginx(.oneRequest), false),
        ("haproxy", "haproxy", .haproxy(), true),
        ("apache", "apache2", .apache(), true),
        ("python 1.0", "python3", .python(), false),
        ("python 1.1", "python3", .python(http10: false), true),
        ("node", "node", .node(), true),
    ]

    @Test(arguments: 0..<kinds.count)
    func `a server answers, and its log tells connections apart`(number: Int) async throws {
        let kind = Self.kinds[number]
        guard isInstalled(kind.program) else { return }
        try await withRealServer(kind.recipe) { server in
            let answers = try PythonClient.get(server, ["/", "/empty", "/missing", "/moved"])
            #expect(answers.map { $0[0] } == ["200", "204", "404", "302"], "\(kind.name)")
            #expect(
                answers[0][4] == "3" && answers[3][6].hasSuffix("/"), "\(kind.name): \(answers)")
            let records = try await server.accessRecords(atLeast: 4)
            #expect(records.map(\.status) == [200, 204, 404, 302], "\(server.output)")
            #expect(records.map { String($0.clientPort) } == answers.map { $0[2] })
            #expect(records.first?.request.hasPrefix("GET / HTTP/1.1") == true)
            #expect(records.requestsByConnection.count == (kind.keeps ? 1 : 4), "\(kind.name)")
        }
    }

    @Test(arguments: 0..<kinds.count)
    func `a server is gone after stop, and its port refuses`(number: Int) async throws {
        let kind = Self.kinds[number]
        guard isInstalled(kind.program) else { return }
        let server = try await RealServer.start(kind.recipe)
        server.stop()
        #expect(kill(-server.process.id, 0) == -1 && errno == ESRCH, "\(kind.name)")
        #expect(try PythonClient.get(server, ["/"]) == [["ConnectionRefusedError"]])
    }

    @Test func `a configuration that is wrong throws with the server's own words`() async throws {
        guard isInstalled("nginx") else { return }
        var configuration = NginxConfiguration()
        configuration.more = "no_such_directive;"
        await #expect {
            try await withRealServer(.nginx(configuration)) { _ in }
        } throws: { error in
            guard case ChildProcessError.notReady(_, let output) = error else { return false }
            return output.contains("no_such_directive")
        }
    }

    @Test func `nginx hangs up, redirects and compresses`() async throws {
        guard isInstalled("nginx") else { return }
        try await withRealServer(.nginx(.hangingUp)) { server in
            let answers = try PythonClient.get(server, ["/"])
            let records = try await server.accessRecords(atLeast: 1)
            #expect(answers == [["RemoteDisconnected"]])
            #expect(records.map(\.status) == [444])
        }
        try await withRealServer(.nginx(.redirecting)) { server in
            let answers = try PythonClient.get(server, ["/", "/second", "/final"])
            #expect(answers.map { $0[0] } == ["301", "302", "200"])
            #expect(answers.map { $0[6] } == ["/second", "/final", "-"])
        }
        try await withRealServer(.nginx(.compressing)) { server in
            let plain = try PythonClient.get(server, ["/"])
            let packed = try PythonClient.get(server, ["/"], encoding: "gzip")
            #expect(plain[0][5] == "-" && packed[0][5] == "gzip")
            let sizes = [packed, plain].compactMap { Int($0[0][4]) }
            #expect(sizes.count == 2 && sizes[0] * 4 < sizes[1])
        }
    }

    @Test func `nginx closes connections that were idle for a second`() async throws {
        guard isInstalled("nginx") else { return }
        try await withRealServer(.nginx(.shortIdle)) { server in
            let answers = try PythonClient.get(server, ["/", "/"], pause: 1.5)
            #expect(answers.map { $0[0] } == ["200", "RemoteDisconnected"])
        }
    }

    @Test func `a large body comes whole`() async throws {
        guard isInstalled("nginx") else { return }
        try await withRealServer(.nginx()) { server in
            let answers = try PythonClient.get(server, ["/large"])
            #expect(answers[0][4] == "262144")
        }
    }

    /// Says why a test proves nothing here, and gives false, when a program is absent.
    private func isInstalled(_ program: String) -> Bool {
        if ChildProcess.isInstalled(program) { return true }
        print("not tested: \(program) is not installed")
        return false
    }
}

@Suite(.serialized, .noLeakedDescriptors) struct RealTLSServerTests {
    @Test(arguments: [TestCertificates.Name.good, .goodRSA])
    func `HTTPS servers show a certificate that leads to the root`(
        name: TestCertificates.Name
    ) async throws {
        let certificates = try TestCertificates.shared()
        let identity = certificates.identity(name)
        let recipes: [ServerRecipe] = [
            .nginx(.https(identity)), .haproxy(.init(identity: identity)),
            .apache(.init(identity: identity)),
        ]
        for recipe in recipes where ChildProcess.isInstalled(recipe.program) {
            try await withRealServer(recipe) { server in
                let answers = try PythonClient.get(
                    server, ["/", "/"], root: certificates.file(.root))
                #expect(answers.map { $0[0] } == ["200", "200"], "\(recipe.program)")
                #expect(answers.map { $0[3] } == ["TLSv1.3", "TLSv1.3"])
                let records = try await server.accessRecords(atLeast: 2)
                #expect(records.map(\.tlsVersion) == ["TLSv1.3", "TLSv1.3"], "\(recipe.program)")
                #expect(records.requestsByConnection.count == 1)
            }
        }
    }

    @Test(arguments: [
        TestCertificates.Name.expired, .notYetValid, .wrongName, .selfSigned, .missingIntermediate,
        .untrusted,
    ])
    func `a verifying client refuses each faulty certificate`(
        name: TestCertificates.Name
    ) async throws {
        guard ChildProcess.isInstalled("nginx") else { return print("not tested: no nginx") }
        let certificates = try TestCertificates.shared()
        try await withRealServer(.nginx(.https(certificates.identity(name)))) { server in
            let answers = try PythonClient.get(server, ["/"], root: certificates.file(.root))
            #expect(answers == [["SSLCertVerificationError"]])
            // The server can serve it: only the verification is in the way.
            #expect(try PythonClient.get(server, ["/"])[0][0] == "200")
            #expect(try await server.accessRecords(atLeast: 1).count == 1)
        }
    }

    @Test func `nginx serves a weak key, chosen names and old versions`() async throws {
        guard ChildProcess.isInstalled("nginx") else { return print("not tested: no nginx") }
        let certificates = try TestCertificates.shared()
        try await withRealServer(.nginx(.https(certificates.identity(.weakKey)))) { server in
            let answers = try PythonClient.get(server, ["/"])
            #expect(answers[0][0] == "200")
        }
        var byName = NginxConfiguration.https(certificates.identity(.good))
        byName.identitiesByName = [
            "alpha.test": certificates.identity(.alpha), "beta.test": certificates.identity(.beta),
        ]
        try await withRealServer(.nginx(byName)) { server in
            for name in ["alpha.test", "beta.test", "monitor.test"] {
                let answers = try PythonClient.get(
                    server, ["/"], name: name, root: certificates.file(.root))
                #expect(answers[0][0] == "200", "\(name)")
            }
        }
        for (version, pythons) in [("TLSv1", "TLSv1"), ("TLSv1.1", "TLSv1_1")] {
            let old = NginxConfiguration.old(version, certificates.identity(.good))
            try await withRealServer(.nginx(old)) { server in
                let answers = try PythonClient.get(server, ["/"], old: pythons)
                #expect(answers[0][3] == version, "\(answers)")
                #expect(try PythonClient.get(server, ["/"]) == [["SSLError"]])
            }
        }
    }

    @Test func `nginx wants a client certificate of the right root`() async throws {
        guard ChildProcess.isInstalled("nginx") else { return print("not tested: no nginx") }
        let certificates = try TestCertificates.shared()
        let configuration = NginxConfiguration.clientCertificate(
            certificates.identity(.good), root: certificates.file(.clientRoot))
        try await withRealServer(.nginx(configuration)) { server in
            func status(_ client: TestCertificates.Name?) throws -> String {
                try PythonClient.get(
                    server, ["/"], root: certificates.file(.root),
                    identity: client.map(certificates.identity))[0][0]
            }
            let statuses = [try status(.client), try status(nil), try status(.unknownClient)]
            #expect(statuses == ["200", "400", "400"])
        }
    }
}
