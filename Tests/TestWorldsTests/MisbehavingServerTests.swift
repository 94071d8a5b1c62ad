import TestWorlds
import Testing

@Suite(.serialized, .noLeakedDescriptors) struct MisbehavingServerTests {
    /// What a client without any knowledge of HTTP sees: how it ends, and a part of what came.
    static let sights: [ServerFault: (ending: RawClient.Ending, part: String)] = [
        .fullQueue: (.unanswered, ""), .refused: (.refused, ""), .neverAnswer: (.open, ""),
        .resetOnAccept: (.reset, ""), .resetAfterRequest: (.reset, ""),
        .resetInHeaders: (.reset, "Content-"), .resetInBody: (.reset, "\r\n\r\nabc"),
        .closeAfterRequest: (.eof, ""), .closeInHeaders: (.eof, "Content-"),
        .halfCloseInBody: (.eof, "\r\n\r\nabc"), .slowHeaders: (.open, "H"),
        .slowBody: (.open, "\r\n\r\na"), .endlessHeaders: (.enough, "X-More"),
        .hugeField: (.open, "xxx\r\n\r\n"), .lengthTooLong: (.eof, "Length: 10\r\n\r\nabc"),
        .lengthTooShort: (.open, "Length: 2\r\n\r\nokay"),
        .conflictingLengths: (.open, "Length: 2\r\nContent-Length: 3"),
        .badLength: (.open, "Length: two"), .badChunkSize: (.open, "\r\n\r\nzz\r\n"),
        .hugeChunkSize: (.open, "fffffffffffffffff\r\n"),
        .missingChunkEnd: (.open, "2\r\nokNO"), .truncatedChunks: (.eof, "5\r\nab"),
        .gzipBomb: (.open, "Encoding: gzip"), .corruptGzip: (.open, "Encoding: gzip"),
        .truncatedGzip: (.open, "Encoding: gzip"), .unknownCoding: (.open, "zebra"),
        .badStatusLine: (.open, "twohundred"), .http2Frames: (.open, "\u{0}\u{0}\u{6}\u{4}"),
        .sshBanner: (.open, "SSH-2.0"), .endlessContinue: (.enough, "100 Continue"),
        .unaskedUpgrade: (.open, "101 Switching"), .redirectLoop: (.open, "Location: /\r\n"),
        .redirectNowhere: (.open, "Location: http://[bad/"),
        .bodyTooLarge: (.enough, "Length: 99999999"), .idleClose: (.eof, "\r\n\r\nok"),
        .idleReset: (.reset, "\r\n\r\nok"), .staleClose: (.eof, "\r\n\r\nok"),
        .extraResponse: (.open, "okHTTP/1.1 200 OK"), .tlsAlert: (.open, "\u{15}\u{3}\u{3}"),
        .tlsPlain: (.open, "HTTP/1.1 400"), .tlsClose: (.eof, ""), .tlsReset: (.reset, ""),
        .tlsSilent: (.open, ""),
    ]

    /// The endings that come by themselves; the others show by silence.
    private static let ends: Set<RawClient.Ending> = [.eof, .reset, .refused, .enough]

    @Test func `every fault is looked at`() {
        let elsewhere: Set<ServerFault> = [.closeOnAccept, .tlsTruncated, .tlsTruncatedUnframed]
        #expect(Set(Self.sights.keys).union(elsewhere) == Set(ServerFault.allCases))
    }

