import Measurements

/// What `check` prints as outcomes come in, and the status it ends with.
struct CheckSession {
    enum Output { case text, json, nagios }

    var output: Output
    var style: TerminalStyle
    /// Whether each target is probed more than once: then one line each, and a summary.
    var isRepeated: Bool

    private var outcomes: [ProbeOutcome] = []
    private var summaries: [(name: String, summary: CheckSummary)] = []
    private var hasFailure = false

    init(output: Output, style: TerminalStyle, isRepeated: Bool) {
        self.output = output
        self.style = style
        self.isRepeated = isRepeated
    }

    mutating func add(_ outcome: ProbeOutcome) {
        if outcome.failure != nil { hasFailure = true }
        switch output {
        case .json:
            var json = JSONWriter()
            outcome.write(to: &json)
            json.endLine()
            StandardStreams.output(json.bytes)
        case .nagios:
            outcomes.append(outcome)
        case .text:
            summarize(outcome)
        }
    }

    private mutating func summarize(_ outcome: ProbeOutcome) {
        let name = outcome.target.value.name
        let isFirst = !summaries.contains { $0.name == name }
        if isFirst { summaries.append((name, CheckSummary())) }
        for index in summaries.indices where summaries[index].name == name {
            summaries[index].summary.add(outcome)
        }
        if !isRepeated || isFirst || outcome.failure != nil {
            StandardStreams.output(
                CheckReport(outcome: outcome, style: style, now: outcome.time).text)
        } else {
            let mark = style.good("✓")
            StandardStreams.output(
                "\(mark) \(name.escapedForTerminal)  \(StateLine.finding(of: outcome))\n")
        }
    }

    /// Prints what comes last.
    mutating func end() {
        switch output {
        case .json:
            break
        case .nagios:
            StandardStreams.output(NagiosReport(outcomes: outcomes).text)
        case .text:
            guard isRepeated else { return }
            for (name, summary) in summaries { StandardStreams.output(summary.text(name: name)) }
        }
    }

    /// The exit status.
    var status: Int32 {
        switch output {
        case .nagios: NagiosReport(outcomes: outcomes).status
        case .text, .json: hasFailure ? 1 : 0
        }
    }
}
