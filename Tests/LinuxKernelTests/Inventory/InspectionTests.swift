import Foundation
import LeakAnalysis
import LinuxKernel
import Measurements
import TestWorlds
import Testing

/// What only a second look, or another table, tells.
@Suite(.serialized, .noLeakedDescriptors) struct InspectionTests {
    /// A listener that answers each connection once, then one connection after the other to it.
    private static let churning = """
        import threading
        server = listen(backlog=50)
        def serve():
            while True:
                accepted, _ = server.accept()
                accepted.recv(10)
                accepted.send(b"answer")
                accepted.recv(10)
                accepted.close()
        threading.Thread(target=serve, daemon=True).start()
        say({"port": server.getsockname()[1]})
        while True:
            client = socket.create_connection(server.getsockname())
            client.send(b"ask")
            client.recv(10)
            time.sleep(0.03)
            client.close()
        """

    @Test func `Connections that come and go are churn, to where they went`() async throws {
        let (child, facts) = try await PythonChild.start(
            Self.churning, says: [String: UInt16].self)
        defer { child.end() }
        var inventory = try SocketInventory(pid: child.id)
        var plan = InspectionPlan()
        plan.settle = .seconds(1)
        let snapshot = try inventory.inspect(plan)
        let churn = try #require(snapshot.churn)
        let place = try #require(churn.passedTo.first, "\(churn)")
        #expect(place.peer.port == facts["port"])
        #expect(place.count >= 3, "\(churn)")
        #expect(churn.seconds >= 1)
        #expect(snapshot.ghosts == 0, "\(snapshot.sockets.filter { $0.ghost != nil })")
    }

    @Test func `Connections that stay are no churn`() async throws {
        let (child, _) = try await PythonChild.start(
            """
            server = listen(backlog=50)
            say({"ready": 1})
            held = []
            while len(held) < 100:
                held.append(connect(server))
                time.sleep(0.02)
            hold()
            """, says: [String: Int].self)
        defer { child.end() }
        var inventory = try SocketInventory(pid: child.id)
        let churn = try #require(try inventory.inspect().churn)
        #expect(churn.born > 0)
        #expect(churn.passedTo.isEmpty, "\(churn)")
    }

    @Test func `A ghost that goes between two looks is none`() async throws {
        let (child, _) = try await PythonChild.start(
            """
            held = [socket.socket() for _ in range(1_200)]
            say({"ready": 1})
            time.sleep(0.5)
            for one in held[:1_000]:
                one.close()
            hold()
            """, says: [String: Int].self)
        defer { child.end() }
        var inventory = try SocketInventory(pid: child.id)
        var plan = InspectionPlan()
        plan.settle = .seconds(3)
        let snapshot = try inventory.inspect(plan)
        #expect(snapshot.ghosts == 200)
        #expect(snapshot.descriptors.count(.socket) == 200)
    }

    @Test func `A connection that was shut down and kept has a twin in TIME_WAIT`() async throws {
        let (child, facts) = try await PythonChild.start(
            """
            server = listen()
            def kept(first, second):
                client, accepted = connect(server)
                ends = {"client": client, "accepted": accepted}
                ends[first].shutdown(socket.SHUT_WR)
                time.sleep(0.05)
                ends[second].shutdown(socket.SHUT_WR)
                return client, accepted
            held = [kept("client", "accepted") for _ in range(6)]
            time.sleep(0.1)
            say({"clients": [client.fileno() for client, _ in held]})
            hold()
            """, says: [String: [Int32]].self)
        defer { child.end() }
        var inventory = try SocketInventory(pid: child.id)
        let snapshot = try inventory.look()
        let twins = snapshot.sockets.filter(\.hasTimeWaitTwin).map(\.descriptor)
        // The side that closed second passes through LAST_ACK, and leaves nothing behind.
        #expect(Set(twins) == Set(facts["clients"] ?? []))
        #expect(snapshot.ghosts == 12)
        let rules = Set(Inspection(snapshot).findings.map(\.rule))
        #expect(rules == [.shutdownWithoutClose, .inboundUnclosed])
    }

    @Test(.enabled(if: Rights.mayEnterNamespaces))
    func `A socket of another namespace says of which`() async throws {
        let (child, facts) = try await PythonChild.start(
            """
            import ctypes
            libc = ctypes.CDLL(None, use_errno=True)
            home = os.open("/proc/self/ns/net", os.O_RDONLY)
            assert libc.unshare(0x40000000) == 0, os.strerror(ctypes.get_errno())
            held = [socket.socket() for _ in range(6)]
            there = os.stat("/proc/self/ns/net").st_ino
            assert libc.setns(home, 0) == 0, os.strerror(ctypes.get_errno())
            say({"namespace": there})
            hold()
            """, says: [String: UInt64].self)
        defer { child.end() }
        var inventory = try SocketInventory(pid: child.id)
        let snapshot = try inventory.look()
        let foreign = snapshot.sockets.filter { $0.ghost == .foreignNamespace }
        #expect(foreign.count == 6)
        #expect(Set(foreign.map(\.foreignNamespace)) == [facts["namespace"]])
    }

    /// No ghost is there to be asked again: only the empty table tells.
    @Test func `An end without ghosts is told too`() async throws {
        let (child, _) = try await PythonChild.start(
            """
            servers = [listen() for _ in range(10)]
            say({"ready": 1})
            time.sleep(0.3)
            os._exit(0)
            """, says: [String: Int].self)
        var inventory = try SocketInventory(pid: child.id)
        var plan = InspectionPlan()
        plan.settle = .seconds(3)
        let snapshot = try inventory.inspect(plan)
        #expect(!snapshot.coverage.isComplete)
        #expect(snapshot.sockets.count == 10)
        child.end()
    }
}
