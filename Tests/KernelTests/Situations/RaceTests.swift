import Foundation
import TestWorlds
import Testing

/// Looks at processes that change under them.
@Suite(.serialized) struct RaceTests {
    @Test
    func `fifty looks at a process that churns and forks accuse nobody`() async throws {
        let directory = try TemporaryDirectory("churn")
        let child = try await ChurningChild.start(["everything"], in: directory)
        defer { child.stop(grace: .zero) }
        var ghosts = 0
        for look in 1...50 {
            let run = try await Inspector.run(child.id)
            try #require([0, 1].contains(run.status), "look \(look): \(run.talk)")
            let inspection = try run.inspection()
            ghosts += inspection.sockets.ghosts
            let accusing = inspection.findings.filter(\.accusesOfGhosts)
            #expect(accusing.isEmpty, "look \(look)")
        }
        print("50 looks at a process that churns saw \(ghosts) ghosts and accused nobody")
        #expect(child.isRunning, "the process ended under the looks: \(child.output)")
    }

    @Test
    func `connections end at once while somebody looks`() async throws {
        let directory = try TemporaryDirectory("churn")
        let child = try await ChurningChild.start(["connections"], in: directory)
        for look in 1...20 {
            let run = try await Inspector.run(child.id)
            try #require([0, 1].contains(run.status), "look \(look): \(run.talk)")
        }
        child.send(SIGTERM)
        let lines = try await child.lines("the churn did not end") { $0.contains("longest_ms") }
        #expect(try await child.end() == 0)
        let ended = try JSONDecoder().decode(Ended.self, from: Data(try #require(lines.last).utf8))
        print(
            "\(ended.closed) connections closed under 20 looks, \(ended.late) of them waited for "
                + "their end, \(ended.longest) ms at most")
        #expect(ended.closed > 0)
    }

    private struct Ended: Decodable {
        var closed: Int
        var late: Int
        var longest: Double
        enum CodingKeys: String, CodingKey {
            case closed, late
            case longest = "longest_ms"
        }
    }

    @Test
    func `a process that ends midway gives what was seen, and says so`() async throws {
        let held = 2_000
        var partial = 0
        for delay in stride(from: 0, through: 400, by: 20) {
            let directory = try TemporaryDirectory("churn")
            let child = try await ChurningChild.start(["hold", "\(held)"], in: directory)
            let look = try Inspector.start(child.id, in: directory)
            try await Task.sleep(for: .milliseconds(delay))
            child.stop(signal: SIGKILL, grace: .zero)
            let status = try await look.end()
            let run = Inspector.Run(
                status: status, output: look.output, talk: directory.read("talk"))
            let comment: Comment = "killed after \(delay) ms: status \(status), \(run.talk)"
            #expect([0, 1, 3].contains(status), comment)
            // Nothing was seen: the process was gone before the look began.
            if status == 3 { continue }
            let inspection = try run.inspection()
            if inspection.sockets.total < held {
                #expect(!inspection.coverage.complete, comment)
            }
            if !inspection.coverage.complete {
                partial += 1
                #expect(!inspection.coverage.missing.isEmpty, comment)
            }
        }
        print("\(partial) of 21 looks were cut short by the end of the process")
    }
}
