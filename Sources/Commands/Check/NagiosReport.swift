import Measurements

/// Outcomes in the form of the monitoring-plugins guidelines: one line, perfdata, status 0 to 3.
struct NagiosReport {
    var outcomes: [ProbeOutcome]

    /// 0 OK, 2 CRITICAL, 3 UNKNOWN: UNKNOWN when the probe itself could not be made.
    var status: Int32 {
        var worst: Int32 = 0
        for outcome in outcomes {
            guard let failure = outcome.failure else { continue }
            let isOurs = failure.fault == .us || failure.error == .requestBuild
            if !isOurs { return 2 }
            worst = 3
        }
        return worst
    }

    /// The line that the monitoring system shows, with perfdata after the bar.
    var text: String {
        let word = ["OK", "WARNING", "CRITICAL", "UNKNOWN"][Int(status)]
        let parts = outcomes.map { outcome in
            let name = clean(outcome.target.value.name)
            guard let failure = outcome.failure else {
                return "\(name) status \(outcome.status) in \(milliseconds(outcome.elapsed)) ms"
            }
            let phase = failure.phase.map { " in \($0.rawValue)" } ?? ""
            let detail = failure.detail.isEmpty ? "" : ": " + clean(failure.detail)
            return "\(name) \(failure.error.rawValue)\(phase)\(detail)"
        }
        let data = outcomes.enumerated().flatMap { index, outcome in
            perfdata(outcome, suffix: outcomes.count > 1 ? "_\(index + 1)" : "")
        }
        return "HTTP \(word) - \(parts.joined(separator: "; ")) | "
            + data.joined(separator: " ") + "\n"
    }

    private func perfdata(_ outcome: ProbeOutcome, suffix: String) -> [String] {
        let limit = Decimals.text(outcome.target.value.timeout.inSeconds, 3)
        var data = [
            "time\(suffix)=\(Decimals.text(outcome.elapsed.inSeconds, 6))s;;;0;\(limit)",
            "size\(suffix)=\(outcome.bodyBytes)B;;;0",
        ]
        for phase in ProbePhase.allCases {
            guard let time = outcome.phases[phase] else { continue }
            data.append("time_\(phase.rawValue)\(suffix)=\(Decimals.text(time.inSeconds, 6))s;;;0")
        }
        return data
    }

    private func milliseconds(_ duration: Duration) -> String {
        Decimals.text(duration.milliseconds, 3)
    }

    /// The bar separates perfdata: it cannot stand in the text.
    private func clean(_ text: String) -> String {
        String(text.escapedForTerminal.map { $0 == "|" ? "/" : $0 })
    }
}
