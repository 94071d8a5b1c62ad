import Measurements
import ProbeChecks
import Testing

/// Each check, held and not held.
struct CheckTests {
    @Test func `Without a status check, the status is 200 to 299`() throws {
        for specifications in [[], [CheckSpecification.body(pattern: "well", matches: true)]] {
            let checks = try CompiledChecks(specifications, using: PlainText())
            #expect(checks.evaluate(evidence { $0.status = 299 }).firstFailure == nil)
            let (results, failure) = checks.evaluate(evidence { $0.status = 300 })
            #expect(results.count == specifications.count + 1)
            #expect(
                failure == CheckResult(name: "status", passed: false, detail: "300, expected 2xx"))
        }
        let own = try CompiledChecks([.status([404...404])], using: PlainText())
        #expect(own.evaluate(evidence { $0.status = 404 }).results.map(\.passed) == [true])
    }

    @Test func `Every check is judged, in order, and the first that fails is named`() throws {
        let checks = try CompiledChecks(
            [
                .status([200...200]), .body(pattern: "missing", matches: true),
                .header(name: "VIA", pattern: "b", matches: true, allowMissing: false),
                .maximumElapsed(.milliseconds(10)),
            ], using: PlainText())
        let (results, failure) = checks.evaluate(evidence())
        #expect(results.map(\.name) == ["status", "body", "header via", "elapsed"])
        #expect(results.map(\.passed) == [true, false, true, false])
        #expect(failure == results[1])
        #expect(checks.needsBody)
        #expect(try !CompiledChecks([.status([200...200])], using: PlainText()).needsBody)
    }

    @Test(arguments: [
        ("200", "200"), ("2xx", "2xx"), ("2XX", "2xx"), ("200-299", "2xx"),
        ("200, 301-308", "200,301-308"),
        ("100-599", "100-599"), ("5xx,404", "5xx,404"),
    ])
    func `Status ranges are read and written`(text: String, written: String) throws {
        let ranges = try #require(HTTPStatusRanges.parse(text))
        #expect(HTTPStatusRanges.describe(ranges) == written)
        #expect(HTTPStatusRanges.parse(written) == ranges)
    }

    @Test(arguments: [
        "", ",", "200,", "99", "600", "0xx", "6xx", "xx", "2x", "299-200", "200-", "-200",
        "200-250-299", "abc", "+2xx", "2xxx",
    ])
    func `What is no range of statuses is refused`(text: String) {
        #expect(HTTPStatusRanges.parse(text) == nil)
    }

    @Test func `The body matches, or must not`() throws {
        #expect(try complaint(.body(pattern: "is well", matches: true)) == nil)
        #expect(try complaint(.body(pattern: "bad", matches: false)) == nil)
        #expect(
            try complaint(.body(pattern: "bad", matches: true))
                == "no match for \"bad\" in 11 bytes")
        #expect(
            try complaint(.body(pattern: "well", matches: false))
                == "\"well\" matches, and must not")
    }

    /// What was not kept might have held the match: no verdict is made of its absence in silence.
    @Test func `A cut body is never silent`() throws {
        let cut = evidence { $0.bodyIsCut = true }
        #expect(try complaint(.body(pattern: "well", matches: true), cut) == nil)
        #expect(
            try complaint(.body(pattern: "well", matches: false), cut)
                == "\"well\" matches, and must not")
        let absent = try #require(try complaint(.body(pattern: "bad", matches: true), cut))
        #expect(absent.contains("in the first 11 bytes"))
        #expect(absent.contains("raise limits.kept_bytes"))
        let open = try #require(try complaint(.body(pattern: "bad", matches: false), cut))
        #expect(open.hasPrefix("cannot be decided"))
        #expect(open.contains("raise limits.kept_bytes"))
        for text in ["{}", "[1", "all is well"] {
            let json = try #require(
                try complaint(
                    .json(pointer: "", comparison: .exists),
                    evidence {
                        $0.body = Array(text.utf8)
                        $0.bodyIsCut = true
                    }))
            #expect(json.hasPrefix("cannot be decided"))
        }
    }

    @Test func `A field matches, or must not`() throws {
        func header(_ name: String, _ pattern: String, _ matches: Bool, missing: Bool = false)
            throws -> String?
        {
            try complaint(
                .header(name: name, pattern: pattern, matches: matches, allowMissing: missing))
        }
        #expect(try header("content-type", "text/", true) == nil)
        #expect(try header("via", "b", true) == nil)
        #expect(try header("via", "c", true) == "no match for \"c\" in \"a, b\"")
        #expect(try header("via", "c", false) == nil)
        #expect(try header("via", "a", false) == "\"a\" matches \"a, b\", and must not")
        #expect(try header("age", "1", true) == "the field is absent")
        #expect(try header("age", "1", true, missing: true) == nil)
        #expect(try header("age", "1", false) == nil)
    }

    @Test func `A certificate is valid for some more days`() throws {
        func days(_ wanted: Double, until end: WallTime?) throws -> String? {
            let certificate = end.map {
                CertificateFacts(
                    notBefore: WallTime(unixSeconds: 0), notAfter: $0, chainNotAfter: $0,
                    subject: "", issuer: "", dnsNames: [], serial: "", key: "", fingerprint: "")
            }
            return try complaint(
                .certificateDays(wanted),
                evidence {
                    $0.tls = TLSFacts(
                        version: .tls13, cipher: nil, verified: true, certificate: certificate)
                })
        }
        let end = WallTime(year: 2026, month: 12, day: 5)
        #expect(try days(10, until: end) == nil)
        #expect(try days(10.5, until: end) == "10.0 days left, expected at least 10.5")
        #expect(
            try days(14, until: WallTime(year: 2026, month: 11, day: 24))
                == "-1.0 days left, expected at least 14")
        let ancient = try #require(try days(14, until: WallTime(year: 1, month: 1, day: 1)))
        #expect(ancient.hasPrefix("-127"))
        #expect(try days(14, until: WallTime(year: 9999, month: 12, day: 31)) == nil)
        #expect(try days(1, until: nil) == "the connection has no certificate")
        #expect(try complaint(.certificateDays(1)) == "the connection has no certificate")
    }

    @Test func `The TLS version is new enough`() throws {
        let tls12 = evidence {
            $0.tls = TLSFacts(version: .tls12, cipher: nil, verified: true, certificate: nil)
        }
        #expect(try complaint(.tlsVersion(.tls12), tls12) == nil)
        #expect(try complaint(.tlsVersion(.tls10), tls12) == nil)
        #expect(
            try complaint(.tlsVersion(.tls13), tls12) == "TLS 1.2, expected at least TLS 1.3")
        #expect(try complaint(.tlsVersion(.tls12)) == "the connection has no TLS")
    }

    @Test func `The HTTP version is one of some`() throws {
        #expect(try complaint(.httpVersion(["1.0", "1.1"])) == nil)
        #expect(try complaint(.httpVersion(["1.0", "2"])) == "1.1, expected 1.0 or 2")
        #expect(
            try complaint(.httpVersion(["2"]), evidence { $0.httpVersion = nil })
                == "none, expected 2")
    }

    @Test func `The probe took no longer than allowed`() throws {
        #expect(try complaint(.maximumElapsed(.milliseconds(20))) == nil)
        #expect(
            try complaint(.maximumElapsed(.milliseconds(19)))
                == "20 ms, expected at most 19 ms")
    }

    @Test func `A pattern that is none and a pointer that is none are refused`() {
        #expect(throws: CheckFault(description: "the pattern \"(\": missing )")) {
            _ = try CompiledChecks([.body(pattern: "(", matches: true)], using: PlainText())
        }
        for pointer in ["a", "a/b", "/~", "/~2", "/a~", "#/a"] {
            #expect(throws: CheckFault.self, "\(pointer)") {
                _ = try CompiledChecks(
                    [.json(pointer: pointer, comparison: .exists)], using: PlainText())
            }
        }
    }
}
