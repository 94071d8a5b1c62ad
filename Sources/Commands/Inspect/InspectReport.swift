import LeakAnalysis
import Measurements

/// An inspection in words, as a colleague who looked would tell it.
struct InspectReport {
    var inspection: Inspection
    var style: TerminalStyle

    private var snapshot: Snapshot { inspection.snapshot }

    /// The most groups of sockets that are told.
    static let groupLimit = 8

    var text: String {
        let head = [
            ProcessWords.headline(snapshot.process, style),
            ProcessWords.descriptors(snapshot.descriptors),
        ]
        return (head + groups + [""] + findings + coverage).joined(separator: "\n")
            + "\n"
    }

    private var groups: [String] {
        let groups = SocketGroup.groups(of: snapshot.sockets)
        guard !groups.isEmpty else { return ["no sockets"] }
        var lines = [
            ProcessWords.sockets(snapshot.sockets.count, ghosts: snapshot.ghosts, style)
        ]
        for group in groups.prefix(Self.groupLimit) { lines.append(line(group)) }
        let rest = groups.dropFirst(Self.groupLimit)
        if !rest.isEmpty {
            let sockets = rest.reduce(0) { $0 + $1.count }
            lines.append(
                style.weak(
                    "  and \(Decimals.grouped(sockets)) more in \(rest.count) groups: --verbose"))
        }
        return lines
    }

    private func line(_ group: SocketGroup) -> String {
        var line = "  \(Decimals.grouped(group.count).column(7, right: true))  "
        line += GroupWords.what(group).column(30)
        line += (group.peer.map { GroupWords.place(group) + $0.escapedForTerminal } ?? "").column(
            34)
        if let idle = group.idle {
            line += "idle " + GroupWords.range(idle.min, idle.max)
        }
        return line.withoutTrailingSpaces
    }

    private var findings: [String] {
        guard !inspection.findings.isEmpty else {
            return [style.good("Nothing is wrong") + " that these sockets show."]
        }
        let lines = inspection.findings.flatMap { finding in
            FindingText(finding: finding, style: style).lines + [""]
        }
        guard inspection.isLeaking, !snapshot.sockets.isEmpty else { return lines.dropLast() }
        return lines + [
            style.weak(
                "which function opens them: sockeye trace \(snapshot.process.pid), as long as they "
                    + "become more")
        ]
    }

    private var coverage: [String] {
        guard !snapshot.coverage.isComplete else { return [] }
        return ["", style.strong("Not seen:")]
            + snapshot.coverage.missing.map { "  \($0.escapedForTerminal)" }
    }
}

/// One finding in words.
struct FindingText {
    var finding: Finding
    var style: TerminalStyle

    var lines: [String] {
        let mark = finding.confidence == .undecided ? style.weak("?") : style.bad("!")
        var lines = [
            "\(mark) \(style.strong(finding.title.escapedForTerminal))  "
                + style.weak("[\(finding.rule.rawValue), \(finding.confidence.rawValue)]")
        ]
        lines += finding.evidence.map { "    \($0.escapedForTerminal)" }
        if let seconds = finding.secondsToLimit {
            lines.append(
                "    at this rate the descriptor limit is reached in "
                    + style.strong(DurationText.format(.seconds(seconds))))
        }
        lines += finding.advice.enumerated().map {
            "    \($0.offset == 0 ? "→" : " ") \($0.element)"
        }
        lines += finding.alternatives.map {
            style.weak("    or \($0.rule.rawValue): \($0.distinction)")
        }
        return lines
    }
}

/// Words for a group of sockets.
enum GroupWords {
    static func what(_ group: SocketGroup) -> String {
        let transport = group.transport.rawValue.uppercased()
        if let ghost = group.ghost { return "ghost, \(words(ghost, transport))" }
        guard let state = group.state else { return transport }
        return "\(transport) \(state.rawValue)"
    }

    private static func words(_ ghost: GhostKind, _ transport: String) -> String {
        switch ghost {
        case .neverConnected: "\(transport) never connected"
        case .boundOnly: "\(transport) bound only"
        case .connectFailed: "connect failed"
        case .reset: "was reset"
        case .closed: "was closed"
        case .foreignNamespace: "other namespace"
        case .other: transport
        }
    }

    static func place(_ group: SocketGroup) -> String {
        switch group.direction {
        case .inbound: "in at "
        case .listening: "at "
        case .outbound: group.ghost == nil ? "to " : "was to "
        case .none, .unknown: ""
        }
    }

    static func range(_ low: Double, _ high: Double) -> String {
        let first = DurationText.format(.seconds(low))
        let last = DurationText.format(.seconds(high))
        return first == last ? first : "\(first) to \(last)"
    }
}
