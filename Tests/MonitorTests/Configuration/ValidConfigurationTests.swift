import ConnectionPooling
import HTTPProbing
import Measurements
import Testing

@testable import Monitor

@Suite struct ValidConfigurationTests {
    @Test func `Every setting of a target can be written`() throws {
        let configuration = try ConfigurationFixtures.load("valid-full.yml")
        let target = try #require(configuration.targets.first { $0.id.rawValue == "full" })
        #expect(target.name == "The full one")
        #expect(target.address == "2001:db8::7")
        #expect(target.port == 8443)
        #expect(target.serverName == "api.test")
        #expect(target.scheme == .https)
        #expect(target.path == "/health?full=1")
        #expect(target.timeout == .milliseconds(2500))
        #expect(target.interval == .seconds(5))
        #expect(target.freshEvery == .every(.seconds(90)))
        #expect(target.thresholds == StateThresholds(failuresToDown: 3, successesToUp: 2))
        #expect(target.redirects == RedirectPolicy(follow: true, limit: 3))
        #expect(target.tags == ["team": "web", "tier": "group", "group": "api", "own": "7"])
        var limits = ResponseLimits()
        limits.headerBytes = 8192
        limits.bodyBytes = 1 << 20
        limits.decodedBytes = 2 << 20
        limits.keptBytes = 4096
        #expect(target.limits == limits)
    }

