import LeakAnalysis
import LinuxKernel

/// What the processes of a trace have open at its end.
struct TraceLooks {
    /// The process that was named, or that was started.
    let target: Int32
    /// When, on the clock of the events, in nanoseconds.
    let end: UInt64
    /// By process; those that have ended, or may not be looked at, are missing.
    private(set) var snapshots: [Int32: Snapshot] = [:]
    /// What is wrong with the target.
    private(set) var findings: [Finding] = []

    /// A look that somebody else took, of the target alone.
    init(_ snapshot: Snapshot, target: Int32, end: UInt64) {
        self.target = target
        self.end = end
        snapshots[target] = snapshot
    }

    init(of pids: [Int32], target: Int32, end: UInt64) {
        self.target = target
        self.end = end
        for pid in pids {
            guard var inventory = try? SocketInventory(pid: pid) else { continue }
            snapshots[pid] = try? inventory.look()
        }
        guard pids.contains(target), var inventory = try? SocketInventory(pid: target),
            let snapshot = try? inventory.inspect()
        else { return }
        findings = LeakAnalyst.findings(in: snapshot)
    }
}