    @Test(arguments: ServerFault.allCases.filter { sights[$0] != nil })
    func `a raw client sees the fault, and the server counts it`(
        fault: ServerFault
    ) async throws {
        let sight = try #require(Self.sights[fault])
        try await withServer { server in
            #expect(server.fired(fault) == 0)
            let answer = RawClient.talk(
                server.port(of: fault),
                sending: Array(repeating: RawClient.request, count: fault == .staleClose ? 2 : 1),
                until: sight.part, quiet: Self.ends.contains(sight.ending) ? 5000 : 150)
            #expect(answer.ending == sight.ending, "\(answer.text.prefix(300))")
            #expect(answer.bytes.holds(Array(sight.part.utf8)), "\(answer.text.prefix(300))")
            if sight.part.isEmpty { #expect(answer.bytes.isEmpty) }
            let isCounted = fault != .refused && fault != .fullQueue
            #expect(server.fired(fault) == (isCounted ? 1 : 0))
            for other in ServerFault.allCases where other != fault {
                #expect(server.fired(other) == 0, "\(other)")
            }
        }
    }

    /// A request that is unread at the close turns FIN into RST (RFC 1122, section 4.2.2.13).
    @Test func `a close on accept is FIN or RST, without a byte`() async throws {
        try await withServer { server in
            let answer = RawClient.talk(server.port(of: .closeOnAccept), quiet: 5000)
            #expect([.eof, .reset].contains(answer.ending) && answer.bytes.isEmpty)
            #expect(server.fired(.closeOnAccept) == 1)
        }
    }

    @Test func `the healthy port keeps its connection`() async throws {
        try await withServer { server in
            let answer = RawClient.talk(
                server.healthyPort, sending: Array(repeating: RawClient.request, count: 3),
                until: "okHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK")
            #expect(answer.ending == .open, "\(answer.text)")
        }
    }

    /// What Python's `ssl` says when it reads to the end and truncation is an error.
    @Test(arguments: [
        (ServerFault.tlsTruncated, "eof"), (.tlsTruncatedUnframed, "eof"),
        (.tlsAlert, "handshake_failure"),
        (.tlsPlain, "wrong_version_number"), (.tlsClose, "eof"), (.tlsReset, "connectionreset"),
        (.tlsSilent, "timed out"),
    ])
    func `a client with TLS sees the fault`(fault: ServerFault, words: String) async throws {
        guard ChildProcess.isInstalled("python3") else { return print("not tested: no python3") }
        try await withServer { server in
            let said = try python(Self.tlsScript, "\(server.port(of: fault))")
            #expect(said.lowercased().contains(words), "\(said)")
            #expect(said.contains("200 OK") == "\(fault)".hasPrefix("tlsTruncated"), "\(said)")
            #expect(server.fired(fault) == 1)
        }
    }

    /// zlib, which had no part in serving them, agrees on what is wrong with the gzip streams.
    @Test(arguments: [
        (ServerFault.gzipBomb, "20000000 complete"), (.corruptGzip, "error"),
        (.truncatedGzip, "not complete"),
    ])
    func `gzip streams are what they say`(fault: ServerFault, words: String) async throws {
        guard ChildProcess.isInstalled("python3") else { return print("not tested: no python3") }
        try await withServer { server in
            let said = try python(Self.gzipScript, "\(server.port(of: fault))")
            #expect(said.lowercased().contains(words), "\(said)")
        }
    }

    private func withServer(_ body: (MisbehavingServer) async throws -> Void) async throws {
        let server = try await MisbehavingServer.start(
            identity: try TestCertificates.shared().identity(.good))
        do {
            try await body(server)
        } catch {
            try await server.stop()
            throw error
        }
        try await server.stop()
    }

    private func python(_ script: String, _ argument: String) throws -> String {
        let directory = try TemporaryDirectory("client")
        return try ChildProcess.run(
            ["python3", "-S", "-B", "-c", script, argument], outputPath: directory.file("output"))
    }

    private static let tlsScript = #"""
        import socket, ssl, sys
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
        sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 1)
        try:
            secure = context.wrap_socket(sock, suppress_ragged_eofs=False)
            secure.sendall(b"GET / HTTP/1.1\r\nHost: monitor.test\r\n\r\n")
            while True:
                data = secure.recv(65536)
                if not data:
                    break
                print(data.decode())
        except Exception as error:
            print(repr(error))
        """#

    private static let gzipScript = #"""
        import http.client, sys, zlib
        connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]))
        connection.request("GET", "/")
        body = connection.getresponse().read()
        stream = zlib.decompressobj(31)
        try:
            total = len(stream.decompress(body))
            print(total, "complete" if stream.eof else "not complete")
        except zlib.error as error:
            print(error)
        """#
}