    @Test func `What is sent can be written, and nothing removes a field from above`() throws {
        let configuration = try ConfigurationFixtures.load("valid-full.yml")
        let target = try #require(configuration.targets.first { $0.id.rawValue == "full" })
        #expect(target.request.method == "POST")
        #expect(target.request.userAgent == "Prober/1")
        #expect(target.request.body == Array(#"{"ping": true}"#.utf8))
        #expect(target.request.compression == [.br, .gzip])
        #expect(
            target.request.headers == [
                HeaderField(name: "X-Keep", value: "kept"),
                HeaderField(name: "X-Probe", value: "three"),
                HeaderField(name: "X-New", value: "blank"),
            ])
        #expect(target.network.family == .ipv6)
        #expect(target.network.resolvers == ["[::1]:5353", "10.0.0.54"])
        #expect(target.network.connectTimeout == .seconds(3))
        #expect(target.network.keepalive == .zero)
        let file = ConfigurationFixtures.path("discovery/password")
        #expect(target.tls.caFile == file)
        #expect(target.tls.certificateFile == file)
        #expect(target.tls.keyFile == file)
        #expect(target.tls.minimumVersion == .tls13)
        #expect(target.tls.minimumRSAKeyBits == 3072)
        #expect(target.tls.insecureSkipVerify)
    }

    @Test func `Every check can be written`() throws {
        let configuration = try ConfigurationFixtures.load("valid-full.yml")
        let target = try #require(configuration.targets.first { $0.id.rawValue == "full" })
        #expect(
            target.checks == [
                .status([200...200, 300...399, 404...410]),
                .body(pattern: "ok|fine", matches: true),
                .body(pattern: "error", matches: false),
                .body(pattern: "a", matches: true),
                .body(pattern: "b", matches: true),
                .body(pattern: "c", matches: false),
                .header(
                    name: "Content-Type", pattern: "json", matches: true, allowMissing: true),
                .header(name: "X-Debug", pattern: "", matches: false, allowMissing: false),
                .json(pointer: "/a~1b/0", comparison: .equals(.number(1.5))),
                .json(pointer: "/a~1b/0", comparison: .notEquals(.string("1.5"))),
                .json(pointer: "/a~1b/0", comparison: .matches("^x")),
                .json(pointer: "", comparison: .lessThan(5)),
                .json(pointer: "", comparison: .atMost(6)),
                .json(pointer: "", comparison: .greaterThan(-7)),
                .json(pointer: "", comparison: .atLeast(1000)),
                .json(pointer: "/n", comparison: .equals(.null)),
                .certificateDays(14.5),
                .tlsVersion(.tls12),
                .httpVersion(["1.1", "2"]),
                .maximumElapsed(.milliseconds(750)),
            ])
    }

    @Test func `A target overrides its group, and the group the defaults`() throws {
        let targets = try ConfigurationFixtures.load("valid-full.yml").targets
        let beside = try #require(targets.first { $0.address == "10.0.0.8" })
        #expect(beside.name == "https://b.test/ at 10.0.0.8")
        #expect(beside.serverName == "b.test")
        #expect(beside.interval == .seconds(20))
        #expect(beside.network.connectTimeout == .seconds(4))
        #expect(beside.network.keepalive == .seconds(15))
        #expect(beside.network.resolvers == ["10.0.0.53"])
        let plain = try #require(targets.first { $0.address == "c.test" })
        #expect(plain.name == "http://c.test:8080/x")
        #expect(plain.interval == .seconds(30))
        #expect(plain.tags == ["team": "web", "tier": "default"])
        let merged = try #require(targets.first { $0.address == "d.test" })
        #expect(merged.interval == .seconds(40))
        #expect(merged.freshEvery == .always)
    }

    @Test func `Pool, worker and DNS can be written`() throws {
        let configuration = try ConfigurationFixtures.load("valid-full.yml")
        let limits = configuration.pool.limits(descriptorBudget: 10_000)
        var expected = PoolLimits(
            mode: .fixed, descriptorBudget: 500, memoryBudgetBytes: 256 << 20)
        expected.maxIdle = 50
        expected.maxIdlePerOrigin = 2
        expected.idleTimeout = .seconds(45)
        expected.maxLifetime = .seconds(3600)
        expected.maxPerOrigin = 4
        expected.maxWaitingPerOrigin = 16
        #expect(limits == expected)
        #expect(configuration.pool.limits(descriptorBudget: 9).descriptorBudget == 9)
        #expect(configuration.pool.resetOnClose)
        var worker = WorkerSettings()
        worker.loops = 2
        worker.maxInFlight = 64
        worker.descriptorReserve = 100
        worker.batchDelay = .milliseconds(50)
        worker.batchLimit = 10
        worker.firstRound = .seconds(3)
        #expect(configuration.worker == worker)
        let resolver = configuration.dns.resolverConfiguration
        #expect(resolver.positiveTTL == .seconds(2)...(.seconds(600)))
        #expect(resolver.negativeTTL == .seconds(1))
        #expect(resolver.maximumNegativeTTL == .seconds(20))
        #expect(resolver.tryTimeout == .seconds(1))
        #expect(resolver.tries == 3)
        #expect(resolver.cacheLimit == 100)
        #expect(resolver.questionLimit == 200)
        #expect(resolver.waiterLimit == 300)
    }

    @Test func `An unverified target is warned about, by name and place`() throws {
        let warnings = try ConfigurationFixtures.load("valid-full.yml").warnings
        let path = ConfigurationFixtures.path("valid-full.yml")
        #expect(
            warnings == [
                "\(path):36:9: The full one: certificates are not verified "
                    + "(insecure_skip_verify); every result is marked verified: false"
            ])
    }

    @Test func `Limits that the mode does not use are warned about`() throws {
        let configuration = try ConfigurationFixtures.read("pool: {max_idle: 3}\n")
        let path = ConfigurationFixtures.path("memory.yml")
        #expect(
            configuration.warnings == [
                "\(path):1:8: max_idle rules only with mode: fixed; the mode is auto",
                "\(path): no targets",
            ])
    }

    @Test func `A limit that leaves a loop nothing is warned about`() throws {
        let configuration = try ConfigurationFixtures.read(
            "pool: {mode: fixed, max_idle: 3}\nworker: {loops: 4}\ntargets: [a.test]\n")
        let path = ConfigurationFixtures.path("memory.yml")
        #expect(
            configuration.warnings == [
                "\(path):1:1: max_idle 3 divided among 4 loops leaves none: no connection is kept"
            ])
    }

    @Test func `Files of service discovery are read, and labels become tags`() throws {
        let configuration = try ConfigurationFixtures.load("valid-discovery.yml")
        let urls = configuration.targets.map(\.url)
        #expect(
            urls == [
                "http://a.test:8080/health", "http://b.test:8081/up", "https://c.test/live",
                "http://d.test:9000/up", "https://e.test/", "http://f.test/up",
            ])
        let intervals = configuration.targets.map(\.interval)
        #expect(intervals == [20, 20, 20, 20, 60, 120].map { .seconds($0) })
        let base = ["group": "found", "team": "ops"]
        #expect(
            configuration.targets[0].tags
                == base.merging(["job": "web", "owner": "🐟 fish"]) { $1 })
        #expect(configuration.targets[2].tags == base)
        #expect(configuration.targets[5].tags == base.merging(["job": "other"]) { $1 })
        let pattern = ConfigurationFixtures.path("discovery/none-*.json")
        #expect(configuration.warnings.count == 1)
        #expect(
            configuration.warnings.first?.hasSuffix("targets_file: \(pattern) matches no file")
                == true)
    }

    @Test func `An empty file is a configuration without targets`() throws {
        let path = ConfigurationFixtures.path("memory.yml")
        #expect(try ConfigurationFixtures.read("").warnings == ["\(path): no targets"])
    }

    @Test func `Ten thousand targets need no repetition`() throws {
        let lines = (0..<10_000).map { "  - 127.0.\($0 / 250).\($0 % 250 + 1):8080\n" }
        let text = "defaults: {path: /health, interval: 10s}\ntargets:\n" + lines.joined()
        let configuration = try ConfigurationFixtures.read(text)
        #expect(configuration.targets.count == 10_000)
        #expect(configuration.targets.last?.url == "http://127.0.39.250:8080/health")
        #expect(configuration.targets.allSatisfy { $0.interval == .seconds(10) })
    }
}
