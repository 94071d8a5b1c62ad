import Measurements
import NIOCore

/// The one place where the engine reads its clocks.
enum MonotonicClock {
    /// The monotonic time, on the scale that event loops schedule by.
    static func now() -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(NIODeadline.now().uptimeNanoseconds))
    }
}

extension MonotonicInstant {
    /// The same instant as an event loop names it.
    var deadline: NIODeadline { .uptimeNanoseconds(UInt64(max(0, nanoseconds))) }
}
