import ConnectionPooling
import HTTPProbing
import Measurements
import TestWorlds
import Testing

/// Names, through a name server of ours: verdicts, phases, the cache, and changes of address.
@Suite(.serialized, .noLeakedDescriptors)
struct NameServerTests {
    private static let loopback: [UInt8] = [127, 0, 0, 1]

    private func target(_ name: String, _ dns: FakeNameServer, port: UInt16) -> Target {
        var target = Target(address: name, port: Int(port), path: "/")
        target.network.resolvers = ["127.0.0.1:\(dns.port)"]
        target.timeout = .seconds(5)
        return target
    }

    private func withNames<Result>(
        _ table: [String: FakeNameServer.Answer],
        _ body: (FakeNameServer, RealServer, ProbeEngine) async throws -> Result
    ) async throws -> Result {
        let dns = try await FakeNameServer.start(table)
        var resolver = ResolverConfiguration()
        resolver.tryTimeout = .milliseconds(300)
        var nginx = NginxConfiguration()
        nginx.address = "0.0.0.0"
        let result = try await withRealServer(.nginx(nginx)) { server in
            try await withEngine(resolver: resolver) { engine in
                try await body(dns, server, engine)
            }
        }
        try await dns.stop()
        return result
    }

    @Test func `a name is resolved, measured, cached, and asked again when cold is wanted`()
        async throws
    {
        let table: [String: FakeNameServer.Answer] = [
            "monitor.test": .addresses([Self.loopback], ttl: 60)
        ]
        try await withNames(table) { dns, server, engine in
            let target = target("monitor.test", dns, port: server.port)
            let first = try await engine.probe(target)
            #expect(first.error == .noError, "\(first.failure?.detail ?? "")")
            #expect(first.dns?.addresses == ["127.0.0.1"])
            #expect(first.dns?.cached == false && first.phases[.resolve] != nil)
            #expect(dns.questions.sorted() == ["monitor.test A", "monitor.test AAAA"])
            let warm = try await engine.probe(target)
            #expect(warm.kind == .warm && warm.phases[.resolve] == nil && warm.dns == nil)
            #expect(dns.questions.count == 2)
            let cold = try await engine.probe(target, fresh: true)
            #expect(cold.kind == .cold && cold.dns?.cached == false)
            // That there is no IPv6 address is still known.
            #expect(dns.questions.count == 3)
        }
    }

    @Test func `what a name server refuses or keeps to itself has its class`() async throws {
        let table: [String: FakeNameServer.Answer] = [
            "broken.test": .serverFailure, "silent.test": .silence,
            "empty.test": .addresses([], ttl: 60),
        ]
        try await withNames(table) { dns, server, engine in
            let absent = try await engine.probe(target("absent.test", dns, port: server.port))
            #expect(absent.error == .dnsNotFound && absent.failure?.phase == .resolve)
            let broken = try await engine.probe(target("broken.test", dns, port: server.port))
            #expect(broken.error == .dnsFailed && broken.failure?.phase == .resolve)
            let silent = try await engine.probe(target("silent.test", dns, port: server.port))
            #expect(silent.error == .dnsFailed && silent.failure?.phase == .resolve)
            let empty = try await engine.probe(target("empty.test", dns, port: server.port))
            #expect(empty.failure?.phase == .resolve)
            #expect([.dnsNotFound, .dnsFailed].contains(empty.error))
            var hurried = target("silent.test", dns, port: server.port)
            hurried.timeout = .milliseconds(100)
            let struck = try await engine.probe(hurried, fresh: true)
            #expect(struck.error == .timeout && struck.failure?.phase == .resolve)
        }
    }

    @Test func `a changed address retires the connections to the old one`() async throws {
        let table: [String: FakeNameServer.Answer] = [
            "moving.test": .addresses([Self.loopback], ttl: 1)
        ]
        try await withNames(table) { dns, server, engine in
            let target = target("moving.test", dns, port: server.port)
            #expect(try await engine.probe(target).error == .noError)
            dns.set("moving.test", .addresses([[127, 0, 0, 2]], ttl: 1))
            let moved = try await engine.probe(target, fresh: true)
            #expect(moved.error == .noError && moved.dns?.changed == true)
            #expect(moved.connection?.endpoints.peer.hasPrefix("127.0.0.2:") == true)
            let pool = try await engine.statistics().pool
            #expect(pool.idle == 1 && pool.closedByCause[.addressChanged] == 1)
        }
    }

    @Test func `an address that does not answer is not waited for when another does`() async throws
    {
        // 127.0.0.3 refuses: nothing listens on the port there when nginx is bound to one address.
        let dns = try await FakeNameServer.start([
            "two.test": .addresses([[127, 0, 0, 3], Self.loopback], ttl: 60)
        ])
        try await withRealServer(.nginx(NginxConfiguration())) { server in
            let outcome = try await withEngine {
                try await $0.probe(target("two.test", dns, port: server.port))
            }
            #expect(outcome.error == .noError, "\(outcome.failure?.detail ?? "")")
            #expect(outcome.dns?.addresses.count == 2)
            #expect(outcome.connection?.endpoints.peer == "127.0.0.1:\(server.port)")
        }
        try await dns.stop()
    }
}
