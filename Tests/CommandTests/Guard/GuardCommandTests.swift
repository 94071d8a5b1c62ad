import Foundation
import TestWorlds
import Testing

/// What a user, and a CI server, sees of `sockeye guard`.
@Suite(.serialized, .noLeakedDescriptors) struct GuardCommandTests {
    /// Makes sockets that are never connected, keeps them for a time, and ends with a status.
    private static func leak(_ count: Int, for seconds: Double = 1.2, status: Int = 0) -> [String] {
        [
            "python3", "-c",
            """
            import socket, sys, time
            held = [socket.socket() for _ in range(\(count))]
            print("the command's own words", flush=True)
            time.sleep(\(seconds))
            sys.exit(\(status))
            """,
        ]
    }

    @Test func `A command that leaks fails, with what was found`() async throws {
        let directory = try TemporaryDirectory("guard")
        let (json, junit) = (directory.file("result.json"), directory.file("result.xml"))
        let run = try await Sockeye.run(
            [
                "guard", "--max-sockets", "10", "--max-ghosts", "5", "--json", json, "--junit",
                junit, "--github-annotations", "--",
            ] + Self.leak(30))
        #expect(run.status == 1, "\(run.output)")
        #expect(run.output.hasPrefix("the command's own words\n"), "\(run.output)")
        #expect(run.output.contains("FAILED: 30 sockets and 30 ghosts at most, in 1 process"))
        #expect(run.output.contains("max-sockets: 30 seen, 10 allowed"))
        #expect(run.output.contains("max-ghosts: 30 seen, 5 allowed"))
        #expect(run.output.contains("[ghost-never-connected, certain]"))
        #expect(
            run.output.contains(
                "::error title=sockeye guard%3A max-sockets::30 seen, 10 allowed%0A"))

        let text = try String(contentsOfFile: json, encoding: .utf8)
        let object = try #require(JSONText.object(text))
        #expect(object["schema"] as? String == "sockeye.guard/1")
        #expect(object["passed"] as? Bool == false)
        #expect(object["command_status"] as? Int == 0)
        let broken = try #require(object["broken"] as? [[String: Any]])
        #expect(broken.map { $0["limit"] as? String } == ["max-sockets", "max-ghosts"])
        #expect(broken.map { $0["seen"] as? Int } == [30, 30])
        #expect(broken.map { $0["allowed"] as? Int } == [10, 5])
        let findings = try #require(object["findings"] as? [[String: Any]])
        #expect(findings.map { $0["rule"] as? String } == ["ghost-never-connected"])

