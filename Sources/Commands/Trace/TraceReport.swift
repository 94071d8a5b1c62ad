import CallSites
import LeakAnalysis
import Measurements

/// A trace in words.
struct TraceReport {
    var outcome: TraceOutcome
    var style: TerminalStyle

    /// The most functions, and the most frames of each, that are told.
    private static let siteLimit = 12
    private static let frameLimit = 6
    private static let callerLimit = 6

    var text: String {
        let lines = [headline, ""] + sites + findings + coverage
        return lines.map { $0 + "\n" }.joined()
    }

    private var headline: String {
        let opened = outcome.sites.reduce(0) { $0 + $1.opened }
        let open = outcome.sites.reduce(0) { $0 + $1.surviving }
        let others = outcome.processes.count { $0.opened > 0 && $0.pid != outcome.pid }
        let family = others > 0 ? " with \(ProcessWords.count(others, "other"))" : ""
        return
            "process \(outcome.pid)\(family) was traced for \(DurationText.format(outcome.duration)): "
            + "\(ProcessWords.count(opened, "socket")) opened, \(Decimals.grouped(open)) still open"
    }

    private var sites: [String] {
        let lines = outcome.sites.prefix(Self.siteLimit).flatMap(lines)
        let rest = outcome.sites.count - Self.siteLimit
        return lines + (rest > 0 ? ["and \(rest) more functions: --json lists all", ""] : [])
    }

    private func lines(of site: TraceOutcome.Site) -> [String] {
        let name = site.frame.function.escapedForTerminal
        let place = Self.place(site.frame)
        let isOpen = site.surviving > 0 && !site.isListener
        let mark = isOpen ? style.bad("•") : style.good("✓")
        var lines = [
            "\(mark) \(style.strong(name))" + (place.isEmpty ? "" : "  \(place)"),
            "    \(Decimals.grouped(site.opened)) opened, \(Decimals.grouped(site.closed)) closed, "
                + style.strong("\(Decimals.grouped(site.surviving)) still open")
                + (isOpen && !outcome.hasEnded ? ": \(rate(site)) more" : ""),
        ]
        let states = site.states.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
            .map { "\(Decimals.grouped($0.value)) \($0.key)" }
        let peers = site.peers.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.prefix(2)
            .map(\.key.escapedForTerminal)
        if !states.isEmpty {
            lines.append(
                "    " + states.joined(separator: ", ")
                    + (peers.isEmpty ? "" : ", to \(peers.joined(separator: " and "))"))
        }
        return lines + callers(of: site) + stack(of: site) + [""]
    }

    private func rate(_ site: TraceOutcome.Site) -> String {
        GrowthWords.rate(Double(site.surviving) / max(0.001, outcome.duration.inSeconds))
    }

    /// Who called it, with what survives of each.
    private func callers(of site: TraceOutcome.Site) -> [String] {
        let lines = site.callers.prefix(Self.callerLimit).map { caller in
            let name = caller.frame?.function.escapedForTerminal ?? "others"
            let place = caller.frame.map(Self.place) ?? ""
            let count =
                "\(Decimals.grouped(caller.surviving)) of \(Decimals.grouped(caller.opened))"
            return "      for \(caller.surviving > 0 ? style.strong(name) : name)"
                + (place.isEmpty ? "" : "  \(place)") + ": \(count) still open"
        }
        let rest = site.callers.count - Self.callerLimit
        return lines + (rest > 0 ? ["      and for \(rest) others"] : [])
    }

    /// Own frames are told, those of libraries are folded.
    ///
    /// Without any of the user's own, those of libraries are all that is known.
    private func stack(of site: TraceOutcome.Site) -> [String] {
        guard site.stack.contains(where: \.isOwn) else {
            return site.stack.drop { $0 != site.frame }.prefix(Self.frameLimit).map { frame in
                style.weak(
                    "      \(frame.function.escapedForTerminal)  \(Self.place(frame))"
                        .withoutTrailingSpaces)
            }
        }
        var lines: [String] = []
        var folded = 0
        for frame in site.stack {
            guard frame.isOwn else {
                folded += 1
                continue
            }
            if folded > 0 {
                lines.append(
                    style.weak("      \(ProcessWords.count(folded, "frame")) of libraries"))
            }
            folded = 0
            lines.append(
                style.weak(
                    "      \(frame.function.escapedForTerminal)  \(Self.place(frame))"
                        .withoutTrailingSpaces))
        }
        return Array(lines.prefix(Self.frameLimit))
    }

    static func place(_ frame: StackFrame) -> String {
        guard let file = frame.file else { return "" }
        return file.escapedForTerminal + (frame.line.map { ":\($0)" } ?? "")
    }

    /// What the look at the end says is wrong.
    private var findings: [String] {
        guard !outcome.findings.isEmpty else { return [] }
        return ["sockeye inspect says of all that is open, also from before:"]
            + outcome.findings.map { finding in
                "    \(finding.title.escapedForTerminal)  "
                    + style.weak("[\(finding.rule.rawValue), \(finding.confidence.rawValue)]")
            } + [""]
    }

    private var coverage: [String] {
        var lines: [String] = []
        if let unattributed = outcome.unattributed, unattributed > 0 {
            lines.append(
                "\(ProcessWords.count(unattributed, "socket")) open that \(unattributed == 1 ? "was" : "were") opened before, or in a "
                    + "way that is not traced")
        }
        return lines + outcome.coverage.missing.map { "not seen: \($0.escapedForTerminal)" }
            + outcome.advice.map { "to see \($0)" }
    }
}
