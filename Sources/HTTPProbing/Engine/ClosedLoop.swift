import Measurements
import NIOCore

/// A load that keeps a number of probes under way until its time is up: the lab's driver.
///
/// Bound to its loop.
final class ClosedLoop {
    let targets: [CompiledTarget]
    let ends: MonotonicInstant
    let wantsFresh: Bool
    var next = 0
    var underWay = 0
    let completion: () -> Void

    init(
        targets: [CompiledTarget], ends: MonotonicInstant, wantsFresh: Bool,
        completion: @escaping () -> Void
    ) {
        self.targets = targets
        self.ends = ends
        self.wantsFresh = wantsFresh
        self.completion = completion
    }
}

extension ProbeLoop {
    /// Starts a closed loop; one at a time.
    func run(_ closedLoop: ClosedLoop, concurrency: Int) {
        precondition(self.closedLoop == nil, "one closed loop at a time")
        self.closedLoop = closedLoop
        for _ in 0..<concurrency { startNextOfClosedLoop(closedLoop) }
    }

    /// A probe of the closed loop ended: the next one starts, or the loop is over.
    func closedLoopContinues(after outcome: ProbeOutcome) {
        guard let closedLoop else { return }
        closedLoop.underWay -= 1
        if now() < closedLoop.ends {
            if outcome.failure == nil {
                startNextOfClosedLoop(closedLoop)
            } else {
                // A failure can be immediate; through the event loop it cannot recurse.
                let loop = NIOLoopBound(self, eventLoop: eventLoop)
                closedLoop.underWay += 1
                eventLoop.execute {
                    closedLoopRetry(loop.value)
                }
            }
        } else if closedLoop.underWay == 0 {
            self.closedLoop = nil
            flush()
            closedLoop.completion()
        }
    }

    fileprivate func startNextOfClosedLoop(_ closedLoop: ClosedLoop) {
        let compiled = closedLoop.targets[closedLoop.next]
        closedLoop.next = (closedLoop.next + 1) % closedLoop.targets.count
        closedLoop.underWay += 1
        start(
            compiled, wantsFresh: closedLoop.wantsFresh, lateness: .zero,
            origination: .closedLoop, at: now())
    }
}

private func closedLoopRetry(_ loop: ProbeLoop) {
    guard let closedLoop = loop.closedLoop else { return }
    closedLoop.underWay -= 1
    loop.startNextOfClosedLoop(closedLoop)
}
