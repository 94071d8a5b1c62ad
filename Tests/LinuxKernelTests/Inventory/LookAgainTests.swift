import Glibc
import LeakAnalysis
import LinuxKernel
import Measurements
import TestWorlds
import Testing

/// Looks that lean on the look before them see what a whole look sees.
@Suite(.serialized, .noLeakedDescriptors) struct LookAgainTests {
    /// Opens, uses and closes sockets by chance, a batch at each signal, and tells when it is done.
    private static func script(seed: UInt64) -> String {
        """
        import random, struct
        chance = random.Random(\(seed))
        server = listen(backlog=512)
        mine, theirs = [], []

        def pair():
            client, accepted = connect(server)
            if chance.random() < 0.7: client.sendall(b"x"); accepted.recv(1)
            mine.append(client); theirs.append(accepted)
        def never(): mine.append(socket.socket())
        def bound():
            one = socket.socket(); one.bind(("127.0.0.1", 0)); mine.append(one)
        def refused():
            one = socket.socket()
            try: one.connect(("127.0.0.1", 1))
            except OSError: pass
            mine.append(one)
        def reset():
            if not theirs: return
            one = theirs.pop(chance.randrange(len(theirs)))
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); one.close()
        def half():
            if theirs: theirs.pop(chance.randrange(len(theirs))).close()
        def udp():
            one = socket.socket(type=socket.SOCK_DGRAM)
            if chance.random() < 0.5: one.connect(("127.0.0.1", 9))
            mine.append(one)
        def local(): mine.extend(socket.socketpair())
        def file(): mine.append(open("/dev/null"))
        def close():
            if mine: mine.pop(chance.randrange(len(mine))).close()
        def swap():
            # The lowest number that is free is given out next: another socket at the same number.
            if not mine: return
            mine.pop(chance.randrange(len(mine))).close()
            chance.choice([never, pair, bound, udp, file])()
        def first_use():
            idle = [one for one in mine if isinstance(one, socket.socket)
                    and one.type == socket.SOCK_STREAM and one.family == socket.AF_INET]
            for one in idle:
                try:
                    if one.getsockname()[1] == 0:
                        one.connect(server.getsockname()); theirs.append(server.accept()[0]); return
                except OSError: pass

        ops = [pair, pair, pair, never, bound, refused, reset, half, udp, local, file, close, close,
               swap, swap, first_use]
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
        for _ in range(30): chance.choice(ops)()
        say({"ready": 1})
        while True:
            signal.sigwait([signal.SIGUSR1])
            for _ in range(chance.choice([0, 0, 1, 2, 5, 20])): chance.choice(ops)()
            say({"round": 1})
        """
    }

    private static func waitForRound(_ number: Int, _ child: PythonChild) async throws {
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(30)
        while child.process.output.split(separator: "\n").count <= number {
            try #require(child.process.isRunning && clock.now < limit, "\(child.process.output)")
            try await Task.sleep(for: .microseconds(300))
        }
    }

