import Glibc
import Measurements

/// The civil clock of the machine.
enum WallClock {
    /// Civil time now (clock_gettime(2), `CLOCK_REALTIME`).
    static func now() -> WallTime {
        var time = timespec()
        // The call fails only for a clock that does not exist.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(
            unixNanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
