import Foundation
import LeakAnalysis
import LinuxKernel
import Measurements
import TestWorlds
import Testing

/// Looks at a child whose every descriptor is known.
@Suite(.serialized, .noLeakedDescriptors) struct InventoryTests {
    /// What the child knows of one of its sockets.
    struct Known: Decodable {
        var descriptor: Int32
        var inode: UInt64
        var state: String?
        var ghost: String?
        var direction: String
        var local: String?
        var peer: String?
        var unread: UInt32
    }

    struct Facts: Decodable {
        var sockets: [Known]
        var open: Int
        var kinds: [String: Int]
    }

    static let script = """
        known = []
        def note(thing, state, direction, ghost=None, local=None, peer=None, unread=0):
            known.append({"descriptor": thing.fileno(), "inode": inode(thing), "state": state,
                "ghost": ghost, "direction": direction, "local": local, "peer": peer,
                "unread": unread})
        text = lambda place: ("[%s]:%d" if ":" in place[0] else "%s:%d") % place[:2]
        ends = lambda s: {"local": text(s.getsockname()), "peer": text(s.getpeername())}

        server = listen()
        note(server, "LISTEN", "listening", local=text(server.getsockname()))
        client, accepted = connect(server)
        client.sendall(b"12345")
        time.sleep(0.05)
        note(client, "ESTABLISHED", "outbound", **ends(client))
        note(accepted, "ESTABLISHED", "inbound", unread=5, **ends(accepted))
        copy = client.dup()
        note(copy, "ESTABLISHED", "outbound", **ends(client))
        server6 = listen("::1")
        note(server6, "LISTEN", "listening", local=text(server6.getsockname()))
        client6, accepted6 = connect(server6)
        note(client6, "ESTABLISHED", "outbound", **ends(client6))
        note(accepted6, "ESTABLISHED", "inbound", **ends(accepted6))
        waiting, gone = connect(server)
        local = ends(waiting)
        gone.close()
        time.sleep(0.05)
        # The other side's end stands in the queue as one number.
        note(waiting, "CLOSE_WAIT", "outbound", unread=1, **local)
        never = socket.socket()
        note(never, "CLOSE", "none", ghost="never_connected", local="0.0.0.0:0")
        bound = socket.socket()
        bound.bind(("127.0.0.1", 0))
        note(bound, "BOUND", "none", ghost="bound_only", local=text(bound.getsockname()))
        udp = socket.socket(type=socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        note(udp, "UNCONNECTED", "none", local=text(udp.getsockname()))
        named = socket.socket(socket.AF_UNIX)
        named.bind("\\0sockeye test %d" % os.getpid())
        named.listen(3)
        note(named, "LISTEN", "listening", local="@sockeye test %d" % os.getpid())
        one, other = socket.socketpair()
        note(one, "ESTABLISHED", "unknown")
        note(other, "ESTABLISHED", "unknown")
        reader, writer = os.pipe()
        import select
        poll = select.epoll()
        files = [open("/etc/passwd") for _ in range(40)]
        folder = os.open("/", os.O_RDONLY)
        kinds = {"socket": len(known), "pipe": 2, "eventpoll": 1, "directory": 1}
        say({"sockets": known, "kinds": kinds,
            "open": len(os.listdir("/proc/self/fd")) - 1})
        hold()
        """

    @Test func `Every socket is what the child knows it is`() async throws {
        let (child, facts) = try await PythonChild.start(Self.script, says: Facts.self)
        var inventory = try SocketInventory(pid: child.id)
        let snapshot = try inventory.inspect()
        #expect(snapshot.coverage.isComplete, "\(snapshot.coverage.missing)")
        #expect(snapshot.sockets.count == facts.sockets.count)
        for known in facts.sockets {
            let found = snapshot.sockets.filter { $0.descriptor == known.descriptor }
            let socket = try #require(found.first)
            let comment: Comment = "descriptor \(known.descriptor)"
            #expect(found.count == 1, comment)
            #expect(socket.inode == known.inode, comment)
            #expect(socket.state?.rawValue == known.state, comment)
            #expect(socket.ghost?.rawValue == known.ghost, comment)
            #expect(socket.direction.rawValue == known.direction, comment)
            #expect(socket.local?.description == known.local, comment)
            #expect(socket.peer?.description == known.peer, comment)
            #expect(socket.receiveQueue == known.unread, comment)
        }
        child.end()
    }

    @Test func `Descriptors are counted by kind, and what is open many times is named`()
        async throws
    {
        let (child, facts) = try await PythonChild.start(Self.script, says: Facts.self)
        var inventory = try SocketInventory(pid: child.id)
        let tally = try inventory.look().descriptors
        #expect(tally.open == facts.open)
        #expect(tally.byKind.values.reduce(0, +) == facts.open)
        for (name, count) in facts.kinds {
            let kind = try #require(DescriptorKind(rawValue: name))
            #expect(tally.count(kind) == count, "\(name)")
        }
        #expect(tally.count(.file) >= 40)
        let repeated = tally.repeated.first { $0.target == "/etc/passwd" }
        #expect(repeated?.count == 40)
        #expect(repeated?.kind == .file)
        #expect(Int(tally.highest) >= tally.open - 1)
        let soft = try #require(tally.softLimit)
        #expect(soft > 0 && tally.hardLimit.map { $0 >= soft } == true)
        child.end()
    }

