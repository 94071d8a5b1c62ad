import Glibc
import LeakAnalysis
import LinuxKernel
import Measurements

/// Looks at a process again and again, and hands every look to the recording and to the view.
final class WatchSession {
    private let pid: Int32
    private let schedule: LookSchedule
    private var inventory: SocketInventory
    private var series = SnapshotSeries()
    private let recording: RecordingFile?
    private var view: any WatchView
    /// Follows who opens sockets; nil when that is not asked for.
    private let tracer: Tracer?
    /// Who it was at the last look; nil before the first.
    private var last: ProcessFacts?

    /// Takes hold of a process, and of the file that its looks go to.
    ///
    /// Throws ``BlindFault`` when there is no process, and a usage fault of the file.
    init(
        pid: Int32, plan: WatchPlan, record: String?, isTraced: Bool, view: any WatchView
    ) throws {
        let inventory = try ProcessArgument.inventory(pid)
        let recording = try record.map { try RecordingFile(path: $0, every: plan.every) }
        self.pid = pid
        schedule = LookSchedule(every: plan.every, length: plan.length)
        self.inventory = inventory
        self.recording = recording
        self.view = view
        tracer =
            isTraced ? try Tracer(TraceTarget(process: pid, followsChildren: false)) : nil
    }

    /// Watches to the end, and gives what came of it.
    ///
    /// Throws ``BlindFault`` when not even the first look showed anything.
    func run() throws -> GrowthVerdict {
        let signals = try SignalPipe([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGWINCH])
        let clock = ContinuousClock()
        let start = clock.now
        var end: WatchEnd?
        defer { view.leave() }
        while end == nil {
            end = try look()
            guard end == nil else { break }
            guard let due = schedule.next(after: clock.now - start) else {
                end = .timeOver
                break
            }
            end = wait(until: start + due, signals)
        }
        let reason = end ?? .stopped
        finish(reason)
        return series.verdict
    }

    /// Waits for the next look; an end when a signal asks for it.
    private func wait(
        until due: ContinuousClock.Instant, _ signals: SignalPipe
    ) -> WatchEnd? {
        while let signal = next(signals, until: due) {
            switch signal.number {
            case SIGWINCH: break
            case SIGTSTP:
                view.leave()
                raise(SIGSTOP)
            default: return .stopped
            }
            view.redraw()
        }
        return nil
    }

    /// The next signal that comes in time; meanwhile the rings of the tracer are emptied.
    private func next(
        _ signals: SignalPipe, until due: ContinuousClock.Instant
    ) -> CaughtSignal? {
        guard let tracer else { return signals.next(within: due - .now) }
        while true {
            if let signal = signals.next(within: .zero) { return signal }
            let rest = due - ContinuousClock.now
            guard rest > .zero else { return nil }
            tracer.wait(within: min(rest, .milliseconds(100)), orReadable: signals.descriptor)
        }
    }

    private func look() throws -> WatchEnd? {
        let snapshot: Snapshot
        do throws(KernelError) {
            snapshot = try inventory.lookAgain()
        } catch {
            guard last != nil else { throw ProcessArgument.fault(error, pid: pid) }
            return error.isGone ? .exited : .refused(ProcessArgument.fault(error, pid: pid).message)
        }
        if let old = last, snapshot.process.runsAnotherProgram(than: old) {
            let end = ProcessEnd(
                reason: .executed, time: snapshot.time, bootTime: snapshot.bootTime)
            recording?.append(.ended(end))
            view.showExecution(from: old, to: snapshot.process)
        }
        recording?.append(.snapshot(snapshot))
        series.observe(snapshot)
        if let tracer { view.authors = SocketAuthors(tracer.interim(snapshot)) }
        view.show(snapshot, series)
        last = snapshot.process
        return nil
    }

    private func finish(_ end: WatchEnd) {
        recording?.append(
            .ended(ProcessEnd(reason: end.reason, time: WallClock.now, bootTime: BootClock.now)))
        view.finish(series, end)
        recording?.finish()
    }
}
