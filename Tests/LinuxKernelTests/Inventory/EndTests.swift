import Foundation
import LeakAnalysis
import LinuxKernel
import Measurements
import TestWorlds
import Testing

/// Processes that end while they are looked at.
@Suite(.serialized, .noLeakedDescriptors) struct EndTests {
    static let holder = """
        held = [socket.socket() for _ in range(20)]
        say({"held": len(held)})
        hold()
        """

    @Test func `A process that has ended is gone, whatever is asked`() async throws {
        let (child, _) = try await PythonChild.start(Self.holder, says: [String: Int].self)
        var inventory = try SocketInventory(pid: child.id)
        #expect(try inventory.look().sockets.count == 20)
        child.end()
        for _ in 0..<3 {
            let error = #expect(throws: KernelError.self) { _ = try inventory.look() }
            #expect(error?.isGone == true, "\(String(describing: error))")
            let second = #expect(throws: KernelError.self) { _ = try inventory.inspect() }
            #expect(second?.isGone == true, "\(String(describing: second))")
        }
        let error = #expect(throws: KernelError.self) { _ = try SocketInventory(pid: child.id) }
        #expect(error?.isGone == true, "\(String(describing: error))")
    }

    @Test func `A process that waits to be reaped is gone`() async throws {
        let (child, facts) = try await PythonChild.start(
            """
            held = [socket.socket() for _ in range(5)]
            pid = os.fork()
            if pid == 0: os._exit(0)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            say({"zombie": pid})
            hold()
            """, says: [String: Int32].self)
        let zombie = try #require(facts["zombie"])
        let error = #expect(throws: KernelError.self) { _ = try SocketInventory(pid: zombie) }
        #expect(error?.isGone == true, "\(String(describing: error))")
        #expect(ProcessFinder.describe(zombie) == nil)
        child.end()
    }

    @Test func `A process that ended between two looks, and was not reaped, is not called healthy`()
        async throws
    {
        let (child, _) = try await PythonChild.start(Self.holder, says: [String: Int].self)
        var inventory = try SocketInventory(pid: child.id)
        child.process.send(SIGKILL)
        try await Self.waitForZombie(child.id)
        let error = #expect(throws: KernelError.self) { _ = try inventory.look() }
        #expect(error?.isGone == true, "\(String(describing: error))")
        child.end()
    }

    /// Waits until a process has ended and nobody has reaped it (proc_pid_stat(5), third field).
    private static func waitForZombie(_ process: Int32) async throws {
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(10)
        while clock.now < limit {
            let text =
                (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            if text.split(separator: ")").last?.split(separator: " ").first == "Z" { return }
            try await Task.sleep(for: .milliseconds(2))
        }
        Issue.record("\(process) did not end")
    }

    @Test(arguments: [-1, 0, Int32.max])
    func `A number that no process has is gone`(pid: Int32) {
        let error = #expect(throws: KernelError.self) { _ = try SocketInventory(pid: pid) }
        #expect(error?.isGone == true, "\(String(describing: error))")
    }

    /// An end at any moment gives what was seen, which says so, or an error that it is gone.
    @Test(arguments: [0, 5, 20, 60, 120, 200, 350])
    func `An end during an inspection is told`(milliseconds: Int) async throws {
        let (child, _) = try await PythonChild.start(
            """
            held = [socket.socket() for _ in range(50)]
            say({"held": len(held)})
            time.sleep(\(milliseconds) / 1000)
            os._exit(0)
            """, says: [String: Int].self)
        do throws(KernelError) {
            var inventory = try SocketInventory(pid: child.id)
            let snapshot = try inventory.inspect()
            #expect(!snapshot.coverage.isComplete)
            #expect(snapshot.sockets.count <= 50)
        } catch {
            #expect(error.isGone, "\(error)")
        }
        child.end()
    }
}
