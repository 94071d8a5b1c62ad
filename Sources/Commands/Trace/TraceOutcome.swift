import CallSites
import LeakAnalysis
import Measurements

/// What a trace came to: who opened what, and what is still open.
struct TraceOutcome {
    /// The sockets that one function asked for.
    struct Site {
        /// The function that is named: the first of the user's own code.
        var frame: StackFrame
        /// The whole stack, innermost first.
        var stack: [StackFrame]
        var opened = 0
        var closed = 0
        var surviving = 0
        var states: [String: Int] = [:]
        var peers: [String: Int] = [:]
        /// Those that are open, oldest first; at most ``socketLimit``.
        var sockets: [OpenSocket] = []

        static let socketLimit = 10_000
    }

    /// One socket that is open.
    struct OpenSocket {
        var descriptor: Int32
        var local: String?
        /// Seconds since it was opened.
        var age: Double
    }

    let pid: Int32
    let duration: Duration
    let events: Int
    let lost: UInt64
    let sites: [Site]
    /// Sockets that are open and whose opening was not seen; nil without a look.
    let unattributed: Int?
    let coverage: Coverage
    /// What is wrong by the look at the end.
    let findings: [Finding]

    /// Joins a ledger with a look at the same moment: `end`, on the clock of the events.
    init(
        pid: Int32, duration: Duration, machine: TraceMachine, snapshot: Snapshot?,
        findings: [Finding], symbolizer: Symbolizer, end: UInt64, coverage: Coverage
    ) {
        self.pid = pid
        self.duration = duration
        self.findings = findings
        events = machine.events
        lost = machine.lost
        var join = TraceJoin(machine: machine, symbolizer: symbolizer)
        join.add(machine.ledger.survivors, snapshot, end: end)
        sites = join.sites.values.sorted {
            ($0.surviving, $0.opened, $1.frame.function)
                > ($1.surviving, $1.opened, $0.frame.function)
        }
        let known = machine.ledger.openNumbers
        unattributed = snapshot.map { $0.sockets.count { !known.contains($0.descriptor) } }
        var coverage = coverage
        if join.unseenCloses > 0 {
            coverage.lacks(
                "how \(join.unseenCloses) sockets were closed that are not open any more")
        }
        self.coverage = coverage
    }
}

/// Groups stacks by the function that is named, and survivors with what a look shows of them.
struct TraceJoin {
    private(set) var sites: [String: TraceOutcome.Site] = [:]
    /// Survivors of the ledger that the look does not show: their closes were not seen.
    private(set) var unseenCloses = 0
    private var keys: [Int: String] = [:]

    init(machine: TraceMachine, symbolizer: Symbolizer) {
        var symbolizer = symbolizer
        for (stack, counts) in machine.ledger.sites {
            let frames = symbolizer.frames(of: machine.stacks[stack])
            let own = frames.first(where: \.isOwn)
            // Without a frame of the user's own each stack stands for itself, named by who called
            // the system's function.
            let named =
                own ?? frames.dropFirst().first ?? frames.first
                ?? StackFrame(function: "unknown", isOwn: false)
            let place = "\(named.function) \(named.file ?? ""):\(named.line ?? 0)"
            let key = own == nil ? "\(place) \(stack)" : place
            keys[stack] = key
            var site = sites[key] ?? TraceOutcome.Site(frame: named, stack: frames)
            site.opened += counts.opened
            site.closed += counts.closed
            sites[key] = site
        }
    }

    mutating func add(
        _ survivors: [OpenSiteLedger.Survivor], _ snapshot: Snapshot?, end: UInt64
    ) {
        let sockets = Dictionary(
            (snapshot?.sockets ?? []).map { ($0.descriptor, $0) },
            uniquingKeysWith: { one, _ in one })
        let isWhole = snapshot?.coverage.isComplete == true
        for survivor in survivors {
            guard let key = keys[survivor.stack], var site = sites[key] else { continue }
            let socket = sockets[survivor.descriptor]
            if socket == nil, isWhole {
                unseenCloses += 1
                site.closed += 1
            } else {
                site.add(survivor, socket, end: end)
            }
            sites[key] = site
        }
    }
}

extension TraceOutcome.Site {
    fileprivate mutating func add(
        _ survivor: OpenSiteLedger.Survivor, _ socket: SocketRecord?, end: UInt64
    ) {
        surviving += 1
        if sockets.count < Self.socketLimit {
            sockets.append(
                TraceOutcome.OpenSocket(
                    descriptor: survivor.descriptor, local: socket?.local?.description,
                    age: end > survivor.opened ? Double(end - survivor.opened) / 1e9 : 0))
        }
        guard let socket else { return }
        let state = socket.ghost.map { "ghost_\($0.rawValue)" } ?? socket.state?.rawValue ?? "none"
        states[state, default: 0] += 1
        if let peer = socket.peer?.description { peers[peer, default: 0] += 1 }
    }
}
