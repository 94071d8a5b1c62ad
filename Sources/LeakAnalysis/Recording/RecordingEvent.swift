public import Measurements

/// One thing that a recording tells, in the order in which it happened.
public enum RecordingEvent: Hashable, Sendable {
    /// A look.
    case snapshot(Snapshot)
    /// The process ended, or became another program.
    case ended(ProcessEnd)
}

/// How a recording came about.
public struct RecordingHeader: Hashable, Sendable {
    /// Which program wrote it, with its version.
    public var writer: String
    /// When it began.
    public var started: WallTime
    /// The pause between looks that was asked for.
    public var interval: Duration

    /// Makes a header.
    public init(writer: String, started: WallTime, interval: Duration) {
        self.writer = writer
        self.started = started
        self.interval = interval
    }
}
