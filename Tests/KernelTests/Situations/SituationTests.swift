import Foundation
import TestWorlds
import Testing

/// Every situation of a socket, made for real and compared with what the product says of it.
@Suite(.serialized) struct SituationTests {
    /// Fewer would mean that the test lost its ground, not that the kernel lacks something.
    static let fewest = 35

    @Test
    func `every situation has its right name, and the process does not notice`() async throws {
        guard Rights.has([.networkAdministration, .rawSockets], for: "the situation table")
        else { return }
        let child = try await SituationChild.start()
        #expect(child.situations.count { $0.isSocket } >= Self.fewest)
        // Three looks change no more than one.
        for _ in 0..<3 {
            let run = try await Inspector.run(child.process.id)
            let inspection = try run.inspection()
            #expect([0, 1].contains(run.status), "\(run.talk)")
            #expect(inspection.coverage.complete, "\(inspection.coverage.missing)")
            child.compare(inspection)
        }
        try await child.verify()
    }

    @Test
    func `a process in another network namespace is seen from here as from inside`() async throws {
        guard
            Rights.has(
                [.administration, .networkAdministration, .rawSockets],
                for: "the situation table in another network namespace")
        else { return }
        let child = try await SituationChild.start(
            prefix: ["unshare", "-n"], options: ["--own-namespace"])
        #expect(child.situations.count { $0.isSocket } >= Self.fewest)
        let run = try await Inspector.run(child.process.id)
        let inspection = try run.inspection()
        #expect([0, 1].contains(run.status), "\(run.talk)")
        #expect(inspection.coverage.complete, "\(inspection.coverage.missing)")
        child.compare(inspection)
        try await child.verify()
    }
}