    @Test func `Two descriptors of one socket are two rows of one inode`() async throws {
        let (child, facts) = try await PythonChild.start(Self.script, says: Facts.self)
        let shared = Dictionary(grouping: facts.sockets, by: \.inode).filter { $0.value.count > 1 }
        let pair = try #require(shared.values.first)
        var inventory = try SocketInventory(pid: child.id)
        let rows = try inventory.look().sockets.filter { $0.inode == pair[0].inode }
        #expect(Set(rows.map(\.descriptor)) == Set(pair.map(\.descriptor)))
        #expect(rows.count == 2 && rows[0].state == rows[1].state && rows[0].peer == rows[1].peer)
        child.end()
    }

    @Test func `Who the process is`() async throws {
        let (child, _) = try await PythonChild.start(
            "say({}); hold()", says: [String: Int].self)
        var inventory = try SocketInventory(pid: child.id)
        let facts = try inventory.look().process
        #expect(facts.pid == child.id)
        #expect(facts.runtime == .python)
        #expect(facts.name.hasPrefix("python"))
        #expect(facts.executable?.contains("python") == true)
        #expect(facts.threads == 1)
        #expect(facts.processors >= 1)
        #expect(facts.startTicks > 0)
        #expect(facts.uptime >= 0 && facts.uptime < 60)
        #expect(facts.networkNamespace != nil)
        child.end()
    }

    @Test func `Two hundred looks leave nothing open here, and nothing changed there`()
        async throws
    {
        let (child, _) = try await PythonChild.start(Self.script, says: Facts.self)
        let before = try child.descriptors()
        var plan = InspectionPlan()
        plan.settle = .milliseconds(2)
        plan.pause = .milliseconds(1)
        var totals: Set<Int> = []
        for _ in 0..<100 {
            var inventory = try SocketInventory(pid: child.id)
            totals.insert(try inventory.inspect(plan).sockets.count)
            totals.insert(try inventory.look().sockets.count)
        }
        #expect(totals.count == 1)
        #expect(try child.descriptors() == before)
        #expect(child.process.isRunning)
        child.end()
    }

    @Test func `Three thousand sockets are all there`() async throws {
        let script = """
            import resource
            soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
            held = []
            try:
                server = listen(backlog=1024)
                held.append(server)
                while len(held) < 1001: held.extend(connect(server))
                while len(held) < 1501: held.append(socket.socket())
                while len(held) < 2001: held.extend(socket.socketpair())
                while len(held) < 3000: held.append(socket.socket(type=socket.SOCK_DGRAM))
                for one in held[2003:]: one.bind(("127.0.0.1", 0))
            except OSError as error:
                say({"held": len(held), "error": error.errno}); hold()
            say({"held": len(held), "error": 0})
            hold()
            """
        let (child, facts) = try await PythonChild.start(script, says: [String: Int].self)
        guard facts["error"] == 0 else {
            print("not run: the child may hold no more than \(facts["held"] ?? 0) sockets")
            return
        }
        var inventory = try SocketInventory(pid: child.id)
        let snapshot = try inventory.inspect()
        #expect(snapshot.coverage.isComplete, "\(snapshot.coverage.missing)")
        #expect(snapshot.sockets.count == 3_000)
        #expect(Set(snapshot.sockets.map(\.descriptor)).count == 3_000)
        let tcp = snapshot.sockets.filter { $0.transport == .tcp }
        #expect(tcp.count { $0.state == .established } == 1_000)
        #expect(tcp.count { $0.direction == .outbound } == 500)
        #expect(tcp.count { $0.direction == .inbound } == 500)
        #expect(tcp.count { $0.ghost == .neverConnected } == 500)
        #expect(snapshot.sockets.count { $0.family == .unix } == 500)
        let udp = snapshot.sockets.filter { $0.transport == .udp }
        #expect(udp.count { $0.ghost == nil } == 997)
        #expect(udp.count { $0.ghost == .neverConnected } == 2)
        child.end()
    }

    @Test(.enabled(if: Rights.mayEnterNamespaces))
    func `A process in another network namespace is seen in its own`() async throws {
        let (child, facts) = try await PythonChild.start(
            """
            import subprocess
            try:
                subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            except (OSError, subprocess.CalledProcessError):
                import fcntl, struct
                with socket.socket() as s:
                    # SIOCSIFFLAGS: IFF_UP
                    fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", b"lo", 1))
            server = listen()
            client, accepted = connect(server)
            never = socket.socket()
            say({"server": inode(server), "client": inode(client), "accepted": inode(accepted),
                "never": inode(never), "namespace": os.stat("/proc/self/ns/net").st_ino})
            hold()
            """, prefix: ["unshare", "-n"], says: [String: UInt64].self)
        var inventory = try SocketInventory(pid: child.id)
        let snapshot = try inventory.inspect()
        #expect(snapshot.coverage.isComplete, "\(snapshot.coverage.missing)")
        #expect(snapshot.process.networkNamespace == facts["namespace"])
        let states = Dictionary(
            snapshot.sockets.map { ($0.inode, $0) }, uniquingKeysWith: { first, _ in first })
        #expect(states.count == 4)
        #expect(facts["server"].flatMap { states[$0] }?.state == .listening)
        #expect(facts["client"].flatMap { states[$0] }?.direction == .outbound)
        #expect(facts["accepted"].flatMap { states[$0] }?.direction == .inbound)
        #expect(facts["never"].flatMap { states[$0] }?.ghost == .neverConnected)
        // We are where we were.
        #expect(try Self.ownNamespace() != facts["namespace"])
        child.end()
    }

    private static func ownNamespace() throws -> UInt64 {
        var status = stat()
        try #require(stat("/proc/thread-self/ns/net", &status) == 0)
        return UInt64(status.st_ino)
    }
}
