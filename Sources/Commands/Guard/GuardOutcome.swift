import ArgumentParser
import LeakAnalysis
import Measurements

/// What guarding came to.
struct GuardOutcome {
    let plan: GuardPlan
    /// What was seen, ended.
    let rounds: GuardRounds
    /// What was found, the surest first.
    let findings: [GuardFinding]
    let duration: Duration
    /// The command's own exit status; nil when a running process was looked at.
    let commandStatus: Int32?
    /// Processes of the command that go on after its end.
    let left: Int

    init(
        plan: GuardPlan, rounds: GuardRounds, duration: Duration, commandStatus: Int32?, left: Int
    ) {
        var rounds = rounds
        self.plan = plan
        findings = rounds.finish()
        self.rounds = rounds
        self.duration = duration
        self.commandStatus = commandStatus
        self.left = left
    }

    /// One limit, and whether it held.
    struct Check {
        var name: String
        var allowed: Double
        var broken: BrokenLimit?
        /// Why it could not be judged.
        var unjudged: String?
    }

    var broken: [BrokenLimit] {
        var broken = rounds.judgement.broken
        let found = findings.count
        if let allowed = plan.findings, found > allowed {
            broken.append(
                BrokenLimit(
                    limit: "max-findings", allowed: Double(allowed), seen: Double(found), pid: nil))
        }
        return broken
    }

    var hasPassed: Bool { broken.isEmpty }

    /// Every limit that was asked for.
    var checks: [Check] {
        let limits = plan.limits
        let asked: [(String, Double?)] = [
            ("max-sockets", limits.sockets.map(Double.init)),
            ("max-ghosts", limits.ghosts.map(Double.init)),
            ("max-growth", limits.growthPerSecond),
            ("max-findings", plan.findings.map(Double.init)),
        ]
        let broken = broken
        let isEmpty = rounds.judgement.rounds == 0
        return asked.compactMap { name, allowed in
            guard let allowed else { return nil }
            let hit = broken.first { $0.limit == name }
            let isGrowth = name == "max-growth"
            let isUnjudged = hit == nil && (isEmpty || isGrowth)
            return Check(
                name: name, allowed: allowed, broken: hit,
                unjudged: isUnjudged ? rounds.judgement.unjudged.first : nil)
        }
    }

    /// The exit status: the command's own, when it is not 0.
    var exitCode: ExitCode {
        if let commandStatus, commandStatus != 0 { return ExitCode(commandStatus) }
        if !hasPassed { return ExitStatus.found }
        return rounds.isBlind ? ExitStatus.blind : ExitStatus.fine
    }
}

extension BrokenLimit {
    /// What was seen and what was allowed, in words.
    var words: String {
        let isRate = limit == "max-growth"
        let unit = isRate ? " a second" : ""
        let place = pid.map { ", in process \($0)" } ?? ""
        return "\(GrowthWords.number(seen, isCount: !isRate))\(unit) seen, "
            + "\(GrowthWords.number(allowed, isCount: !isRate)) allowed\(place)"
    }
}
