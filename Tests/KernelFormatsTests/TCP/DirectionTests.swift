import KernelFormats
import Measurements
import Testing

/// Which side began.
@Suite struct DirectionTests {
    /// What the numbers say: state, then the answer for 0, 1, 2 and unknown flags.
    static let table: [(SocketState, [SocketDirection?])] = [
        (.established, [.inbound, .outbound, nil, nil]),
        (.closeWait, [.inbound, .outbound, nil, nil]),
        (.finWait1, [nil, nil, .outbound, nil]),
        (.finWait2, [nil, nil, .outbound, nil]),
        (.closing, [nil, nil, .outbound, nil]),
        (.lastAck, [nil, nil, .outbound, nil]),
        (.closed, [nil, nil, .outbound, nil]),
        (.timeWait, [nil, nil, .outbound, nil]),
        (.synSent, [.outbound, .outbound, .outbound, .outbound]),
        (.synReceived, [nil, nil, nil, nil]),
        (.listening, [.listening, .listening, .listening, .listening]),
        (.bound, [nil, nil, nil, nil]),
        (.unconnected, [nil, nil, nil, nil]),
    ]

    private static let numbers: [SocketState: Int] = [
        .established: 1, .synSent: 2, .synReceived: 3, .finWait1: 4, .finWait2: 5, .timeWait: 6,
        .closed: 7, .closeWait: 8, .lastAck: 9, .listening: 10, .closing: 11, .bound: 13,
    ]

    @Test func `Every state is in the table`() {
        #expect(Set(Self.table.map(\.0)) == Set(SocketState.allCases))
    }

    @Test(arguments: table)
    func `The numbers that were acknowledged tell who began`(
        state: SocketState, answers: [SocketDirection?]
    ) throws {
        for (flags, answer) in zip([0, 1, 2, 3] as [UInt64], answers) {
            var bytes = TCPBytes(state: Self.numbers[state] ?? 0)
            bytes.establish(flags: flags)
            let information = try #require(bytes.information)
            #expect(SocketEvidence.direction(information, state: state) == answer, "\(flags)")
            guard state != .unconnected else { continue }
            let evidence = SocketEvidence.tcp(bytes, poll: .dead)
            #expect(evidence.direction == answer, "\(flags)")
        }
    }

    @Test func `Without a handshake nothing tells who began`() {
        #expect(SocketEvidence.tcp(TCPBytes(state: 1), poll: .dead).direction == nil)
        #expect(SocketEvidence.tcp(nil, poll: .dead).direction == nil)
        var strange = TCPBytes(state: 200)
        strange.establish(flags: 1)
        #expect(SocketEvidence.tcp(strange, poll: .dead).direction == nil)
    }

    @Test func `An unread error is POLLERR and nothing else`() {
        var evidence = SocketEvidence(family: .inet, type: .stream, transport: .tcp)
        for bit in 0..<16 {
            evidence.pollEvents = 1 << bit
            #expect(evidence.hasUnreadError == (bit == 3))
        }
    }

    // MARK: By listeners and ports

    static func endpoint(_ text: String) throws -> IPEndpoint {
        try #require(IPEndpoint(testing: text))
    }

    static func listeners(_ texts: [String]) throws -> ListenerSet {
        ListenerSet(try texts.map(endpoint), ephemeralPorts: 32768...60999)
    }

    @Test func `A listener at every address has the port at every address`() throws {
        for any in ["0.0.0.0:80", "[::]:80", "[::ffff:0.0.0.0]:80"] {
            let set = try Self.listeners([any])
            #expect(set.contains(try Self.endpoint("192.0.2.1:80")))
            #expect(set.contains(try Self.endpoint("[2001:db8::1]:80")))
            #expect(!set.contains(try Self.endpoint("192.0.2.1:81")))
        }
    }

    @Test func `A listener at one address has no other`() throws {
        let set = try Self.listeners(["192.0.2.1:80", "[::1]:81"])
        #expect(set.contains(try Self.endpoint("192.0.2.1:80")))
        #expect(set.contains(try Self.endpoint("[::ffff:192.0.2.1]:80")))
        #expect(set.contains(try Self.endpoint("[::1]:81")))
        #expect(!set.contains(try Self.endpoint("192.0.2.2:80")))
        #expect(!set.contains(try Self.endpoint("192.0.2.1:81")))
    }

    @Test(arguments: [
        ("192.0.2.1:80", "192.0.2.9:40000", SocketDirection.inbound),
        ("[::ffff:192.0.2.1]:80", "192.0.2.9:40000", .inbound),
        // Something listens here at the ephemeral port that was given out.
        ("127.0.0.1:40001", "127.0.0.1:80", .outbound),
        ("127.0.0.1:5000", "127.0.0.1:50000", .outbound),
        ("192.0.2.1:40000", "192.0.2.9:443", .outbound),
        ("192.0.2.1:443", "192.0.2.9:40000", .inbound),
        ("192.0.2.1:40000", "192.0.2.9:40001", .unknown),
        ("192.0.2.1:1000", "192.0.2.9:1001", .unknown),
        // The listener of another machine is not known to listen.
        ("192.0.2.1:45000", "192.0.2.9:50000", .unknown),
    ])
    func `Listeners and ports tell who began`(
        local: String, peer: String, direction: SocketDirection
    ) throws {
        let set = try Self.listeners(["192.0.2.1:80", "127.0.0.1:80", "127.0.0.1:50000"])
        #expect(
            set.direction(local: try Self.endpoint(local), peer: try Self.endpoint(peer))
                == direction)
    }

    @Test func `Without another side there is no direction, unless it listens`() throws {
        let set = try Self.listeners(["0.0.0.0:80"])
        #expect(set.direction(local: try Self.endpoint("192.0.2.1:81"), peer: nil) == .none)
        #expect(set.direction(local: try Self.endpoint("192.0.2.1:80"), peer: nil) == .inbound)
    }
}
