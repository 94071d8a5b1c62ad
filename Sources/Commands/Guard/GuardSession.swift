import Glibc
import LinuxKernel
import Measurements

/// Runs a command, or waits beside a process, and looks at it until the end.
struct GuardSession {
    let plan: GuardPlan
    private var rounds: GuardRounds

    init(plan: GuardPlan) {
        self.plan = plan
        rounds = GuardRounds(limits: plan.limits)
    }

    /// Runs a command to its end.
    mutating func run(_ words: [String]) throws -> GuardOutcome {
        // Before the command starts: it may end at once.
        let signals = try SignalPipe([
            SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2,
        ])
        var command = try GuardedCommand(words)
        // The command has the limit that we were given; we hold descriptors for each process.
        DescriptorLimit.raise()
        let clock = ContinuousClock()
        let start = clock.now
        while command.status == nil {
            rounds.look(atFamilyOf: getpid())
            let due = schedule.next(after: clock.now - start) ?? plan.every
            while command.status == nil, let signal = signals.next(within: start + due - .now) {
                if signal.number == SIGCHLD { command.reap() } else { command.pass(on: signal) }
            }
        }
        let left = (try? ProcessFinder.family(of: getpid()).filter { $0 != getpid() }) ?? []
        return GuardOutcome(
            plan: plan, rounds: rounds, duration: clock.now - start,
            commandStatus: command.status, left: left.count)
    }

    /// Looks at a process that runs, and its descendants.
    ///
    /// Throws ``BlindFault`` when there is no such process.
    mutating func watch(_ pid: Int32) throws -> GuardOutcome {
        let process = try ProcessArgument.handle(pid)
        DescriptorLimit.raise()
        let signals = try SignalPipe([SIGTERM, SIGHUP, SIGINT])
        let clock = ContinuousClock()
        let start = clock.now
        while true {
            guard (try? process.status()) != nil else { break }
            rounds.look(atFamilyOf: pid)
            guard let due = schedule.next(after: clock.now - start),
                signals.next(within: start + due - .now) == nil
            else { break }
        }
        return GuardOutcome(
            plan: plan, rounds: rounds, duration: clock.now - start, commandStatus: nil, left: 0)
    }

    private var schedule: LookSchedule { LookSchedule(every: plan.every, length: plan.length) }
}
