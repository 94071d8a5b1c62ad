import Foundation
import TestWorlds
import Testing

/// Looks at processes that are hardly there.
@Suite(.serialized) struct LifeTests {
    @Test
    func `a process that does not exist is not looked at`() async throws {
        let directory = try TemporaryDirectory("life")
        let child = try await ChurningChild.start(["hold", "1"], in: directory)
        child.stop(signal: SIGKILL, grace: .zero)
        let run = try await Inspector.run(child.id)
        #expect(run.status == 3)
        #expect(run.talk.contains("\(child.id)"), "\(run.talk)")
    }

    @Test
    func `a process that ended and was not reaped is not called healthy`() async throws {
        let directory = try TemporaryDirectory("life")
        let child = try await ChurningChild.start(["hold", "10"], in: directory)
        child.send(SIGKILL)
        try await Self.waitForZombie(child.id)
        let run = try await Inspector.run(child.id)
        if run.status != 3 {
            #expect([0, 1].contains(run.status), "\(run.talk)")
            #expect(try run.inspection().coverage.complete == false)
        }
        child.stop(grace: .zero)
    }

    @Test
    func `a process whose first thread ended is seen, or said not to be`() async throws {
        let directory = try TemporaryDirectory("life")
        let held = 20
        let child = try await ChurningChild.start(["leaderless", "\(held)"], in: directory)
        defer { child.stop(signal: SIGKILL, grace: .zero) }
        try await Self.waitForZombie(child.id)
        let run = try await Inspector.run(child.id)
        if run.status != 3 {
            #expect([0, 1].contains(run.status), "\(run.talk)")
            let inspection = try run.inspection()
            #expect(
                inspection.sockets.total == held || !inspection.coverage.complete,
                "\(inspection.sockets.total) sockets, and nothing is said to be missing")
        }
        #expect(child.isRunning, "the process ended under the look")
    }

    /// Waits until the first thread of a process has ended (proc_pid_stat(5), third field).
    private static func waitForZombie(_ process: pid_t) async throws {
        let clock = ContinuousClock()
        let limit = clock.now + .seconds(10)
        while clock.now < limit {
            let text =
                (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
            let fields = text.split(separator: ")").last?.split(separator: " ")
            if fields?.first == "Z" { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("the first thread of \(process) did not end")
    }
}
