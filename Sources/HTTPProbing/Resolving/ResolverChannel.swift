import CResolver
import Glibc
import Measurements

/// The owner of one c-ares channel: its `deinit` is the only place that destroys it, and closes
/// the channel's sockets with it.
@safe final class ResolverChannel {
    private let channel: OpaquePointer
    /// The questions that are under way.
    private(set) var inFlight = 0

    /// Makes a channel, or nil when there is no memory.
    init?(server: DNSServer, timeout: Duration, receiver: ResolverLoop) {
        let context = unsafe Unmanaged.passUnretained(receiver).toOpaque()
        let channel = unsafe cresolver_create(
            server.description, Int32(clamping: timeout.nanoseconds / 1_000_000),
            { context, token, status, error, message, length in
                // The receiver destroys its channels before it ends, so it is still there.
                guard let context = unsafe context else { return }
                let receiver = unsafe Unmanaged<ResolverLoop>.fromOpaque(context)
                    .takeUnretainedValue()
                let bytes = unsafe UnsafeBufferPointer(start: message, count: length)
                receiver.received(token, status, error: error, message: unsafe Array(bytes))
            }, context)
        guard let channel = unsafe channel else { return nil }
        unsafe self.channel = channel
    }

    deinit { unsafe cresolver_destroy(channel) }

    /// Asks; the answer may come before this returns.
    func ask(_ name: String, type: UInt16, token: UInt64) {
        inFlight += 1
        unsafe cresolver_ask(channel, name, Int32(type), token)
    }

    /// Counts an answer of this channel.
    func answered() {
        inFlight -= 1
    }

    /// The sockets and the events that they wait for.
    func pollSet() -> [pollfd] {
        let capacity = CRESOLVER_SOCKETS_MAX
        var descriptors = [Int32](repeating: -1, count: capacity)
        var events = [Int16](repeating: 0, count: capacity)
        // Both arrays have the capacity that the call is told.
        let count = unsafe cresolver_sockets(channel, &descriptors, &events, Int32(capacity))
        return (0..<Int(count)).map {
            pollfd(fd: descriptors[$0], events: events[$0], revents: 0)
        }
    }

    /// How long poll may wait, in milliseconds; −1 for ever.
    var waitMilliseconds: Int32 { unsafe cresolver_wait_milliseconds(channel) }

    /// Reads and writes one socket, or sees to the time limits only.
    func process(_ descriptor: Int32 = -1, readable: Bool = false, writable: Bool = false) {
        unsafe cresolver_process(channel, descriptor, readable, writable)
    }
}
