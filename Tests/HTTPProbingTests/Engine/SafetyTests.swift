import ConnectionPooling
import Glibc
import HTTPProbing
import Measurements
import TestWorlds
import Testing

/// What must never happen: credentials in other hands, a request sent twice, a crash for want of
/// descriptors, a close that waits for a peer.
@Suite(.serialized, .noLeakedDescriptors)
struct SafetyTests {
    @Test func `credentials never follow a redirect to another origin`() async throws {
        var receiving = NginxConfiguration()
        // 403 tells that credentials came; the field itself is in no log.
        receiving.root = #"if ($http_authorization) { return 403; } return 200 "none\n";"#
        try await withRealServer(.nginx(receiving)) { receiver in
            var sending = NginxConfiguration()
            sending.root = "return 302 http://127.0.0.1:\(receiver.port)/;"
            sending.more = """
                location = /own { return 302 /seen; }
                location = /seen { if ($http_authorization) { return 403; } return 200; }
                """
            try await withRealServer(.nginx(sending)) { sender in
                try await withEngine { engine in
                    var target = loopbackTarget(sender.port, serverName: "127.0.0.1")
                    target.redirects.follow = true
                    target.request.credentials = .bearer(Secret("hunter2"))
                    let foreign = try await engine.probe(target)
                    #expect(foreign.status == 200 && foreign.hops.count == 1)
                    target.path = "/own"
                    let own = try await engine.probe(target)
                    #expect(own.status == 403, "they stay where they were meant for")
                }
            }
        }
    }

    @Test(arguments: ["POST", "PATCH"])
    func `a request that may not be sent twice never goes out on a kept connection`(
        method: String
    ) async throws {
        try await withRealServer(.node()) { server in
            try await withEngine { engine in
                var target = loopbackTarget(server.port)
                #expect(try await engine.probe(target).error == .noError)
                target.request.method = method
                for _ in 0..<3 {
                    let outcome = try await engine.probe(target)
                    #expect(outcome.error == .noError, "\(outcome.failure?.detail ?? "")")
                    #expect(outcome.connection?.reused == false)
                    #expect(outcome.attempts == 1)
                }
            }
        }
    }

    @Test func `without descriptors a probe says so, and a kept connection goes on`()
        async throws
    {
        try await withRealServer(.nginx()) { server in
            let target = loopbackTarget(server.port)
            try await withEngine { engine in
                #expect(try await engine.probe(target).error == .noError)
                try await withoutFreeDescriptors {
                    let warm = try await engine.probe(target)
                    #expect(warm.error == .noError && warm.connection?.reused == true)
                    for _ in 0..<20 {
                        let cold = try await engine.probe(target, fresh: true)
                        #expect(cold.error == .noDescriptors, "\(cold.error)")
                        #expect(cold.failure?.fault == .us)
                    }
                }
                let after = try await engine.probe(target, fresh: true)
                #expect(after.error == .noError)
            }
        }
    }

    /// Lowers the soft limit below every descriptor that could be given out (setrlimit(2)).
    private func withoutFreeDescriptors(_ body: () async throws -> Void) async throws {
        var limits = rlimit()
        #expect(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
        var lowered = limits
        lowered.rlim_cur = 3
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &lowered) == 0)
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0)
        try result.get()
    }

    @Test func `a deadline on an established TLS connection waits for no goodbye`() async throws {
        let certificates = try TestCertificates.shared()
        var configuration = NginxConfiguration.https(certificates.identity(.good))
        // A tenth of a kilobyte a second: the answer would take most of an hour.
        configuration.more = "location = /slow { limit_rate 100; try_files /large =404; }"
        try await withRealServer(.nginx(configuration)) { server in
            var target = loopbackTarget(server.port, "/slow", scheme: .https)
            target.tls.caFile = certificates.file(.root)
            target.timeout = .milliseconds(700)
            try await withEngine { engine in
                let outcome = try await engine.probe(target)
                #expect(outcome.error == .timeout && outcome.failure?.phase == .receive)
                // One turn of the loop later the socket is gone, with nobody's consent.
                let pool = try await engine.statistics().pool
                #expect(pool.open == 0, "\(pool)")
            }
        }
    }
}
