import Foundation
import Measurements
import Testing

/// The JSON of an outcome has the documented keys.
struct OutcomeJSONTests {
    static func target() -> Target {
        var target = Target(
            name: "front \"door\"", address: "2001:db8::1", port: 8443, serverName: "monitor.test",
            scheme: .https, path: "/health?x=1")
        target.tags = ["team": "core", "a": "é\n"]
        return target
    }

    static func outcome() -> ProbeOutcome {
        ProbeOutcome(
            time: WallTime(unixNanoseconds: 1_795_574_582_125_000_000),
            target: TargetReference(target()), kind: .warm, lateness: .microseconds(1500))
    }

    static func object(_ outcome: ProbeOutcome) throws -> [String: Any] {
        var json = JSONWriter()
        outcome.write(to: &json)
        json.endLine()
        #expect(json.text.hasSuffix("}\n"))
        #expect(json.text.dropLast().utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let value = try JSONSerialization.jsonObject(with: Data(json.bytes))
        return try #require(value as? [String: Any])
    }

    static let always: Set<String> = [
        "time", "target", "tags", "probe", "address", "server_name", "scheme", "path", "status",
        "error", "phase", "fault", "elapsed_ms", "phases_ms", "connection", "http_version",
        "body_bytes", "redirects", "dns", "tls", "checks", "attempts", "lateness_ms",
    ]

    @Test func `An outcome in which nothing happened has every key`() throws {
        let object = try Self.object(Self.outcome())
        // Two more than the contract: the failure in words, and whether a check saw part of a body.
        #expect(Set(object.keys) == Self.always.union(["detail", "body_cut"]))
        #expect(object["time"] as? String == "2026-11-25T02:43:02.125Z")
        #expect(object["target"] as? String == "front \"door\"")
        #expect(object["tags"] as? [String: String] == ["team": "core", "a": "é\n"])
        #expect(object["probe"] as? String == "warm")
        #expect(object["address"] as? String == "[2001:db8::1]:8443")
        #expect(object["server_name"] as? String == "monitor.test")
        #expect(object["scheme"] as? String == "https")
        #expect(object["path"] as? String == "/health?x=1")
        #expect(object["status"] as? Int == -1)
        #expect(object["error"] as? String == "noerror")
        for key in ["phase", "fault", "detail", "connection", "http_version", "dns", "tls"] {
            #expect(object[key] is NSNull, "\(key)")
        }
        #expect((object["phases_ms"] as? [String: Any])?.isEmpty == true)
        #expect(object["redirects"] as? Int == 0)
        #expect(object["attempts"] as? Int == 1)
        #expect(object["lateness_ms"] as? Double == 1.5)
    }

    @Test func `A phase that did not happen is absent, and one that took no time is not`() throws {
        var outcome = Self.outcome()
        outcome.phases[.send] = .zero
        outcome.phases[.wait] = .microseconds(1250)
        outcome.phases[.tls] = .seconds(1)
        outcome.phases[.tls] = nil
        let phases = try Self.object(outcome)["phases_ms"] as? [String: Double]
        #expect(phases == ["send": 0, "wait": 1.25])
        for phase in ProbePhase.allCases { outcome.phases[phase] = .milliseconds(2) }
        let all = try #require(try Self.object(outcome)["phases_ms"] as? [String: Double])
        #expect(Set(all.keys) == ["resolve", "connect", "tls", "send", "wait", "receive"])
    }

