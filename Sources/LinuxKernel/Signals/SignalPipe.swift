import CLinuxShims
import Glibc
import Measurements

/// A signal that came.
public struct CaughtSignal: Hashable, Sendable {
    /// Its number (signal(7)).
    public var number: Int32
    /// Whether the kernel sent it by itself: at Ctrl-C a terminal's driver sends SIGINT to the whole
    /// group, so that other processes of the group have it too.
    public var isFromKernel: Bool

    /// Makes a signal.
    public init(number: Int32, isFromKernel: Bool) {
        self.number = number
        self.isFromKernel = isFromKernel
    }
}

/// Signals as something to wait for, instead of something that strikes in the middle of work.
///
/// One at a time in a program. A signal that was ignored when it began stays ignored (nohup(1)).
public final class SignalPipe {
    private let reading: OwnedDescriptor
    // Kept until the handlers that write to it are gone.
    private let writing: OwnedDescriptor
    private let caught: [Int32]

    /// Catches signals from now on, until it is released.
    ///
    /// Throws a ``KernelError`` when no descriptor is left.
    public init(_ signals: [Int32]) throws(KernelError) {
        var ends: [Int32] = [-1, -1]
        // Two integers of our own, filled by the call.
        guard unsafe pipe(&ends) == 0 else { throw .last("make a pipe") }
        reading = OwnedDescriptor(owning: ends[0])
        writing = OwnedDescriptor(owning: ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        clinux_signal_pipe(ends[1])
        caught = signals.filter { clinux_signal_catch($0) == 0 }
    }

    deinit {
        for signal in caught { clinux_signal_release(signal) }
        clinux_signal_pipe(-1)
    }

    /// What can be read when a signal came, to wait for with others (poll(2)); it stays ours.
    public var descriptor: Int32 { reading.number }

    /// The next signal that came, or comes within `limit`; nil for none.
    ///
    /// A length of zero or less only asks.
    public func next(within limit: Duration) -> CaughtSignal? {
        let end = MonotonicReading.now + limit
        while true {
            var byte: UInt8 = 0
            // One byte of our own.
            if unsafe read(reading.number, &byte, 1) == 1 {
                return CaughtSignal(number: Int32(byte & 0x7F), isFromKernel: byte & 0x80 != 0)
            }
            let rest = (end - MonotonicReading.now).nanoseconds
            guard rest > 0 else { return nil }
            var entry = pollfd(fd: reading.number, events: Int16(POLLIN), revents: 0)
            // Rounded up: a wait that ends early would only come back here. Its failures, EINTR
            // above all, are looked at again by the read.
            _ = unsafe poll(&entry, 1, Int32(clamping: (rest + 999_999) / 1_000_000))
        }
    }
}
