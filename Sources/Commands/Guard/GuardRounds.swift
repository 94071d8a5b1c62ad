import Glibc
import LeakAnalysis
import LinuxKernel
import Measurements

/// Looks at all processes of a command, round after round, and keeps what is to be judged.
struct GuardRounds {
    private(set) var judgement: GuardJudgement
    private(set) var coverage = Coverage()
    /// How many processes were looked at.
    private(set) var processes = 0
    private var members: [Int32] = []
    private var current: [Int32: GuardedProcess] = [:]
    /// What the last looks at processes said that have ended.
    private var past: [GuardFinding] = []
    private var unseen: Set<Int32> = []

    /// The most findings of processes that have ended, and the most sentences about what was not
    /// seen, that are kept.
    private static let pastLimit = 1_000
    private static let coverageLimit = 50

    init(limits: GuardLimits) {
        judgement = GuardJudgement(limits: limits)
    }

    /// Looks at a process and all its descendants, ourselves left out.
    mutating func look(atFamilyOf root: Int32) {
        do throws(KernelError) {
            members = try ProcessFinder.family(of: root).filter { $0 != getpid() }
        } catch {
            // Those of the round before are looked at, and what is new is missing.
            lacks("processes that were started meanwhile (\(error))")
        }
        look(at: members)
    }

    private mutating func look(at members: [Int32]) {
        let gone = Set(current.keys).subtracting(members)
        for pid in gone { retire(pid) }
        var snapshots: [Snapshot] = []
        for pid in members where !unseen.contains(pid) {
            do throws(KernelError) {
                let snapshot = try process(pid).look()
                snapshots.append(snapshot)
                for sentence in snapshot.coverage.missing {
                    lacks("of \(snapshot.process.name) (\(pid)): \(sentence)")
                }
            } catch {
                retire(pid)
                guard !error.isGone else { continue }
                if error.isPermission { unseen.insert(pid) }
                lacks(ProcessArgument.fault(error, pid: pid).message)
            }
        }
        judgement.observe(snapshots)
    }

    private mutating func process(_ pid: Int32) throws(KernelError) -> GuardedProcess {
        if let known = current[pid] { return known }
        let process = try GuardedProcess(pid: pid)
        current[pid] = process
        return process
    }

    private mutating func retire(_ pid: Int32) {
        guard let process = current.removeValue(forKey: pid) else { return }
        if process.confirmed != nil { processes += 1 }
        let findings = process.findings
        guard past.count + findings.count <= Self.pastLimit else {
            return lacks("more than \(Self.pastLimit) findings of processes that ended")
        }
        past += findings
    }

    private mutating func lacks(_ sentence: String) {
        if coverage.missing.count < Self.coverageLimit { coverage.lacks(sentence) }
    }

    /// Whether nothing at all could be looked at, though something was there.
    var isBlind: Bool { processes == 0 && !coverage.isComplete }

    /// Ends it: what was found in each process at its last look, the surest first.
    ///
    /// What may be something else is left out.
    mutating func finish() -> [GuardFinding] {
        for pid in current.keys.sorted() { retire(pid) }
        return past.sorted {
            ($0.finding.confidence, $0.finding.count, $1.process.pid)
                > ($1.finding.confidence, $1.finding.count, $0.process.pid)
        }
    }
}

/// A finding, and in which process it was.
struct GuardFinding {
    var process: ProcessFacts
    var finding: Finding
}
