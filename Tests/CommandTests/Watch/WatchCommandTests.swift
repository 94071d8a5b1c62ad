import Foundation
import TestWorlds
import Testing

/// What a user sees of `sockeye watch`, and of `sockeye diff` on what it recorded.
@Suite(.serialized, .noLeakedDescriptors) struct WatchCommandTests {
    @Test func `A leak is found and told apart from the healthy, and the fix is seen`()
        async throws
    {
        let directory = try TemporaryDirectory("watch")
        let (leaky, _) = try await PythonScript.start(
            PythonScript.leaking, name: "service.py", in: directory, "10")
        defer { leaky.stop(signal: SIGKILL, grace: .zero) }
        let other = try TemporaryDirectory("watch")
        let (sound, _) = try await PythonScript.start(
            PythonScript.healthy, name: "service.py", in: other)
        defer { sound.stop(signal: SIGKILL, grace: .zero) }
        let (before, after) = (directory.file("before.rec"), directory.file("after.rec"))
        func watch(_ pid: Int32, _ record: String, _ name: String) throws -> ChildProcess {
            try Sockeye.start(
                ["watch", "\(pid)", "--for", "36s", "--record", record], in: directory, name: name)
        }
        let first = try watch(leaky.id, before, "first")
        let second = try watch(sound.id, after, "second")
        let limit = Duration.seconds(90)
        #expect(try await first.end(within: limit) == 1, "\(first.output)")
        #expect(try await second.end(within: limit) == 0, "\(second.output)")

        let lines = first.output.split(separator: "\n")
        #expect(lines.count { $0.contains(" open  ") } == 37, "\(first.output)")
        #expect(lines[0].contains("not yet decidable, ask again in"))
        #expect(first.output.contains("sockets that were never connected, "))
        #expect(first.output.contains("the descriptor limit is reached in "))
        #expect(first.output.contains("37 looks; the time is over"))
        #expect(first.output.contains("recorded 37 looks in "))
        #expect(second.output.contains("not yet decidable"))

        let fixed = try await Sockeye.run(["diff", before, after])
        #expect(fixed.status == 0, "\(fixed.output)")
        #expect(fixed.output.hasPrefix("fixed: "), "\(fixed.output)")
        let worse = try await Sockeye.run(["diff", after, before, "--json"])
        #expect(worse.status == 1)
        let object = try #require(worse.objects.first)
        #expect(object["schema"] as? String == "sockeye.diff/1")
        #expect(object["verdict"] as? String == "worse")
        let same = try await Sockeye.run(["diff", before, before])
        #expect(same.status == 1, "it leaks still: \(same.output)")
        #expect(same.output.hasPrefix("same: "))
    }

