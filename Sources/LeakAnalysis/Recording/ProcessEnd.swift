public import Measurements

/// That a process is not watched any more, or runs another program from here on.
public struct ProcessEnd: Hashable, Sendable {
    /// Why no more is seen of what was watched.
    public enum Reason: Hashable, Sendable, CaseIterable {
        /// The process ended.
        case exited
        /// The process runs another program since (execve(2)); what follows is about that one.
        case executed
        /// Whoever watched stopped.
        case stoppedWatching
        /// A reason that a newer sockeye wrote.
        case unknown
    }

    /// Why.
    public var reason: Reason
    /// When it was noticed.
    public var time: WallTime
    /// The same moment on the clock of ``Snapshot/bootTime``.
    public var bootTime: Duration

    /// Makes the end.
    public init(reason: Reason, time: WallTime, bootTime: Duration) {
        self.reason = reason
        self.time = time
        self.bootTime = bootTime
    }
}
