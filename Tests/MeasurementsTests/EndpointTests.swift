import Measurements
import Testing

/// Endpoints in their order, and times in RFC 3339.
@Suite struct EndpointTests {
    @Test func `Endpoints are ordered by their numbers`() {
        let v6 = (0..<16).map { UInt8($0) }
        let sorted = [
            IPEndpoint(bytes: [9, 0, 0, 1], port: 9), IPEndpoint(bytes: [10, 0, 0, 1], port: 80),
            IPEndpoint(bytes: [10, 0, 0, 1], port: 443), IPEndpoint(bytes: v6, port: 1),
            IPEndpoint(bytes: v6, port: 2),
        ]
        #expect(sorted.reversed().sorted() == sorted)
        #expect(!(sorted[0] < sorted[0]))
    }

    @Test(arguments: [0, 1_800_000_000, -1, 951_782_400, 4_102_444_799] as [Int64])
    func `A time comes back from its text`(seconds: Int64) {
        let time = WallTime(unixSeconds: seconds) + .milliseconds(125)
        #expect(WallTime(rfc3339: time.rfc3339) == time)
    }

    @Test(arguments: [
        "", "2026-11-25", "2026-11-25T02:43:02Z", "2026-11-25T02:43:02.125+01:00",
        "2026-11-25 02:43:02.125Z", "2026-02-30T02:43:02.125Z", "2026-13-01T02:43:02.125Z",
        "2026-11-25T24:43:02.125Z", "2026-11-25T02:43:60.125Z", "2O26-11-25T02:43:02.125Z",
        "2026-11-25T02:43:02.12é", "+026-11-25T02:43:02.125Z",
    ])
    func `Every other form is refused`(text: String) {
        #expect(WallTime(rfc3339: text) == nil)
    }
}
