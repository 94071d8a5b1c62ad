import ConnectionPooling
import HTTPProbing
import Measurements
import TestWorlds
import Testing

/// Servers that other people wrote: verdicts, phases and reuse, checked against their own logs.
@Suite(.serialized, .noLeakedDescriptors)
struct RealServerTests {
    static let keeping: [ServerRecipe] = [
        .nginx(NginxConfiguration()), .haproxy(), .apache(), .node(), .python(http10: false),
    ]

    @Test(arguments: keeping)
    func `a server that keeps connections sees one for many probes`(recipe: ServerRecipe)
        async throws
    {
        try await withRealServer(recipe) { server in
            let target = loopbackTarget(server.port)
            var outcomes: [ProbeOutcome] = []
            try await withEngine { engine in
                for _ in 0..<10 { outcomes.append(try await engine.probe(target)) }
            }
            #expect(outcomes.allSatisfy { $0.error == .noError && $0.status == 200 })
            #expect(
                outcomes.map { $0.connection?.reused } == [false] + Array(repeating: true, count: 9)
            )
            #expect(outcomes.map { $0.connection?.requests } == Array(1...10))
            #expect(outcomes[0].kind == .cold && outcomes[0].phases[.connect] != nil)
            #expect(outcomes[9].kind == .warm && outcomes[9].phases[.connect] == nil)
            for outcome in outcomes {
                #expect(outcome.phases[.send] != nil && outcome.phases[.wait] != nil)
                #expect(outcome.phases[.tls] == nil && outcome.phases[.resolve] == nil)
            }
            let records = try await server.accessRecords(atLeast: 10)
            #expect(records.count == 10, "\(server.output)")
            #expect(records.requestsByConnection.values.sorted() == [10])
        }
    }

    static let closing: [ServerRecipe] = [
        .nginx(.closing), .nginx(.oneRequest), .python(),
    ]

    @Test(arguments: closing)
    func `a server that closes after each response is asked on a new connection each time`(
        recipe: ServerRecipe
    ) async throws {
        try await withRealServer(recipe) { server in
            let target = loopbackTarget(server.port)
            try await withEngine { engine in
                for _ in 0..<5 {
                    let outcome = try await engine.probe(target)
                    #expect(outcome.error == .noError, "\(outcome.failure?.detail ?? "")")
                    #expect(outcome.connection?.reused == false)
                    #expect(outcome.attempts == 1)
                }
                let pool = try await engine.statistics().pool
                #expect(pool.idle == 0 && pool.leased == 0)
            }
            let records = try await server.accessRecords(atLeast: 5)
            #expect(records.requestsByConnection.values.allSatisfy { $0 == 1 })
            #expect(records.requestsByConnection.count == 5)
        }
    }

    @Test func `a server that hangs up without a word closed early`() async throws {
        try await withRealServer(.nginx(.hangingUp)) { server in
            let outcome = try await withEngine {
                try await $0.probe(loopbackTarget(server.port))
            }
            #expect(outcome.error == .closedEarly)
            #expect(outcome.failure?.phase == .wait)
            #expect(outcome.attempts == 1)
            let records = try await server.accessRecords(atLeast: 1)
            #expect(records.map(\.status) == [444], "one request, no hidden retry")
        }
    }

    @Test func `a connection that its server closed while idle is never an outage`() async throws {
        try await withRealServer(.nginx(.shortIdle)) { server in
            let target = loopbackTarget(server.port)
            try await withEngine { engine in
                for _ in 0..<3 {
                    let outcome = try await engine.probe(target)
                    #expect(outcome.error == .noError, "\(outcome.failure?.detail ?? "")")
                    try await Task.sleep(for: .milliseconds(1300))
                }
                let pool = try await engine.statistics().pool
                #expect(pool.idle == 0)
                #expect(pool.closedByCause[.peerClosed] == 3 || pool.opened == 3)
            }
        }
    }

    @Test func `redirects are followed hop by hop, each timed, and only when asked for`()
        async throws
    {
        try await withRealServer(.nginx(.redirecting)) { server in
            try await withEngine { engine in
                var target = loopbackTarget(server.port, serverName: "127.0.0.1")
                let unfollowed = try await engine.probe(target)
                #expect(unfollowed.status == 301 && unfollowed.error == .checkFailed)
                target.redirects.follow = true
                let followed = try await engine.probe(target)
                #expect(followed.status == 200 && followed.error == .noError)
                #expect(followed.hops.map(\.status) == [301, 302])
                #expect(followed.hops.allSatisfy { $0.phases[.wait] != nil })
                target.path = "/loop"
                let loop = try await engine.probe(target)
                #expect(loop.error == .tooManyRedirects && loop.hops.count == 10)
            }
        }
    }

    @Test(arguments: [ContentCoding.gzip])
    func `a compressed body is checked as what it stands for`(coding: ContentCoding) async throws {
        try await withRealServer(.nginx(.compressing)) { server in
            var target = loopbackTarget(server.port)
            target.request.compression = [coding]
            target.checks = [.body(pattern: "(all is well, ){200}", matches: true)]
            let outcome = try await withEngine { try await $0.probe(target) }
            #expect(outcome.error == .noError, "\(outcome.failure?.detail ?? "")")
            #expect(outcome.bodyBytes < 500, "it came compressed")
        }
    }

    @Test func `a large body, an empty one, and an error page each have their verdict`()
        async throws
    {
        try await withRealServer(.nginx(NginxConfiguration())) { server in
            try await withEngine { engine in
                let large = try await engine.probe(loopbackTarget(server.port, "/large"))
                #expect(large.bodyBytes == 262_144 && large.error == .noError)
                let empty = try await engine.probe(loopbackTarget(server.port, "/empty"))
                #expect(empty.status == 204 && empty.error == .noError)
                let missing = try await engine.probe(loopbackTarget(server.port, "/missing"))
                #expect(missing.status == 404 && missing.error == .checkFailed)
                var small = loopbackTarget(server.port, "/large")
                small.limits.bodyBytes = 1000
                let cut = try await engine.probe(small)
                #expect(cut.error == .bodyTooLarge && cut.failure?.phase == .receive)
            }
        }
    }
}
