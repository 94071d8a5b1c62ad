import CallSites
import Foundation
import TestWorlds
import Testing

/// Functions of real Pythons, compared with what these say of themselves.
@Suite(.serialized) struct PythonFrameTests {
    @Test func `There is a Python whose frames can be compared`() {
        if PythonWorld.readable.isEmpty { print("not run: frames of Python, there is no Python") }
        for python in PythonWorld.readable { print("frames are compared in \(python)") }
    }

    @Test(arguments: PythonWorld.readable)
    func `Functions, files and lines of every frame are those that Python tells`(
        python: String
    ) throws {
        let program = try #require(
            try WaitingPython(python, PythonPrograms.kinds, name: "prögram.py"))
        var runtime = try #require(try PythonWorld.runtime(of: program.process.id))
        #expect(python.hasSuffix("python\(runtime.version)"))
        let threads = program.threads
        #expect(threads.count == 20, "\(threads.map(\.name))")
        for _ in 0..<2 {
            for thread in threads {
                let frames = runtime.frames(ofThread: thread.number)
                #expect(frames.map(WaitingPython.Frame.init) == thread.frames, "\(thread.name)")
            }
        }
        #expect(runtime.frames(ofThread: 1).isEmpty && runtime.frames(ofThread: -1).isEmpty)
        #expect(runtime.frames(ofThread: .min).isEmpty && runtime.frames(ofThread: 0).isEmpty)
    }

    @Test(arguments: PythonWorld.readable)
    func `Lines of calls in code made by chance are those that Python tells`(
        python: String
    ) throws {
        let seed: UInt64 = 20_261_125
        let program = try #require(
            try WaitingPython(python, PythonPrograms.chains(seed: seed)), "seed \(seed)")
        var runtime = try #require(try PythonWorld.runtime(of: program.process.id))
        var compared = 0
        for thread in program.threads {
            let frames = runtime.frames(ofThread: thread.number).map(WaitingPython.Frame.init)
            compared += frames.count
            for (own, other) in zip(frames, thread.frames) where own != other {
                Issue.record("seed \(seed): \(own) is \(other)")
            }
            #expect(frames.count == thread.frames.count, "\(thread.name)")
        }
        #expect(compared > 12 * 120, "\(compared)")
    }

    @Test(arguments: PythonWorld.readable)
    func `The innermost 256 frames of a deep stack are told`(python: String) throws {
        let program = try #require(try WaitingPython(python, PythonPrograms.deep))
        var runtime = try #require(try PythonWorld.runtime(of: program.process.id))
        let thread = try #require(program.threads.first)
        #expect(thread.frames.count == 402)
        let frames = runtime.frames(ofThread: thread.number).map(WaitingPython.Frame.init)
        #expect(frames == Array(thread.frames.prefix(256)))
    }

    @Test(arguments: PythonWorld.readable)
    func `A child of fork is read as its parent is`(python: String) throws {
        let program = try #require(
            try WaitingPython(python, PythonPrograms.fork, processes: 2))
        let threads = program.threads
        #expect(Set(threads.map(\.process)).count == 2)
        for thread in threads {
            // The main thread's number is the process's.
            var runtime = try #require(try PythonWorld.runtime(of: thread.process))
            let frames = runtime.frames(ofThread: thread.process)
            #expect(frames.map(WaitingPython.Frame.init) == thread.frames)
        }
    }

    @Test(arguments: PythonWorld.readable)
    func `A thread that runs gives whole stacks or none`(python: String) throws {
        let program = try #require(try WaitingPython(python, PythonPrograms.running))
        var runtime = try #require(try PythonWorld.runtime(of: program.process.id))
        let thread = try #require(program.threads.first { $0.name == "runs" })
        var (whole, making) = (0, 0)
        for _ in 0..<3_000 {
            let frames = runtime.frames(ofThread: thread.number)
            guard !frames.isEmpty else { continue }
            whole += 1
            let names = Array(frames.map(\.function).reversed())
            let outer = names.firstIndex(of: "runs").map { Array(names[($0 + 1)...]) }
            let inside = try #require(outer, "\(names)")
            if PythonRuntime.isMakingSocket(frames) { making += 1 }
            guard let first = inside.first else { continue }
            let letter = String(first.prefix(2))
            let own = inside.prefix(3)
            #expect(own.allSatisfy { $0.hasPrefix(letter) }, "\(names)")
            #expect(
                Array(own)
                    == Array(["outer", "middle", "inner"].map { letter + $0 }.prefix(own.count)))
        }
        print("\(python): \(whole) of 3000 readings whole, \(making) of those making a socket")
        #expect(whole > 0)
    }

    @Test(arguments: PythonWorld.readable)
    func `Only frames that make sockets themselves prove that they do`(python: String) throws {
        let program = try #require(try WaitingPython(python, PythonPrograms.sockets))
        var runtime = try #require(try PythonWorld.runtime(of: program.process.id))
        let making = ["accepts": true, "connects": true]
        let threads = program.threads
        #expect(threads.count == 6, "\(threads.map(\.name))")
        for thread in threads {
            let frames = runtime.frames(ofThread: thread.number)
            #expect(frames.map(WaitingPython.Frame.init) == thread.frames, "\(thread.name)")
            #expect(
                PythonRuntime.isMakingSocket(frames) == (making[thread.name] ?? false),
                "\(thread.name) \(frames)")
        }
    }

    @Test func `Functions of the socket module count only where they are the module's`() {
        func isMaking(_ function: String, _ file: String, _ parameters: Int = 1) -> Bool {
            PythonRuntime.isMakingSocket([
                PythonFrame(
                    function: function, file: file, line: 1, address: 4_096, parameters: parameters)
            ])
        }
        let module = "/usr/lib/python3.11/socket.py"
        #expect(isMaking("socket.__init__", module, 5) && isMaking("socketpair", module, 3))
        #expect(isMaking("__init__", "/opt/lib/python3.9/socket.py", 5))
        #expect(isMaking("socket.accept", "/opt/python311.zip/socket.py"))
        #expect(
            isMaking(
                "BaseSelectorEventLoop._accept_connection",
                "/usr/lib/python3.11/asyncio/selector_events.py"))
        #expect(!isMaking("SocketIO.__init__", module, 3) && !isMaking("__init__", module, 3))
        #expect(!isMaking("socket.__init__", "/home/me/socket.py", 5))
        #expect(!isMaking("socket.__init__", "socket.py", 5) && !isMaking("socket.close", module))
        #expect(!isMaking("socket.__init__", "/usr/lib/python3.11/ssl.py", 5))
        #expect(!isMaking("socket.accept", "/me/pythonic/socket.py"))
        #expect(!isMaking("socket.accept", "/me/python3/socket.py"))
        #expect(!PythonRuntime.isMakingSocket([]))
    }

    @Test(arguments: PythonWorld.others)
    func `A version whose layout is not known is refused with the reason`(python: String) throws {
        let program = try #require(
            try WaitingPython(
                python, "open(sys.argv[1] + '/truth-1', 'w')\ntime.sleep(1000)\n"))
        do {
            _ = try PythonWorld.runtime(of: program.process.id)
            // Before 3.7 there is no `_PyRuntime`, so that no file is found at all.
        } catch let reason as PythonUnreadable {
            guard case .version(let version) = reason else {
                Issue.record("\(reason)")
                return
            }
            #expect(python.hasSuffix("python\(version)"))
            #expect("\(reason)" == "the layout of CPython \(version) is not known")
        }
    }
}
