import Testing

@testable import Lab

/// What bounds a leak, and what counts what it leaves.
@Suite struct BoundsTests {
    @Test(arguments: [
        (1024, 8.0, 200.0, 896, 89.6), (20_000, 8, 200, 19_872, 200),
        (1_000_000, 1000, 200, 20_000, 16), (64, 1, 200, 1, 0.8),
    ])
    func `A leak stops before the descriptors do, along a steady line`(
        limit: Int, seconds: Double, wanted: Double, connections: Int, pace: Double
    ) {
        let bounds = LeakBounds(duration: .seconds(seconds), descriptorLimit: limit)
        #expect(bounds.connections == connections)
        #expect(abs(bounds.pace(wanted) - pace) < 1e-9)
    }

    @Test func `Rows in TIME_WAIT count for the port on either side`() {
        let table = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt
               0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1
               1: 0100007F:1F90 0100007F:9C40 06 00000000:00000000 03:00000B1A 00000000 0 0 0
               2: 0100007F:9C41 0100007F:1F90 06 00000000:00000000 03:00000B1A 00000000 0 0 0
               3: 0100007F:9C41 0100007F:1F91 06 00000000:00000000 03:00000B1A 00000000 0 0 0
               4: 00000000000000000000000001000000:1F90 0:1 06 00000000:00000000 03:0 0 0 0 0
               5: 0100007F:1F90
            06 06 06 06
            """
        #expect(TimeWaitTable.count(port: 8080, in: Array(table.utf8)) == 3)
        #expect(TimeWaitTable.count(port: 8081, in: Array(table.utf8)) == 1)
        #expect(TimeWaitTable.count(port: 8080, in: []) == 0)
    }

    @Test func `A request is read, or it is none`() {
        #expect(
            LabRequest(head: "GET /a?b HTTP/1.1\r\nHost: x")
                == LabRequest(path: "/a?b", closes: false))
        #expect(
            LabRequest(head: "GET / HTTP/1.1\r\nCONNECTION: Close")
                == LabRequest(path: "/", closes: true))
        #expect(LabRequest(head: "GET / HTTP/1.1\r\nX-Connection: close")?.closes == false)
        #expect(LabRequest(head: "GET  / HTTP/1.1") == nil)
        #expect(LabRequest(head: "get / HTTP/1.1") == nil)
        #expect(LabRequest(head: "GET http://x/ HTTP/1.1") == nil)
    }
}
