import LeakAnalysis
import LinuxKernel

/// One process of a guarded command, between looks.
final class GuardedProcess {
    let pid: Int32
    private var inventory: SocketInventory
    private var last: Snapshot?
    /// The last look, with the one before it as the first of two.
    private(set) var confirmed: Snapshot?

    init(pid: Int32) throws(KernelError) {
        self.pid = pid
        inventory = try SocketInventory(pid: pid)
    }

    /// Looks; throws when it has ended, or may not be looked at.
    func look() throws(KernelError) -> Snapshot {
        let snapshot = try inventory.lookAgain(socketsOnly: true)
        // Another program has nothing to do with what the one before it left.
        let earlier = last.flatMap {
            snapshot.process.runsAnotherProgram(than: $0.process) ? nil : $0
        }
        confirmed = earlier.map { snapshot.confirmed(by: $0) } ?? snapshot
        last = snapshot
        return snapshot
    }

    /// What its last looks say is wrong, and is at least likely.
    var findings: [GuardFinding] {
        guard let confirmed else { return [] }
        return LeakAnalyst.findings(in: confirmed).filter { $0.confidence >= .likely }.map {
            GuardFinding(process: confirmed.process, finding: $0)
        }
    }
}
