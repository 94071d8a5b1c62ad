import Lab
import Measurements
import TestWorlds
import Testing

/// Each client in this process, against the lab's own server, whose counts are the truth.
@Suite(.serialized, .noLeakedDescriptors) struct ClientTests {
    @Test(arguments: [LabClient.perRequest, .noKeepalive])
    func `A client without reuse opens a connection for every probe and leaks none`(
        client: LabClient
    ) async throws {
        try await withServer { server in
            let result = try await load(client, server, concurrency: 4).run()
            #expect(result.errors.isEmpty)
            #expect(result.probes > 10)
            #expect((result.probes...result.probes + 4).contains(result.connects))
            #expect(server.accepted >= result.connects)
            // Connections whose request was not sent, or is being answered, when all was closed.
            #expect(abs(server.accepted - server.requests) <= 4)
            #expect(result.timeWait > 0)
            #expect(await drops(server, to: 0))
        }
    }

    @Test(arguments: [(LabClient.perRequestIdle, "/"), (.unreadBody, LabServer.largePath)])
    func `A client that leaks holds a connection for every probe`(
        client: LabClient, path: String
    ) async throws {
        try await withServer { server in
            let result = try await load(client, server, path: path).run(holding: { result in
                #expect(result.probes > 10)
                #expect(result.connects >= result.probes)
                #expect(server.open >= result.connects)
                // One connection may not have sent its request yet.
                #expect(server.open >= server.requests - 1, "none was closed")
                #expect(await rises(server, above: server.open), "it goes on")
            })
            #expect(result.errors.isEmpty)
            #expect(await drops(server, to: 0))
        }
    }

    @Test func `Connections that the server closed are no longer held`() async throws {
        try await withServer { server in
            let result = try await load(.perRequestIdle, server).run(holding: { _ in
                let held = server.open
                await server.closeConnections()
                #expect(await drops(server, to: held / 2))
            })
            #expect(result.errors.isEmpty)
        }
    }

    @Test func `The shared client opens no more connections than probes are under way`()
        async throws
    {
        try await withServer { server in
            let result = try await load(.shared, server, concurrency: 4).run(holding: { result in
                let requests = server.requests
                try await Task.sleep(for: .milliseconds(50))
                #expect(server.requests > requests, "it goes on while it is looked at")
                #expect(result.connects <= 4)
            })
            #expect(result.errors.isEmpty)
            #expect(result.probes > 100)
            #expect(server.accepted <= 4)
        }
    }

    @Test(arguments: LabClient.allCases)
    func `A server that is gone is a failed probe, and no storm`(client: LabClient)
        async throws
    {
        let server = try await LabServer.start()
        let target = self.target(server, path: "/")
        try await server.stop()
        // The engine has no rest between failures; a short run is enough for it.
        let load = ClientLoad(
            client: client, target: target, concurrency: 2, duration: .milliseconds(200))
        let result = try await load.run()
        #expect(result.probes > 0)
        #expect(result.errors.map(\.class) == [.connectRefused])
        #expect(result.errors.first?.count == result.probes)
        if client != .shared { #expect(result.probes < 100) }
    }

    @Test func `A path that is not there is a failed check`() async throws {
        try await withServer { server in
            let result = try await load(.perRequest, server, path: "/none").run()
            #expect(result.errors.map(\.class) == [.checkFailed])
        }
    }

    @Test func `What a wasteful client does not know is refused`() async throws {
        var target = Target(address: "127.0.0.1", scheme: .https)
        for client in LabClient.allCases where client != .shared {
            await #expect(throws: ClientLoadFault.self) {
                _ = try await ClientLoad(
                    client: client, target: target, concurrency: 1, duration: .seconds(1)
                ).run()
            }
        }
        target = Target(address: "127.0.0.1")
        target.request.credentials = .bearer(Secret("x"))
        await #expect(throws: ClientLoadFault.self) {
            _ = try await ClientLoad(
                client: .perRequest, target: target, concurrency: 1, duration: .seconds(1)
            ).run()
        }
    }

    // MARK: Parts

    private func target(_ server: LabServer, path: String) -> Target {
        Target(address: "127.0.0.1", port: server.port, path: path)
    }

    private func load(
        _ client: LabClient, _ server: LabServer, concurrency: Int = 1, path: String = "/"
    ) -> ClientLoad {
        ClientLoad(
            client: client, target: target(server, path: path), concurrency: concurrency,
            duration: .milliseconds(500))
    }

    private func rises(_ server: LabServer, above count: Int) async -> Bool {
        for _ in 0..<500 where server.open <= count {
            try? await Task.sleep(for: .milliseconds(10))
        }
        return server.open > count
    }

    private func drops(_ server: LabServer, to count: Int) async -> Bool {
        for _ in 0..<500 where server.open > count {
            try? await Task.sleep(for: .milliseconds(10))
        }
        return server.open <= count
    }
}

/// Runs `body` with a server of the lab and stops it whatever happens.
func withServer(_ body: (LabServer) async throws -> Void) async throws {
    let server = try await LabServer.start()
    do {
        try await body(server)
        try await server.stop()
    } catch {
        try await server.stop()
        throw error
    }
}
