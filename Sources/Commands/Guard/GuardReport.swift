import LeakAnalysis
import Measurements

/// What guarding came to, in words and as JSON (`sockeye.guard/1`).
struct GuardReport {
    var outcome: GuardOutcome

    // MARK: Words

    func text(_ style: TerminalStyle) -> String {
        let lines = [headline(style)] + broken + unjudged + findings(style) + coverage
        return lines.joined(separator: "\n")
    }

    private func headline(_ style: TerminalStyle) -> String {
        let judgement = outcome.rounds.judgement
        let word = outcome.hasPassed ? style.good("passed") : style.bad("FAILED")
        var text =
            "sockeye guard: \(word): \(GrowthWords.number(Double(judgement.mostSockets), isCount: true))"
            + " sockets and \(Decimals.grouped(judgement.mostGhosts)) ghosts at most, in "
            + ProcessWords.processes(outcome.rounds.processes) + ", at "
            + "\(ProcessWords.count(judgement.rounds, "look")) in "
            + DurationText.format(outcome.duration)
        if outcome.left > 0 {
            text += "; \(ProcessWords.processes(outcome.left)) of the command still run"
        }
        return text
    }

    private var broken: [String] {
        outcome.broken.map { "    \($0.limit): \($0.words)" }
    }

    private var unjudged: [String] {
        outcome.checks.contains { $0.unjudged != nil }
            ? outcome.rounds.judgement.unjudged.map { "    \($0)" } : []
    }

    /// The most findings that are told in words.
    private static let findingLimit = 10

    private func findings(_ style: TerminalStyle) -> [String] {
        let findings = outcome.findings
        let lines = findings.prefix(Self.findingLimit).flatMap { found in
            ["in \(found.process.name.escapedForTerminal) (\(found.process.pid)):"]
                + FindingText(finding: found.finding, style: style).lines
        }
        let rest = findings.count - Self.findingLimit
        return lines + (rest > 0 ? ["and \(rest) more findings: --json FILE has all"] : [])
    }

    private var coverage: [String] {
        outcome.rounds.coverage.missing.map { "not seen: \($0.escapedForTerminal)" }
    }

    // MARK: JSON

    var json: [UInt8] {
        var json = JSONWriter(reserving: 4_096)
        json.object { json in
            json.key("schema")
            json.string("sockeye.guard/1")
            json.key("passed")
            json.bool(outcome.hasPassed)
            json.key("broken")
            json.array { json in for limit in outcome.broken { Self.write(limit, to: &json) } }
            json.key("findings")
            json.array { json in
                for found in outcome.findings { Self.write(found, to: &json) }
            }
            json.key("command_status")
            if let status = outcome.commandStatus { json.integer(status) } else { json.null() }
            writeSeen(to: &json)
        }
        json.endLine()
        return json.bytes
    }

    private func writeSeen(to json: inout JSONWriter) {
        let judgement = outcome.rounds.judgement
        json.key("unjudged")
        json.array { json in for sentence in judgement.unjudged { json.string(sentence) } }
        json.key("seconds")
        json.number(outcome.duration.inSeconds)
        json.key("looks")
        json.integer(judgement.rounds)
        json.key("processes")
        json.integer(outcome.rounds.processes)
        json.key("processes_left")
        json.integer(outcome.left)
        json.key("most_sockets")
        json.integer(judgement.mostSockets)
        json.key("most_ghosts")
        json.integer(judgement.mostGhosts)
        json.key("growth_per_s")
        json.number(judgement.growthPerSecond)
        json.key("coverage")
        outcome.rounds.coverage.write(to: &json)
    }

    private static func write(_ limit: BrokenLimit, to json: inout JSONWriter) {
        json.object { json in
            json.key("limit")
            json.string(limit.limit)
            json.key("allowed")
            json.number(limit.allowed)
            json.key("seen")
            json.number(limit.seen)
            json.key("pid")
            if let pid = limit.pid { json.integer(pid) } else { json.null() }
        }
    }

    private static func write(_ found: GuardFinding, to json: inout JSONWriter) {
        json.object { json in
            json.key("pid")
            json.integer(found.process.pid)
            json.key("name")
            json.string(found.process.name)
            found.finding.writeKeys(to: &json)
        }
    }
}
