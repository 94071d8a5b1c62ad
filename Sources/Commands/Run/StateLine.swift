import Measurements
import Monitor
import ProbeScheduling

/// One line of `run` when it does not write to a terminal: a change of a target's state.
struct StateLine {
    var notice: StatusBoard.Notice

    /// The line, without its end.
    var text: String {
        switch notice {
        case .stateChanged(let target, let change, let outcome):
            let name = target.value.name.escapedForTerminal
            let flapping = change.isFlapping ? "  flapping" : ""
            return "\(outcome.time.rfc3339)  \(word(change.to))  \(name)  "
                + "\(Self.finding(of: outcome))\(flapping)"
        case .addressesChanged(let target, let outcome):
            let addresses = outcome.dns?.addresses.joined(separator: ", ") ?? ""
            return "\(outcome.time.rfc3339)  DNS   \(target.value.name.escapedForTerminal)  "
                + "the addresses are now \(addresses.escapedForTerminal)"
        }
    }

    private func word(_ state: TargetState) -> String {
        switch state {
        case .up: "UP  "
        case .down: "DOWN"
        case .unknown: "????"
        }
    }

    /// What an outcome found, in a few words.
    static func finding(of outcome: ProbeOutcome) -> String {
        let time = DurationText.format(outcome.elapsed)
        guard let failure = outcome.failure else {
            return "status \(outcome.status) in \(time) (\(outcome.kind.rawValue))"
        }
        let phase = failure.phase.map { " in \($0.rawValue)" } ?? ""
        let detail = failure.detail.isEmpty ? "" : ": \(failure.detail.escapedForTerminal)"
        return "\(failure.error.rawValue)\(phase) after \(time)\(detail)"
    }
}
