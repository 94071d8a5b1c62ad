import Foundation
import TestWorlds
import Testing

@Suite struct `sockeye run` {
    @Test func `probes for two seconds on one connection and ends with 0`() async throws {
        try await withRealServer(.nginx()) { server in
            let result = try await Sockeye.run([
                "run", server.url(), "--interval", "100ms", "--for", "2s", "--json",
            ])
            #expect(result.status == 0, "\(result.output)")
            let objects = result.objects
            #expect(objects.count > 1, "\(result.output)")
            #expect(objects.allSatisfy { $0["error"] as? String == "noerror" })
            let reused = objects.map { ($0["connection"] as? [String: Any])?["reused"] as? Bool }
            #expect(reused.first == false)
            #expect(reused.dropFirst().allSatisfy { $0 == true }, "\(reused)")
            let records = try await server.accessRecords(atLeast: objects.count)
            #expect(records.count == objects.count)
            #expect(records.requestsByConnection.count == 1)
        }
    }

    @Test func `reads a changed file on SIGHUP and keeps the connection of what stayed`()
        async throws
    {
        try await withRealServer(.nginx()) { server in
            try await withRealServer(.nginx()) { other in
                let world = try World(server)
                defer { world.child.stop() }
                try await world.waitForRequests(2)
                try world.write(targets: [server.url(), other.url("/large")])
                world.child.send(SIGHUP)
                try await world.child.waitForOutput("it says what changed") {
                    $0.contains("1 added, 0 removed, 0 changed, 1 unchanged")
                }
                #expect(try await !other.accessRecords(atLeast: 1).isEmpty)
                try await world.waitForRequests(2)
                world.child.send(SIGTERM)
                #expect(try await world.child.end(within: .seconds(20)) == 0)
                let connections = server.accessRecords().requestsByConnection
                #expect(connections.count == 1, "\(connections)")
            }
        }
    }

    @Test func `stays as it is when the changed file is wrong, and says so`() async throws {
        try await withRealServer(.nginx()) { server in
            let world = try World(server)
            defer { world.child.stop() }
            try await world.waitForRequests(2)
            try world.directory.write(
                "defaults: { intervall: 1s }\ntargets: [\(server.url("/large"))]\n", to: "c.yml")
            world.child.send(SIGHUP)
            try await world.child.waitForOutput("it says what is wrong") {
                $0.contains("not reloaded") && $0.contains("c.yml:1:13")
            }
            try await world.waitForRequests(2)
            world.child.send(SIGTERM)
            #expect(try await world.child.end(within: .seconds(20)) == 0)
            let records = server.accessRecords()
            #expect(records.allSatisfy { $0.request == "GET / HTTP/1.1" }, "\(records)")
            #expect(records.requestsByConnection.count == 1)
        }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func `ends with 0 and closes its connection while a probe hangs`(signal: Int32)
        async throws
    {
        let server = try await RawServer.start(nil)
        defer { server.stop() }
        let directory = try TemporaryDirectory("run")
        let child = try Sockeye.start(
            ["run", server.url, "--interval", "2s", "--timeout", "2s", "--json"], in: directory)
        defer { child.stop() }
        try await server.waitForRequest()
        child.send(signal)
        // The bound is generous: it tells an end from none, not a fast end from a slow one.
        #expect(try await child.end(within: .seconds(20)) == 0, "\(child.output)")
        #expect(child.output.contains("every connection is closed"), "\(child.output)")
        try await server.waitForClose()
    }

    @Test func `ends when its time is over while thousands of targets refuse`() async throws {
        try await withRealServer(.nginx()) { server in
            let directory = try TemporaryDirectory("run")
            // One origin is kept, the others are refused, and together they are more than the
            // pool can hold.
            let targets = (0..<2000).map {
                "  - http://127.0.\($0 / 250).\($0 % 250 + 1):\(server.port)/"
            }
            let file = try directory.write(
                "defaults: { interval: 1s, timeout: 5s }\ntargets:\n"
                    + targets.joined(separator: "\n") + "\n", to: "many.yml")
            let result = try await Sockeye.run(
                descriptors: 200, ["run", "--config", file, "--for", "1s"])
            #expect(result.status == 0, "\(result.output.suffix(400))")
            #expect(result.output.contains("the descriptor limit binds"))
            #expect(result.output.contains("every connection is closed"))
            #expect(!result.output.contains("no_descriptors"))
        }
    }
}

/// A running worker with a configuration that can change.
private struct World {
    let server: RealServer
    let directory: TemporaryDirectory
    let child: ChildProcess

    init(_ server: RealServer) throws {
        self.server = server
        directory = try TemporaryDirectory("run")
        try Self.write([server.url()], to: directory)
        child = try Sockeye.start(["run", "--config", directory.file("c.yml")], in: directory)
    }

    func write(targets: [String]) throws { try Self.write(targets, to: directory) }

    private static func write(_ targets: [String], to directory: TemporaryDirectory) throws {
        let lines = targets.map { "  - \($0)" }.joined(separator: "\n")
        try directory.write(
            "defaults: { interval: 50ms, timeout: 2s, fresh_every: never }\ntargets:\n\(lines)\n",
            to: "c.yml")
    }

    /// Waits until the server has logged so many requests more.
    func waitForRequests(_ more: Int) async throws {
        let goal = server.accessRecords().count + more
        let clock = ContinuousClock()
        let end = clock.now + .seconds(10)
        while server.accessRecords().count < goal, clock.now < end {
            try await Task.sleep(for: .milliseconds(5))
        }
        try #require(server.accessRecords().count >= goal, "\(child.output)")
    }
}
