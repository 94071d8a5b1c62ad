import Glibc
import LinuxKernel
import Measurements

/// Traces processes, or a command, until it is over.
struct TraceSession {
    private var target: TraceTarget
    private let tracer: Tracer
    private let signals: SignalPipe

    /// How often the rings are emptied at least.
    private static let pause = Duration.milliseconds(100)
    /// How long the kernel's records may need.
    private static let settling = Duration.milliseconds(40)
    /// How long a command has to end when its time is over.
    private static let grace = Duration.seconds(5)

    /// Prepares for processes, or for a command that waits meanwhile.
    ///
    /// Throws ``BlindFault`` when they may not be looked at, or are of another machine.
    init(_ target: TraceTarget) throws {
        signals = try SignalPipe([SIGINT, SIGTERM, SIGHUP, SIGCHLD])
        tracer = try Tracer(target)
        self.target = target
    }

    /// Traces for a time, until the process ends, or until a signal asks for the result.
    mutating func run(for length: Duration?) throws -> TraceOutcome {
        target.reap()
        if target.status == nil { try target.release() }
        StandardStreams.talk(talk(length))
        let clock = ContinuousClock()
        let start = clock.now
        var isOver = false
        var requests = 0
        var hasSettled = false
        while !isOver {
            let rest = length.map { $0 - (clock.now - start) } ?? Self.pause
            tracer.wait(within: min(Self.pause, rest), orReadable: signals.descriptor)
            while let signal = signals.next(within: .zero) {
                if signal.number == SIGCHLD { continue }
                target.pass(on: signal)
                requests += 1
                // A command ends when it wants to, if at all: then we are asked again.
                isOver = !target.isCommand || requests > 1
            }
            target.reap()
            if target.status != nil, !hasSettled {
                // Whom it started last is told a little later.
                hasSettled = true
                tracer.wait(within: Self.settling, orReadable: signals.descriptor)
            }
            isOver = isOver || hasEnded || length.map { clock.now - start >= $0 } == true
        }
        let outcome = tracer.finish(living: tracer.processes.filter { !hasEnded($0) })
        target.end(within: Self.grace)
        return outcome.with(commandStatus: target.status)
    }

    private func talk(_ length: Duration?) -> String {
        let time = length.map { " for \(DurationText.format($0))" } ?? ""
        let end =
            target.isCommand
            ? length == nil ? "until it ends" : "it is ended then" : "Ctrl-C ends it"
        return "sockeye: tracing process \(target.pid)\(time); \(end)"
    }

    /// Whether all processes ended; the first thread of each may end before others.
    private var hasEnded: Bool {
        if target.isCommand, target.status != nil {
            return !target.followsChildren || tracer.processes.allSatisfy { hasEnded($0) }
        }
        return tracer.hasLeaderEnded && hasEnded(target.pid)
    }

    private func hasEnded(_ pid: Int32) -> Bool {
        if target.isCommand, pid == target.pid { return target.status != nil }
        return (try? ProcessHandle(pid: pid)) == nil
    }
}
