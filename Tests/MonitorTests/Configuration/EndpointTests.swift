import ProbeChecks
import Measurements
import Testing

@testable import Monitor

@Suite struct EndpointTests {
    @Test(arguments: [
        ("10.0.0.7", "10.0.0.7", 80), ("10.0.0.7:80", "10.0.0.7", 80),
        ("10.0.0.7:443", "10.0.0.7", 443), ("Monitor.Test:8080", "monitor.test", 8080),
        ("::1", "::1", 80), ("[::1]", "::1", 80), ("[::1]:443", "::1", 443),
        ("2001:db8::7", "2001:db8::7", 80),
    ])
    func `An address has a port or not`(text: String, host: String, port: Int) throws {
        var endpoint = TargetEndpoint()
        try endpoint.setAddress(text)
        var target = Target(address: "")
        try endpoint.apply(to: &target)
        #expect(target.address == host)
        #expect(target.port == port)
        #expect(target.serverName == host)
    }

    @Test(arguments: ["", ":80", "a.test:0", "a.test:70000", "a b", "a/b", "a?b", "u@h", "[::1"])
    func `What is no address is refused`(text: String) {
        var endpoint = TargetEndpoint()
        #expect(throws: TargetEndpoint.Fault.self) { try endpoint.setAddress(text) }
    }

    @Test func `The connection goes to the address, the URL's host stays the name`() throws {
        var endpoint = TargetEndpoint()
        try endpoint.setURL("https://monitor.test:8443/health")
        try endpoint.setAddress("10.0.0.7")
        var target = Target(address: "")
        try endpoint.apply(to: &target)
        #expect(target.address == "10.0.0.7")
        #expect(target.port == 8443)
        #expect(target.serverName == "monitor.test")
        #expect(target.name == "https://monitor.test:8443/health at 10.0.0.7")
    }

    @Test func `A long name has a short identity, and another one another`() throws {
        let path = "/" + String(repeating: "x", count: 2000)
        var ids: Set<String> = []
        for suffix in ["a", "b"] {
            var endpoint = TargetEndpoint()
            try endpoint.setURL("http://a.test\(path)\(suffix)")
            var target = Target(address: "")
            try endpoint.apply(to: &target)
            #expect(target.id.rawValue.utf8.count <= 512)
            ids.insert(target.id.rawValue)
        }
        #expect(ids.count == 2)
    }

    @Test(arguments: [
        ("10.0.0.53", true), ("10.0.0.53:53", true), ("::1", true), ("[::1]", true),
        ("[::1]:5353", true), ("dns.test", false), ("10.0.0.53:0", false), ("10.0.0", false),
        ("", false), (":53", false), ("[10.0.0.53]:99999", false),
    ])
    func `A DNS server is an address`(text: String, isValid: Bool) {
        #expect(NameServerText.isValid(text) == isValid)
    }

    @Test(arguments: [
        ("200", [200...200]), ("2xx", [200...299]), ("200-204, 404", [200...204, 404...404]),
        ("5XX", [500...599]),
    ])
    func `Statuses are read`(text: String, ranges: [ClosedRange<Int>]) {
        #expect(HTTPStatusRanges.parse(text) == ranges)
        #expect(HTTPStatusRanges.parse(HTTPStatusRanges.describe(ranges)) == ranges)
    }

    @Test(arguments: ["", "20", "6xx", "204-200", "200-", "-200", "200,", "abc", "1000", "+20"])
    func `What is no status is refused`(text: String) {
        #expect(HTTPStatusRanges.parse(text) == nil)
    }

    @Test(arguments: [
        ("intervall", "interval"), ("intreval", "interval"), ("timeuot", "timeout"),
        ("zzz", nil), ("", nil),
    ])
    func `The nearest key is the one that was meant`(word: String, nearest: String?) {
        #expect(
            NearestKey.nearest(to: word, among: TargetTemplate.sharedKeys.sorted()) == nearest)
    }
}