        let counts = try ChildProcess.run(
            [
                "python3", "-c",
                """
                import sys, xml.etree.ElementTree as tree
                root = tree.parse(sys.argv[1]).getroot()
                suite = root.find("testsuite")
                print(suite.get("tests"), suite.get("failures"), suite.get("skipped"),
                      [case.find("failure").get("message") for case in suite])
                """, junit,
            ], outputPath: directory.file("xml"))
        #expect(counts == "2 2 0 ['30 seen, 10 allowed', '30 seen, 5 allowed']\n")
    }

    @Test func `A command that does not leak passes, with its own words`() async throws {
        let run = try await Sockeye.run(
            ["guard", "--max-sockets", "30", "--max-ghosts", "30", "--"] + Self.leak(30))
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("the command's own words"))
        #expect(run.output.contains("passed: 30 sockets and 30 ghosts at most"))
    }

    @Test func `Without a limit nothing may be found`() async throws {
        let leaky = try await Sockeye.run(["guard", "--"] + Self.leak(30))
        #expect(leaky.status == 1, "\(leaky.output)")
        #expect(leaky.output.contains("max-findings: 1 seen, 0 allowed"), "\(leaky.output)")
        let sound = try await Sockeye.run(["guard", "--"] + Self.leak(0))
        #expect(sound.status == 0, "\(sound.output)")
        let allowed = try await Sockeye.run(["guard", "--max-findings", "1", "--"] + Self.leak(30))
        #expect(allowed.status == 0, "\(allowed.output)")
    }

    @Test func `The command's own status wins`() async throws {
        let failed = try await Sockeye.run(
            ["guard", "--max-sockets", "1", "--"] + Self.leak(9, status: 42))
        #expect(failed.status == 42, "\(failed.output)")
        #expect(failed.output.contains("FAILED"))
        let killed = try await Sockeye.run(["guard", "--", "sh", "-c", "kill -9 $$"])
        #expect(killed.status == 137, "\(killed.output)")
    }

    @Test func `What it starts is looked at, also when its parent has ended`() async throws {
        let script = """
            import os, socket, time
            if os.fork() == 0:
                if os.fork() == 0:
                    held = [socket.socket() for _ in range(25)]
                    time.sleep(2)
                os._exit(0)
            os.wait()
            time.sleep(1.5)
            """
        let run = try await Sockeye.run(
            ["guard", "--max-sockets", "20", "--", "python3", "-c", script])
        #expect(run.status == 1, "\(run.output)")
        #expect(run.output.contains("max-sockets: 25 seen, 20 allowed"), "\(run.output)")
    }

    @Test func `Growth is told from what is opened once`() async throws {
        func script(_ body: String) -> [String] {
            [
                "python3", "-c",
                "import socket, time\nheld = [socket.socket() for _ in range(40)]\n"
                    + "for _ in range(40):\n    \(body)\n    time.sleep(0.075)",
            ]
        }
        let words = ["guard", "--max-growth", "60/m", "--every", "100ms", "--"]
        let steady = try await Sockeye.run(words + script("pass"))
        #expect(steady.status == 0, "\(steady.output)")
        let growing = try await Sockeye.run(words + script("held.append(socket.socket())"))
        #expect(growing.status == 1, "\(growing.output)")
        #expect(
            growing.output.contains("a second seen, 1 a second allowed")
                || growing.output.contains("max-growth: "), "\(growing.output)")
    }

    @Test func `What could not be judged is said, and is no failure`() async throws {
        let directory = try TemporaryDirectory("guard")
        let junit = directory.file("result.xml")
        let run = try await Sockeye.run(
            ["guard", "--max-growth", "1", "--settle", "1h", "--junit", junit, "--"]
                + Self.leak(5, for: 0.3))
        #expect(run.status == 0, "\(run.output)")
        #expect(run.output.contains("Nothing was judged: the command ended before it had settled"))
        let text = try String(contentsOfFile: junit, encoding: .utf8)
        #expect(text.contains("skipped=\"1\"") && text.contains("<skipped message="), "\(text)")
    }

    @Test func `A running process is looked at until somebody asks for the result`()
        async throws
    {
        let directory = try TemporaryDirectory("guard")
        let (child, _) = try await PythonScript.start(
            PythonScript.leaking, name: "service.py", in: directory, "20")
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        let json = directory.file("result.json")
        let guarding = try Sockeye.start(
            [
                "guard", "--pid", "\(child.id)", "--max-growth", "1/s", "--every", "100ms",
                "--json",
                json,
            ], in: directory)
        defer { guarding.stop(signal: SIGKILL, grace: .zero) }
        try await Task.sleep(for: .seconds(3))
        guarding.send(SIGTERM)
        #expect(try await guarding.end(within: .seconds(20)) == 1, "\(guarding.output)")
        #expect(child.isRunning)
        let object = try #require(
            JSONText.object(try String(contentsOfFile: json, encoding: .utf8)))
        #expect(object["command_status"] is NSNull)
        #expect(object["passed"] as? Bool == false)
        let short = try await Sockeye.run([
            "guard", "--pid", "\(child.id)", "--max-sockets", "100000", "--for", "300ms",
        ])
        #expect(short.status == 0, "\(short.output)")
        let gone = try await Sockeye.run(["guard", "--pid", "2147483647"])
        #expect(gone.status == 3)
    }

    @Test func `A signal reaches the command, whose status says so`() async throws {
        let directory = try TemporaryDirectory("guard")
        let guarding = try Sockeye.start(
            [
                "guard", "--", "sh", "-c",
                "trap 'echo caught; exit 9' TERM; echo up; while :; do sleep 0.05; done",
            ],
            in: directory)
        defer { guarding.stop(signal: SIGKILL, grace: .zero) }
        try await guarding.waitForOutput("it runs") { $0.contains("up") }
        guarding.send(SIGTERM)
        #expect(try await guarding.end(within: .seconds(20)) == 9, "\(guarding.output)")
        #expect(guarding.output.contains("caught"))
    }

    /// A terminal around a guarded command that counts SIGINT; Ctrl-C goes to both, once.
    private static let terminal = """
        import os, pty, select, sys, time
        pid, master = pty.fork()
        if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
        data, start = b"", time.time()
        sent = False
        while time.time() - start < 25:
            if not sent and b"up" in data:
                os.write(master, b"\\x03")
                sent = True
            if select.select([master], [], [], 0.05)[0]:
                try: chunk = os.read(master, 65536)
                except OSError: break
                if not chunk: break
                data += chunk
        sys.stdout.buffer.write(data)
        print("\\nstatus", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
        """

    @Test func `Ctrl-C reaches the command once`() async throws {
        let directory = try TemporaryDirectory("guard")
        let script = try directory.write(Self.terminal, to: "terminal.py")
        let counting = """
            import signal, sys, time
            count = 0
            def handler(*_):
                global count
                count += 1
            signal.signal(signal.SIGINT, handler)
            print("up", flush=True)
            end = time.time() + 1.5
            while time.time() < end: time.sleep(0.05)
            print("interrupted", count, flush=True)
            """
        let run = try ChildProcess(
            ["python3", script, Sockeye.path, "guard", "--", "python3", "-c", counting],
            outputPath: directory.file("screen"))
        _ = try await run.end(within: .seconds(40))
        #expect(run.output.contains("interrupted 1\r\n"), "\(run.output)")
        #expect(run.output.contains("status 0"), "\(run.output)")
    }

    @Test func `What may not be looked at is no success`() async throws {
        let directory = try TemporaryDirectory("guard")
        let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Sockeye.path]
        func run(_ words: [String]) throws -> (status: Int32, output: String) {
            let child = try ChildProcess(nobody + words, outputPath: directory.file("output"))
            return (child.wait(), child.output)
        }
        guard getuid() == 0, try run(["--version"]).status == 0 else {
            return print("not run: guarding without permission, this needs root and setpriv")
        }
        let refused = try run(["guard", "--pid", "1", "--for", "300ms"])
        #expect(refused.status == 3, "\(refused.output)")
        #expect(refused.output.contains("CAP_SYS_PTRACE"), "\(refused.output)")
        let watch = try run(["watch", "1"])
        #expect(watch.status == 3 && watch.output.contains("CAP_SYS_PTRACE"), "\(watch.output)")
    }

    @Test func `A result that cannot be kept does not hide the command's status`() async throws {
        let full = try await Sockeye.run(
            ["guard", "--json", "/dev/full", "--", "sh", "-c", "exit 7"])
        #expect(full.status == 7, "\(full.output)")
        #expect(full.output.contains("--json /dev/full: No space left on device"))
        let fine = try await Sockeye.run(["guard", "--json", "/dev/full", "--", "true"])
        #expect(fine.status == 2, "\(fine.output)")
    }

    @Test(arguments: [
        ["guard"], ["guard", "--"], ["guard", "--pid", "1", "--", "true"],
        ["guard", "--for", "1s", "--", "true"], ["guard", "--max-sockets", "-1", "--", "true"],
        ["guard", "--max-growth", "fast", "--", "true"],
        ["guard", "--max-growth", "1/d", "--", "true"],
        ["guard", "--max-growth", "-1", "--", "true"],
        ["guard", "--max-growth", "nan", "--", "true"],
        ["guard", "--json", "/nowhere/at/all", "--", "true"],
        ["guard", "--", "no-such-command-at-all"],
    ])
    func `Wrong words are usage, before anything runs`(arguments: [String]) async throws {
        let run = try await Sockeye.run(arguments)
        #expect(run.status == 2, "\(run.output)")
    }
}