    /// What has to be the same; clocks go on between two looks, and are left out.
    private static func facts(_ snapshot: Snapshot) -> [SocketRecord] {
        snapshot.sockets.map { socket in
            var still = socket
            still.activity = nil
            return still
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `A hundred batches of chance leave no difference`(seed: UInt64) async throws {
        let (child, _) = try await PythonChild.start(
            Self.script(seed: seed), says: [String: Int].self)
        var again = try SocketInventory(pid: child.id)
        var whole = try SocketInventory(pid: child.id)
        for round in 1...100 {
            child.process.send(SIGUSR1)
            try await Self.waitForRound(round, child)
            let (leaning, fresh) = (try again.lookAgain(), try whole.look())
            #expect(
                Self.facts(leaning) == Self.facts(fresh), "seed \(seed), round \(round)")
            #expect(leaning.descriptors == fresh.descriptors, "seed \(seed), round \(round)")
            #expect(leaning.coverage == fresh.coverage)
        }
        child.end()
    }

    /// The one thing that is believed: a number whose socket lives on elsewhere.
    ///
    /// A whole look, at most sixteen later, corrects it; were no look quick, the first would.
    @Test func `A number that was given out anew while its socket lives on is found out`()
        async throws
    {
        let (child, _) = try await PythonChild.start(
            """
            server = listen()
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            say({"server": server.fileno()})
            signal.sigwait([signal.SIGUSR1])
            copy = os.dup(server.fileno())
            other = socket.socket()
            os.dup2(other.fileno(), server.fileno())
            say({"done": 1})
            hold()
            """, says: [String: Int32].self)
        var again = try SocketInventory(pid: child.id)
        _ = try again.lookAgain()
        _ = try again.lookAgain()
        child.process.send(SIGUSR1)
        try await Self.waitForRound(1, child)
        let truth = try again.look()
        var looks = 0
        while looks < 100 {
            looks += 1
            let seen = try again.lookAgain()
            if Self.facts(seen) == Self.facts(truth) { break }
        }
        #expect((2...16).contains(looks), "\(looks)")
        child.end()
    }

    /// A ghost that is believed still grows old.
    @Test func `The clocks of a ghost that is not asked go on`() async throws {
        let (child, _) = try await PythonChild.start(
            """
            import struct
            server = listen()
            client, accepted = connect(server)
            client.sendall(b"x")
            accepted.recv(1)
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            accepted.close()
            say({"ready": 1})
            hold()
            """, says: [String: Int].self)
        var again = try SocketInventory(pid: child.id)
        func ghost(_ snapshot: Snapshot) throws -> TCPActivity {
            try #require(snapshot.sockets.first { $0.ghost == .reset }?.activity)
        }
        var last = try ghost(again.lookAgain()).sinceDataSent
        for _ in 0..<20 {
            try await Task.sleep(for: .milliseconds(15))
            let next = try ghost(again.lookAgain()).sinceDataSent
            #expect(next > last)
            last = next
        }
        child.end()
    }

    /// The kernel empties the table before it says that the process has ended.
    @Test(arguments: 1...5)
    func `A look at a process on its way out shows all of it, or that it is gone`(round: Int)
        async throws
    {
        let (child, _) = try await PythonChild.start(
            """
            weight = bytearray(200_000_000)
            for place in range(0, len(weight), 4096): weight[place] = 1
            held = [socket.socket() for _ in range(900)]
            say({"ready": 1})
            hold()
            """, says: [String: Int].self)
        var inventory = try SocketInventory(pid: child.id)
        var looks = 0
        var isGone = false
        while looks < 100_000, !isGone {
            if looks == 3 + round { child.process.send(SIGKILL) }
            do throws(KernelError) {
                let seen = try inventory.lookAgain()
                #expect(seen.sockets.count == 900 && seen.process.executable != nil)
                #expect(seen.sockets.allSatisfy { $0.ghost == .neverConnected })
                #expect(seen.coverage.isComplete, "\(seen.coverage.missing)")
                looks += 1
            } catch {
                #expect(error.isGone, "\(error)")
                isGone = true
            }
        }
        #expect(isGone && looks > 3)
        child.end()
    }

    @Test(.enabled(if: Rights.mayEnterNamespaces))
    func `A process that goes to another namespace is followed there`() async throws {
        let (child, _) = try await PythonChild.start(
            """
            import ctypes
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            say({"ready": 1})
            signal.sigwait([signal.SIGUSR1])
            if ctypes.CDLL(None).unshare(0x40000000) != 0: sys.exit(1)
            held = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(3)]
            for one in held: one.bind(("0.0.0.0", 0))
            say({"done": 1})
            hold()
            """, says: [String: Int].self)
        var again = try SocketInventory(pid: child.id)
        var whole = try SocketInventory(pid: child.id)
        let before = try again.lookAgain().process.networkNamespace
        child.process.send(SIGUSR1)
        try await Self.waitForRound(1, child)
        for _ in 0..<3 {
            for snapshot in [try again.lookAgain(), try whole.look()] {
                #expect(snapshot.sockets.count == 3 && snapshot.ghosts == 0)
                #expect(snapshot.process.networkNamespace != before)
            }
        }
        child.end()
    }

    @Test func `Without sockets no table is read, when nothing else is wanted`() async throws {
        let (child, _) = try await PythonChild.start("say({}); hold()", says: [String: Int].self)
        var inventory = try SocketInventory(pid: child.id)
        let seen = try inventory.lookAgain(socketsOnly: true)
        #expect(seen.sockets.isEmpty && seen.descriptors.open > 2)
        #expect(seen.descriptors == (try inventory.look().descriptors))
        child.end()
    }

    @Test func `Another program in the same process has its own runtime`() async throws {
        let (child, _) = try await PythonChild.start(
            """
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            say({"ready": 1})
            signal.sigwait([signal.SIGUSR1])
            os.execv("/bin/sleep", ["sleep", "60"])
            """, says: [String: Int].self)
        var inventory = try SocketInventory(pid: child.id)
        #expect(try inventory.lookAgain().process.runtime == .python)
        child.process.send(SIGUSR1)
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(10)
        var process = try inventory.lookAgain().process
        while process.name != "sleep", clock.now < limit {
            process = try inventory.lookAgain().process
        }
        #expect(process.name == "sleep")
        #expect(process.runtime == .native)
        child.end()
    }
}
