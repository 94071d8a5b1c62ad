import Glibc
import TestWorlds
import Testing

@testable import Lab

/// The lab's own server, spoken to byte by byte.
@Suite(.serialized, .noLeakedDescriptors) struct ServerTests {
    @Test func `Answers several requests on one connection, however they are cut`() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            defer { client.end() }
            let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
            client.send(request + request.prefix(9))
            let first = client.receive(untilSuffix: "ok\n")
            #expect(first.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(first.contains("Content-Length: 3\r\n"))
            #expect(!first.contains("Connection: close"))
            client.send(String(request.dropFirst(9)))
            #expect(client.receive(untilSuffix: "ok\n") == first)
            #expect(server.requests == 2)
            #expect(server.accepted == 1)
            #expect(server.open == 1)
        }
    }

    @Test func `Closes after the response when it is asked to`() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            defer { client.end() }
            client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n")
            let answer = client.receive(untilSuffix: nil)
            #expect(answer.contains("\r\nConnection: close\r\n"))
            #expect(answer.hasSuffix("ok\n"))
        }
    }

    @Test func `Sends the large body whole to a client that reads it`() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            defer { client.end() }
            client.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            let answer = client.receive(untilSuffix: nil)
            #expect(answer.utf8.count > LabServer.largeBodyBytes)
            #expect(answer.contains("Content-Length: \(LabServer.largeBodyBytes)\r\n"))
        }
    }

    @Test(arguments: [
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "GET /\r\n\r\n",
        "GET / HTTP/1.1\r\nno colon\r\n\r\n", "GET / HTTP/1.0\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "\r\n\r\n",
        String(repeating: "a", count: LabRequestHandler.headLimit + 1),
    ])
    func `Refuses what the clients of the lab do not send`(request: String) async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            defer { client.end() }
            client.send(request)
            #expect(client.receive(untilSuffix: nil).hasPrefix("HTTP/1.1 400 "))
        }
    }

    @Test func `Keeps idle connections until it is told to close them`() async throws {
        try await withServer { server in
            let client = try RawClient(port: server.port)
            defer { client.end() }
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            _ = client.receive(untilSuffix: "ok\n")
            #expect(server.open == 1)
            await server.closeConnections()
            #expect(client.receive(untilSuffix: nil).isEmpty)
            #expect(server.open == 0)
        }
    }
}

/// A blocking TCP client, for short exchanges on loopback.
private final class RawClient {
    private let descriptor: CInt

    init(port: Int) throws {
        descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try #require(connected == 0)
    }

    func send(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL))
    }

    /// What comes until it ends in `suffix`, or until the connection does.
    func receive(untilSuffix suffix: String?) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count > 0 { bytes += chunk[..<count] }
            let isThere = suffix.map { bytes.suffix($0.utf8.count).elementsEqual($0.utf8) }
            if count <= 0 || isThere == true { return String(decoding: bytes, as: UTF8.self) }
        }
    }

    func end() { close(descriptor) }
}
