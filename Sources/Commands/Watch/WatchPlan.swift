import LeakAnalysis
import Measurements

/// How a process is watched.
struct WatchPlan {
    /// From one look to the next.
    var every: Duration
    /// How long; nil until it ends, or somebody stops it.
    var length: Duration?

    /// The shortest pause between looks.
    static let shortest = Duration.milliseconds(20)

    /// The plan of the options, as they were written.
    init(every: String, length: String?) throws(UsageMessage) {
        self.every = try DurationArgument.parse(every, option: "--every")
        guard self.every >= Self.shortest else {
            throw UsageMessage(
                message: "--every \(every): at least \(DurationText.exact(Self.shortest))")
        }
        self.length = nil
        guard let length else { return }
        let parsed = try DurationArgument.parse(length, option: "--for")
        guard parsed > .zero else { throw UsageMessage(message: "--for \(length): more than 0") }
        self.length = parsed
    }
}

/// When looks are due: on a grid from the start, so that slow ones do not add up.
struct LookSchedule {
    let every: Duration
    let length: Duration?

    /// When the next look is due, counted from the start; nil when it is over.
    ///
    /// Looks that should have been while the last one took its time are left out.
    func next(after elapsed: Duration) -> Duration? {
        let slot = elapsed.nanoseconds / every.nanoseconds + 1
        let due = Duration.nanoseconds(slot * every.nanoseconds)
        guard let length else { return due }
        return due <= length ? due : nil
    }
}

/// Why watching came to its end.
enum WatchEnd: Equatable {
    /// The process ended.
    case exited
    /// The time was over.
    case timeOver
    /// A signal asked for it.
    case stopped
    /// It may not be looked at any more, for this reason.
    case refused(String)

    /// What a recording says of it.
    var reason: ProcessEnd.Reason { self == .exited ? .exited : .stoppedWatching }

    var words: String {
        switch self {
        case .exited: "the process ended"
        case .timeOver: "the time is over"
        case .stopped: "stopped"
        case .refused(let reason): reason
        }
    }

    /// The word for it in JSON.
    var word: String {
        switch self {
        case .exited: "exited"
        case .timeOver: "time_over"
        case .stopped: "stopped"
        case .refused: "refused"
        }
    }
}
