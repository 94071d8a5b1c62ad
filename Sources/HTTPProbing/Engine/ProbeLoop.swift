import ConnectionPooling
import DequeModule
import Measurements
import NIOCore
import NIOPosix
import ProbeChecks
import ProbeScheduling

/// One event loop's share of the engine: its targets, schedule, pool machine, connections and
/// batch of outcomes.
///
/// Nothing in it is shared; everything runs on its event loop.
///
/// The loop is a thin shell: the schedule says what is due, the pool machine says which
/// connection, and the loop performs what they say and tells them what happened.
final class ProbeLoop {
    let eventLoop: any EventLoop
    let configuration: EngineConfiguration
    let maxInFlight: Int
    let worlds: EngineWorlds

    // Decisions.
    var pool: PoolStateMachine
    var schedule: ProbeSchedule
    private var deadlines: TimerWheel

    // What the decisions' numbers stand for.
    var targets: [CompiledTarget?] = []
    var freeSlots: [Int] = []
    var slotsByID: [TargetID: Int] = [:]
    var origins = OriginTable()
    private var runs: [ProbeRun] = []
    private var freeRuns: [Int] = []
    var connections: [Connection?] = []
    var attempts: [ConnectionID: ConnectionAttempt] = [:]

    // What leaves.
    private var batch: [ProbeOutcome] = []
    private var flushAt = MonotonicInstant.distantFuture
    var statistics = EngineStatistics()

    // Modes.
    var isDraining = false
    var closedLoop: ClosedLoop?
    var adHoc: [Target: CompiledTarget] = [:]
    private var drained: [() -> Void] = []

    private var timer: NIOScheduledCallback?
    private var timerHandler: LoopTimer?
    private var armedFor = MonotonicInstant.distantFuture
    private var due: [DueProbe] = []
    private var struck: [Int] = []
    /// Civil time minus monotonic time, in nanoseconds, as last read.
    private var wallOffset: Int64 = 0

    init(
        eventLoop: any EventLoop, configuration: EngineConfiguration, limits: PoolLimits,
        maxInFlight: Int, worlds: EngineWorlds
    ) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        self.maxInFlight = maxInFlight
        self.worlds = worlds
        let now = MonotonicClock.now()
        pool = PoolStateMachine(limits: limits)
        schedule = ProbeSchedule(startingAt: now)
        deadlines = TimerWheel(startingAt: now)
        timerHandler = LoopTimer(loop: NIOLoopBound(self, eventLoop: eventLoop))
        readWallClock(at: now)
    }

    // MARK: Time

    /// The monotonic time.
    func now() -> MonotonicInstant { MonotonicClock.now() }

    /// Civil time of a monotonic instant, by the offset last read.
    func wallTime(of instant: MonotonicInstant) -> WallTime {
        WallTime(unixNanoseconds: instant.nanoseconds &+ wallOffset)
    }

    private func readWallClock(at now: MonotonicInstant) {
        wallOffset = worlds.wallClock().unixNanoseconds &- now.nanoseconds
    }

    /// The timer's work: deadlines first, then what is due, then what the pool lets go.
    func tick() {
        timer = nil
        armedFor = .distantFuture
        let now = now()
        readWallClock(at: now)
        struck.removeAll(keepingCapacity: true)
        deadlines.advance(to: now, into: &struck)
        for index in struck { strike(runs[index], at: now) }
        if !isDraining {
            due.removeAll(keepingCapacity: true)
            schedule.takeDue(at: now, into: &due)
            for probe in due { start(probe) }
        }
        for closing in pool.expire(at: now) { perform(closing) }
        if flushAt <= now { flush() }
        arm()
    }

    /// Makes sure that the timer fires no later than the next thing that has a time.
    func arm() {
        var next = min(deadlines.nextExpiry ?? .distantFuture, flushAt)
        if !isDraining { next = min(next, schedule.nextDue ?? .distantFuture) }
        next = min(next, pool.nextExpiry ?? .distantFuture)
        arm(noLaterThan: next)
    }

    private func arm(noLaterThan next: MonotonicInstant) {
        guard next < armedFor, let timerHandler else { return }
        timer?.cancel()
        armedFor = next
        // Scheduling fails only on an event loop that is shut down, and then nothing is due.
        timer = try? eventLoop.scheduleCallback(at: next.deadline, handler: timerHandler)
    }

    // MARK: Runs

    /// Takes a run out of the free list and gives it its deadline.
    func makeRun(for compiled: CompiledTarget, at now: MonotonicInstant) -> ProbeRun {
        let run: ProbeRun
        if let index = freeRuns.popLast() {
            run = runs[index]
        } else {
            run = ProbeRun(index: runs.count)
            runs.append(run)
        }
        run.begin(compiled, at: now)
        run.stage = .waiting
        let deadline = now + compiled.timeout
        deadlines.schedule(run.index, at: deadline)
        arm(noLaterThan: deadline)
        statistics.started += 1
        statistics.inFlight += 1
        return run
    }

    /// The run that a pool's request stands for.
    func run(for request: RequestID) -> ProbeRun { runs[request.value] }

    /// Runs that have not ended.
    var activeRuns: [ProbeRun] {
        runs.filter { if case .free = $0.stage { false } else { true } }
    }

    /// Puts a run back, after its outcome was delivered.
    func recycle(_ run: ProbeRun) {
        deadlines.cancel(run.index)
        run.end()
        freeRuns.append(run.index)
        statistics.inFlight -= 1
        statistics.ended += 1
    }

    // MARK: Outcomes

    /// Appends an outcome to the batch.
    func append(_ outcome: ProbeOutcome, at now: MonotonicInstant) {
        if batch.isEmpty {
            flushAt = now + configuration.batchDelay
            arm(noLaterThan: flushAt)
        }
        batch.append(outcome)
        if batch.count >= configuration.batchLimit { flush() }
    }

    /// Hands the batch to the sink.
    func flush() {
        flushAt = .distantFuture
        guard !batch.isEmpty else { return }
        let outcomes = batch
        batch = []
        batch.reserveCapacity(min(configuration.batchLimit, outcomes.count))
        worlds.sink.receive(outcomes)
    }

    // MARK: Stopping

    /// Calls back when nothing is under way and every connection is gone.
    func whenDrained(_ callback: @escaping () -> Void) {
        drained.append(callback)
        checkDrained()
    }

    /// Called whenever something ended.
    func checkDrained() {
        guard isDraining, statistics.inFlight == 0, pool.statistics.open == 0,
            !drained.isEmpty
        else { return }
        flush()
        timer?.cancel()
        timer = nil
        timerHandler = nil
        let callbacks = drained
        drained = []
        for callback in callbacks { callback() }
    }
}

/// What all loops of an engine share: the outside worlds, each safe to use from any thread.
struct EngineWorlds: Sendable {
    var sink: any ProbeOutcomeSink
    var tlsContexts: TLSContexts
    var resolver: Resolver
    var matchers: RE2MatcherFactory
    var wallClock: @Sendable () -> WallTime
}

/// Wakes a loop.
final class LoopTimer: NIOScheduledCallbackHandler, Sendable {
    private let loop: NIOLoopBound<ProbeLoop>

    init(loop: NIOLoopBound<ProbeLoop>) {
        self.loop = loop
    }

    func handleScheduledCallback(eventLoop: some EventLoop) {
        loop.value.tick()
    }
}