    @Test func `A full outcome has every fact`() throws {
        var outcome = Self.outcome()
        outcome.status = 503
        outcome.failure = ProbeFailure(.checkFailed, phase: .receive, detail: "503, \u{1b}[31m")
        outcome.connection = ConnectionFacts(
            reused: true, age: .milliseconds(2500), requests: 7,
            endpoints: ConnectionEndpoints(local: "[::1]:5", peer: "[::1]:6"))
        outcome.httpVersion = .http11
        outcome.hops = [RedirectHop(url: "http://a/", status: 301, phases: PhaseTimings())]
        outcome.dns = DNSFacts(addresses: ["::1"], changed: true, cached: false)
        let end = WallTime(year: 2027, month: 1, day: 2)
        outcome.tls = TLSFacts(
            version: .tls13, cipher: "TLS_AES_128_GCM_SHA256", verified: false,
            certificate: CertificateFacts(
                notBefore: end, notAfter: end, chainNotAfter: end, subject: "CN=a", issuer: "CN=b",
                dnsNames: ["a", "b"], serial: "1f", key: "EC P-256", fingerprint: "00"))
        outcome.checks = [CheckResult(name: "status", passed: false, detail: "503")]
        let object = try Self.object(outcome)
        #expect(Set(object.keys).isSuperset(of: Self.always.union(["hops"])))
        #expect(object["error"] as? String == "check_failed")
        #expect(object["phase"] as? String == "receive")
        #expect(object["fault"] as? String == "target")
        #expect(object["detail"] as? String == "503, \u{1b}[31m")
        let connection = try #require(object["connection"] as? [String: Any])
        #expect(Set(connection.keys) == ["reused", "age_ms", "requests", "local", "peer"])
        #expect(connection["age_ms"] as? Double == 2500)
        let hops = try #require(object["hops"] as? [[String: Any]])
        #expect(hops.map { Set($0.keys) } == [["url", "status", "phases_ms"]])
        let dns = try #require(object["dns"] as? [String: Any])
        #expect(Set(dns.keys) == ["addresses", "changed", "cached"])
        let tls = try #require(object["tls"] as? [String: Any])
        #expect(
            Set(tls.keys).isSuperset(of: [
                "version", "cipher", "verified", "not_after", "subject", "issuer", "dns_names",
            ]))
        #expect(tls["version"] as? String == "TLS 1.3")
        #expect(tls["verified"] as? Bool == false)
        #expect(tls["not_after"] as? String == "2027-01-02T00:00:00.000Z")
        let checks = try #require(object["checks"] as? [[String: Any]])
        #expect(checks.map { Set($0.keys) } == [["name", "passed", "detail"]])
    }

    @Test func `The error classes are the closed list`() {
        #expect(
            Set(ProbeErrorClass.allCases.map(\.rawValue)) == [
                "noerror", "req_build", "dns_not_found", "dns_failed", "connect_refused",
                "connect_timeout", "connect_unreachable", "connect_reset", "tls_untrusted",
                "tls_expired", "tls_not_yet_valid", "tls_wrong_name", "tls_weak_key",
                "tls_client_certificate", "tls_handshake", "timeout", "reset", "closed_early",
                "malformed_response", "headers_too_large", "body_too_large", "bad_encoding",
                "too_many_redirects", "check_failed", "no_descriptors", "pool_exhausted",
                "stream_reset", "goaway", "cancelled",
            ])
        for error in ProbeErrorClass.allCases {
            #expect((error.usualFault == nil) == (error == .noError))
            #expect(ProbeErrorClass.allCases[error.ordinal] == error)
        }
        #expect(
            Set(Fault.allCases.map(\.rawValue)) == ["target", "network", "configuration", "us"])
    }

    @Test func `Every text survives the writer`() throws {
        for text in ["", "\"\\/\u{0}\u{1f}\u{7f}\u{2028}", "é😀\n\r\t", "\u{fffd}"] {
            var json = JSONWriter()
            json.array { $0.string(text) }
            let value = try JSONSerialization.jsonObject(with: Data(json.bytes))
            #expect(value as? [String] == [text])
        }
    }

    @Test func `A secret is shown by nothing`() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump(Credentials.basic(username: "u", password: secret), to: &dumped)
        #expect(!(dumped + "\(secret)" + String(reflecting: secret)).contains("hunter2"))
        #expect(secret.revealed == "hunter2")
    }

    @Test func `A target's URL leaves the default port out`() {
        #expect(Self.target().url == "https://monitor.test:8443/health?x=1")
        #expect(Self.target().authority == "monitor.test:8443")
        #expect(Target(address: "::1").url == "http://[::1]/")
        #expect(Target(address: "10.0.0.1", port: 443, scheme: .https).authority == "10.0.0.1")
    }
}

struct JSONWriterTests {
    @Test func `what could move a cursor or turn a line around leaves as an escape`() {
        var json = JSONWriter()
        json.string("a\u{1B}[2J\u{9B}31m\u{202E}\u{2066}\u{200F}\u{FEFF}\u{7F} é 漢 \u{1F40D}")
        #expect(
            json.text
                == #""a\u001b[2J\u009b31m\u202e\u2066\u200f\ufeff\u007f é 漢 "#
                + "\u{1F40D}\"")
    }
}
