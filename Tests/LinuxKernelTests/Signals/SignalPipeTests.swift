import Glibc
import LinuxKernel
import TestWorlds
import Testing

/// Signals that are waited for.
@Suite(.serialized, .noLeakedDescriptors) struct SignalPipeTests {
    private static func sent(_ number: Int32) -> CaughtSignal {
        CaughtSignal(number: number, isFromKernel: false)
    }

    /// A terminal's signals are tested where a terminal is: with `sockeye guard`.
    @Test func `What the kernel sends by itself is told apart`() throws {
        let pipe = try SignalPipe([SIGALRM])
        alarm(1)
        #expect(
            pipe.next(within: .seconds(10)) == CaughtSignal(number: SIGALRM, isFromKernel: true))
    }

    @Test func `What comes is told in its order, and nothing when nothing comes`() throws {
        let pipe = try SignalPipe([SIGUSR1, SIGUSR2])
        #expect(pipe.next(within: .zero) == nil)
        #expect(pipe.next(within: .milliseconds(-5)) == nil)
        kill(getpid(), SIGUSR1)
        #expect(pipe.next(within: .seconds(10)) == Self.sent(SIGUSR1))
        kill(getpid(), SIGUSR2)
        #expect(pipe.next(within: .seconds(10)) == Self.sent(SIGUSR2))
        #expect(pipe.next(within: .milliseconds(1)) == nil)
    }

    @Test func `More signals than a pipe holds do no harm`() throws {
        let pipe = try SignalPipe([SIGUSR1])
        // A thread of Dispatch blocks signals.
        var (own, before) = (sigset_t(), sigset_t())
        sigemptyset(&own)
        sigaddset(&own, SIGUSR1)
        pthread_sigmask(SIG_UNBLOCK, &own, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        for _ in 0..<70_000 { raise(SIGUSR1) }
        var count = 0
        while pipe.next(within: .zero)?.number == SIGUSR1 { count += 1 }
        #expect(count == 65_536)
        raise(SIGUSR1)
        #expect(pipe.next(within: .seconds(10))?.number == SIGUSR1)
    }

    @Test func `What was ignored stays ignored, and what was there before comes back`() throws {
        func handler(_ signal: Int32) -> UInt {
            var action = sigaction()
            sigaction(signal, nil, &action)
            return UInt(bitPattern: unsafeBitCast(action.__sigaction_handler, to: Int.self))
        }
        signal(SIGUSR1, SIG_IGN)
        defer { signal(SIGUSR1, SIG_DFL) }
        let (ignored, standard) = (handler(SIGUSR1), handler(SIGUSR2))
        do {
            let pipe = try SignalPipe([SIGUSR1, SIGUSR2])
            #expect(handler(SIGUSR1) == ignored)
            #expect(handler(SIGUSR2) != standard)
            kill(getpid(), SIGUSR1)
            #expect(pipe.next(within: .milliseconds(20)) == nil)
        }
        #expect(handler(SIGUSR2) == standard)
    }
}
