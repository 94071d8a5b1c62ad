import LeakAnalysis
import Measurements
import TestWorlds
import Testing

/// Two looks, of which the earlier confirms the later.
@Suite struct ConfirmationTests {
    private static func looks(
        _ change: (inout Snapshot) -> Void
    ) -> (earlier: Snapshot, confirmed: Snapshot) {
        var world = SnapshotBuilder(seed: 9)
        for _ in 0..<6 { world.addGhost(.neverConnected, to: nil) }
        world.addGhost(.foreignNamespace)
        for _ in 0..<4 {
            world.add(.established) { socket in
                socket.activity?.dataSegmentsOut = 1
                socket.activity?.sinceDataSent = 100
            }
        }
        let earlier = world.snapshot
        world.snapshot.bootTime += .milliseconds(250)
        change(&world.snapshot)
        return (earlier, world.snapshot.confirmed(by: earlier))
    }

    @Test func `What both show stays, and nothing churned`() {
        let (earlier, confirmed) = Self.looks { _ in }
        #expect(confirmed.sockets == earlier.sockets)
        #expect(confirmed.churn?.seconds == 0.25)
        #expect(confirmed.churn?.looks == 2)
        #expect(confirmed.churn?.born == 0 && confirmed.churn?.died == 0)
        #expect(confirmed.churn?.passedTo.isEmpty == true)
    }

    @Test func `A ghost that only the later shows is on its way, unless it is a foreign one`() {
        let (earlier, confirmed) = Self.looks { snapshot in
            // Sockets of another inode at the same numbers.
            for index in 0..<3 { snapshot.sockets[index].inode += 5_000 }
            snapshot.sockets[6].inode += 5_000
        }
        #expect(confirmed.sockets.count == earlier.sockets.count - 3)
        #expect(confirmed.ghosts == 4)
        #expect(confirmed.churn?.born == 4 && confirmed.churn?.died == 4)
        #expect(confirmed.churn?.vanishedGhosts == 4)
    }

    @Test func `A connection that was no ghost before and is one now waits for a third look`() {
        let (_, confirmed) = Self.looks { snapshot in
            snapshot.sockets[7].ghost = .reset
        }
        #expect(!confirmed.sockets.contains { $0.ghost == .reset })
        #expect(confirmed.churn?.born == 0)
    }

    @Test func `Where young connections went is told, and old ones do not count`() {
        let (_, confirmed) = Self.looks { $0.sockets.removeLast(3) }
        #expect(
            confirmed.churn?.passedTo == [PeerCount(peer: SnapshotBuilder.server, count: 3)])
        var world = SnapshotBuilder(seed: 9)
        world.add(.established) { $0.activity?.dataSegmentsOut = 5 }
        world.add(.established) { $0.activity?.sinceDataSent = 2_000 }
        world.add(.established, direction: .inbound)
        world.add(.synSent)
        let earlier = world.snapshot
        world.snapshot.sockets = []
        #expect(world.snapshot.confirmed(by: earlier).churn?.passedTo.isEmpty == true)
        #expect(world.snapshot.confirmed(by: earlier).churn?.died == 4)
    }
}