    @Test func `Each look is an object, and the end is one`() async throws {
        let directory = try TemporaryDirectory("watch")
        let (child, _) = try await PythonScript.start(
            PythonScript.healthy, name: "watched.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let run = try await Sockeye.run([
            "watch", "watched.py", "--every", "100ms", "--for", "1s", "--json",
        ])
        #expect(run.status == 0, "\(run.output)")
        let objects = run.objects
        #expect(objects.allSatisfy { $0["schema"] as? String == "sockeye.watch/1" })
        let looks = objects.filter { $0["event"] as? String == "look" }
        // On a machine that is held up a look may be left out, and never added.
        #expect((2...11).contains(looks.count))
        let series = try #require(looks.last?["series"] as? [String: Any])
        #expect(series["looks"] as? Int == looks.count)
        #expect(series["sockets"] as? Int == 3)
        #expect(series["pid"] as? Int == Int(child.id))
        #expect(looks.last?["cohorts"] is [Any])
        #expect(objects.last?["event"] as? String == "ended")
        #expect(objects.last?["reason"] as? String == "time_over")
    }

    @Test func `A process is followed through exec to its end`() async throws {
        let directory = try TemporaryDirectory("watch")
        let (child, _) = try await PythonScript.start(
            """
            import os, signal
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            print("ready", flush=True)
            signal.sigwait([signal.SIGUSR1])
            os.execv("/bin/sleep", ["sleep", "60"])
            """, name: "becomes.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let record = directory.file("record")
        let watch = try Sockeye.start(
            ["watch", "\(child.id)", "--every", "50ms", "--record", record], in: directory)
        defer { watch.stop(signal: SIGKILL, grace: .zero) }
        try await watch.waitForOutput("a look") { $0.contains(" open ") }
        child.send(SIGUSR1)
        try await watch.waitForOutput("exec is noticed") { $0.contains("runs another program now") }
        try await watch.waitForOutput("looks go on") { text in
            text.components(separatedBy: "judging begins anew").last?.contains(" open ") == true
        }
        #expect(watch.output.contains("sleep; judging begins anew"), "\(watch.output)")
        child.stop(signal: SIGKILL, grace: .zero)
        #expect(try await watch.end(within: .seconds(20)) == 0)
        #expect(watch.output.contains("the process ended"), "\(watch.output)")
        let diff = try await Sockeye.run(["diff", record, record])
        #expect(diff.output.contains("it holds 2 programs one after another"), "\(diff.output)")
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func `A signal ends it tidily, with a recording that is whole`(signal: Int32) async throws {
        let directory = try TemporaryDirectory("watch")
        let (child, _) = try await PythonScript.start(
            PythonScript.healthy, name: "healthy.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let record = directory.file("record")
        let watch = try Sockeye.start(
            ["watch", "\(child.id)", "--every", "20ms", "--record", record], in: directory)
        defer { watch.stop(signal: SIGKILL, grace: .zero) }
        try await watch.waitForOutput("three looks") {
            $0.components(separatedBy: " open ").count > 3
        }
        let second = try await Sockeye.run(["watch", "\(child.id)", "--record", record])
        #expect(second.status == 2)
        #expect(second.output.contains("another sockeye is writing to it"), "\(second.output)")
        watch.send(signal)
        #expect(try await watch.end(within: .seconds(20)) == 0)
        #expect(watch.output.contains("; stopped"), "\(watch.output)")
        let diff = try await Sockeye.run(["diff", record, record])
        #expect(!diff.output.contains("not whole"), "\(diff.output)")
    }

    @Test func `A recording that was killed at any byte is gone on with`() async throws {
        let directory = try TemporaryDirectory("watch")
        let (child, _) = try await PythonScript.start(
            PythonScript.healthy, name: "healthy.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let record = directory.file("record")
        let words = [
            "watch", "\(child.id)", "--every", "20ms", "--for", "100ms", "--record", record,
        ]
        #expect(try await Sockeye.run(words).status == 0)
        let whole = try Data(contentsOf: URL(fileURLWithPath: record))
        try whole.dropLast(7).write(to: URL(fileURLWithPath: record))
        let diff = try await Sockeye.run(["diff", record, record])
        #expect(diff.output.contains("of a look that is not whole"), "\(diff.output)")
        let again = try await Sockeye.run(words)
        #expect(again.status == 0)
        #expect(again.output.contains("going on with a recording of "), "\(again.output)")
        #expect(again.output.contains("of a look that was not whole are cut off"))
        let healed = try await Sockeye.run(["diff", record, record])
        #expect(!healed.output.contains("not whole"), "\(healed.output)")
    }

    /// Each look that were kept would be 230 kB here.
    @Test func `Watching takes no more memory for more looks`() async throws {
        let directory = try TemporaryDirectory("watch")
        let (child, _) = try await PythonScript.start(
            """
            import socket, time
            held = [socket.socket() for _ in range(750)]
            pairs = [socket.socketpair() for _ in range(40)]
            print("ready", flush=True)
            time.sleep(60)
            """, name: "many.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let watch = try Sockeye.start(
            [
                "watch", "\(child.id)", "--every", "20ms", "--record",
                directory.file("record"),
            ], in: directory)
        defer { watch.stop(signal: SIGKILL, grace: .zero) }
        func resident(after looks: Int) async throws -> Int {
            try await watch.waitForOutput("looks") { text in
                text.utf8.lazy.filter { $0 == UInt8(ascii: "\n") }.count >= looks
            }
            let status = try String(contentsOfFile: "/proc/\(watch.id)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return try #require(line?.split(separator: " ").compactMap { Int($0) }.first)
        }
        let early = try await resident(after: 80)
        let late = try await resident(after: 250)
        #expect(late - early < 12_000, "\(early) kB after 80 looks, \(late) kB after 250")
    }

    @Test func `A file that is something else is left as it is`() async throws {
        let directory = try TemporaryDirectory("watch")
        let (child, _) = try await PythonScript.start(
            PythonScript.healthy, name: "healthy.py", in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let path = try directory.write("precious\n", to: "notes.txt")
        let run = try await Sockeye.run(["watch", "\(child.id)", "--record", path])
        #expect(run.status == 2)
        #expect(run.output.contains("it is there and is no recording"), "\(run.output)")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious\n")
        let nowhere = try await Sockeye.run([
            "watch", "\(child.id)", "--record", directory.file("no/such/folder"),
        ])
        #expect(nowhere.status == 2)
        #expect(nowhere.output.contains("No such file or directory"), "\(nowhere.output)")
    }

    @Test func `What is not there cannot be watched, and leaves no file`() async throws {
        let directory = try TemporaryDirectory("watch")
        let path = directory.file("record")
        let run = try await Sockeye.run(["watch", "2147483647", "--record", path])
        #expect(run.status == 3)
        #expect(run.output.contains("no process has the number"), "\(run.output)")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: [
        ["watch"], ["watch", "1", "--every", "1"], ["watch", "1", "--every", "1ms"],
        ["watch", "1", "--for", "0s"], ["watch", "1", "--for", "soon"],
    ])
    func `Wrong words are usage`(arguments: [String]) async throws {
        #expect(try await Sockeye.run(arguments).status == 2)
    }

    /// A terminal of 80 by 24 around a command, which gets SIGINT after a second and a half.
    private static let terminal = """
        import fcntl, os, pty, select, signal, struct, sys, termios, time
        pid, master = pty.fork()
        if pid == 0:
            os.environ["TERM"] = "xterm"
            time.sleep(0.2)
            os.execv(sys.argv[1], sys.argv[1:])
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        data, sent, start = b"", False, time.time()
        while True:
            if not sent and data.count(b"\\x1b[H") >= 3:
                os.write(master, b"\\x03")
                sent = True
            if select.select([master], [], [], 0.05)[0]:
                try: chunk = os.read(master, 65536)
                except OSError: break
                if not chunk: break
                data += chunk
            if time.time() - start > 25: break
        status = os.waitpid(pid, 0)[1]
        sys.stdout.buffer.write(data)
        print("\\nstatus", os.waitstatus_to_exitcode(status), flush=True)
        """

    @Test func `On a terminal there is a screen, which Ctrl-C leaves tidily`() async throws {
        let directory = try TemporaryDirectory("watch")
        let (child, _) = try await PythonScript.start(
            PythonScript.leaking, name: "leaky.py", in: directory, "50")
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let script = try directory.write(Self.terminal, to: "terminal.py")
        let screen = try ChildProcess(
            ["python3", script, Sockeye.path, "watch", "\(child.id)", "--every", "300ms"],
            outputPath: directory.file("screen"))
        _ = try await screen.end(within: .seconds(40))
        let text = screen.output
        #expect(text.contains("\nstatus 0\n"), "\(text)")
        #expect(text.contains("\u{1B}[?1049h\u{1B}[?25l"), "the alternate screen is entered")
        #expect(text.contains("\u{1B}[?25h\u{1B}[?1049l"), "and left")
        let frames = text.components(separatedBy: "\u{1B}[H").dropFirst()
        #expect(frames.count >= 3)
        let frame = try #require(frames.dropLast().last)
        let drawn = frame.components(separatedBy: "\u{1B}[J")[0]
        let plain = drawn.replacing(try Regex("\u{1B}\\[[0-9;]*[A-Za-z]"), with: "")
        let lines = plain.components(separatedBy: "\r\n")
        #expect(lines.count <= 24 && lines.allSatisfy { $0.count <= 80 }, "\(plain)")
        #expect(lines[0].hasPrefix("python3 (\(child.id)), Python, up "), "\(plain)")
        #expect(plain.contains("ghost, TCP never connected"), "\(plain)")
        #expect(plain.contains("OPENED"), "\(plain)")
        #expect(text.contains("looks; stopped"))
    }
}
