import CallSites
import LeakAnalysis
import Measurements

/// What a trace came to: who opened what, and what is still open.
struct TraceOutcome {
    /// The sockets that one function asked for.
    struct Site {
        /// The function that is named: the first of the user's own code.
        var frame: StackFrame
        /// The whole stack of one of them, innermost first.
        var stack: [StackFrame]
        var opened = 0
        var surviving = 0
        /// Who called the function that is named, where that was not always the same.
        var callers: [TraceCaller] = []
        /// Whether all that is open are sockets that listen, which are meant to stay.
        var isListener: Bool {
            surviving > 0 && states["LISTEN", default: 0] == surviving
        }
        var closed: Int { max(0, opened - surviving) }
        var states: [String: Int] = [:]
        var peers: [String: Int] = [:]
        /// Those that are open, oldest first; at most ``socketLimit``.
        var sockets: [OpenSocket] = []

        static let socketLimit = 10_000
    }

    /// One socket that is open.
    struct OpenSocket {
        var process: Int32
        var descriptor: Int32
        var local: String?
        /// Seconds since it was opened.
        var age: Double
    }

    /// The sockets of one stack.
    struct Stack {
        var frames: [StackFrame]
        var opened = 0
        var surviving = 0
    }

    /// One process.
    struct Process {
        var pid: Int32
        /// The path of the program that it ran last.
        var program: String?
        var opened = 0
        var surviving = 0
    }

    let pid: Int32
    let start: WallTime
    let duration: Duration
    let events: Int
    let lost: UInt64
    let sites: [Site]
    let stacks: [Stack]
    let processes: [Process]
    /// Sockets that are open and whose opening was not seen; nil without a look.
    let unattributed: Int?
    /// Whether the process that was asked about had ended: nothing more comes.
    let hasEnded: Bool
    let coverage: Coverage
    /// What is wrong by the look at the end.
    let findings: [Finding]
    /// What would make more of the names known.
    let advice: [String]
    /// The exit status of the command that was traced; nil for a process.
    private(set) var commandStatus: Int32?

    /// Joins the ledgers with looks at the same moment.
    init(
        pid: Int32, start: WallTime, duration: Duration, family: TraceFamily, looks: TraceLooks,
        names: TraceNames, coverage: Coverage
    ) {
        self.pid = pid
        self.start = start
        self.duration = duration
        findings = looks.findings
        let living = family.members.values.sorted { $0.serial < $1.serial }
        events = (family.former + living).reduce(0) { $0 + $1.machine.events }
        lost = family.lost
        var join = TraceJoin(looks: looks, names: names)
        for member in family.former + living { join.add(member) }
        join.addSurvivors(of: living)
        sites = join.sitesWithCallers.sorted {
            ($0.surviving, $0.opened, $1.frame.function)
                > ($1.surviving, $1.opened, $0.frame.function)
        }
        stacks = join.stacks.values.sorted { ($0.surviving, $0.opened) > ($1.surviving, $1.opened) }
        processes = join.processes.values.sorted { $0.pid < $1.pid }
        advice = join.advice
        unattributed = looks.snapshots.isEmpty ? nil : join.unattributed(living)
        hasEnded = looks.snapshots[pid] == nil
        var coverage = coverage
        if hasEnded { coverage.lacks("states and peers: the process has ended") }
        if join.unseenCloses > 0 {
            coverage.lacks(
                "how \(join.unseenCloses) sockets were closed that are not open any more")
        }
        self.coverage = coverage
    }

    /// The same with how the command ended.
    func with(commandStatus: Int32?) -> TraceOutcome {
        var outcome = self
        outcome.commandStatus = commandStatus
        return outcome
    }
}
