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

    init(
        pid: Int32, duration: Duration, machine: TraceMachine, snapshot: Snapshot?,
        goVersion: String?, dialer: GoDialer?, symbolizer: Symbolizer, end: UInt64
    ) {
        self.pid = pid
        self.duration = duration
        events = machine.events
        lost = machine.lost
        var symbolizer = symbolizer
        var byFunction: [String: Site] = [:]
        var keys: [Int: String] = [:]
        for (stack, counts) in machine.ledger.sites {
            let frames = symbolizer.frames(of: machine.stacks[stack])
            let named =
                frames.first(where: \.isOwn) ?? frames.last
                ?? StackFrame(function: "unknown", isOwn: false)
            let key = "\(named.function) \(named.file ?? ""):\(named.line ?? 0)"
            keys[stack] = key
            var site = byFunction[key] ?? Site(frame: named, stack: frames)
            site.opened += counts.opened
            site.closed += counts.closed
            byFunction[key] = site
        }
        let sockets = Dictionary(
            (snapshot?.sockets ?? []).map { ($0.descriptor, $0) },
            uniquingKeysWith: { one, _ in one })
        var known: Set<Int32> = []
        let survivors = machine.ledger.survivors
        for survivor in survivors {
            guard let key = keys[survivor.stack] else { continue }
            known.insert(survivor.descriptor)
            byFunction[key]?.surviving += 1
            if byFunction[key]?.sockets.count ?? 0 < Site.socketLimit {
                byFunction[key]?.sockets.append(
                    OpenSocket(
                        descriptor: survivor.descriptor,
                        local: sockets[survivor.descriptor]?.local?.description,
                        age: end > survivor.opened ? Double(end - survivor.opened) / 1e9 : 0))
            }
            guard let socket = sockets[survivor.descriptor] else { continue }
            let state =
                socket.ghost.map { "ghost_\($0.rawValue)" } ?? socket.state?.rawValue ?? "none"
            byFunction[key]?.states[state, default: 0] += 1
            if let peer = socket.peer?.description {
                byFunction[key]?.peers[peer, default: 0] += 1
            }
        }
        sites = byFunction.values.sorted {
            ($0.surviving, $0.opened, $1.frame.function) > (
                $1.surviving, $1.opened, $0.frame.function
            )
        }
        unattributed = snapshot.map { $0.sockets.count { !known.contains($0.descriptor) } }
        findings = snapshot.map { LeakAnalyst.findings(in: $0) } ?? []
        coverage = Self.coverage(machine, snapshot, goVersion, dialer)
    }

    private static func coverage(
        _ machine: TraceMachine, _ snapshot: Snapshot?, _ goVersion: String?, _ dialer: GoDialer?
    ) -> Coverage {
        var coverage = Coverage()
        if machine.lost > 0 {
            coverage.lacks("\(machine.lost) records that had no room in a ring")
        }
        if machine.executions > 0 {
            coverage.lacks("what was opened before the process became another program")
        }
        if machine.unrequested > 0 {
            coverage.lacks(
                "who had asked for \(machine.unrequested) connections that were dialled already")
        }
        if goVersion != nil, dialer == nil {
            coverage.lacks(
                "who asks net/http for connections: this program has no net/http, or one whose "
                    + "functions have other names")
        }
        if snapshot == nil { coverage.lacks("states and peers: the process has ended") }
        return coverage
    }
}

extension TraceOutcome {
    /// The documented object (`sockeye.trace/1`).
    var json: [UInt8] {
        var json = JSONWriter(reserving: 16_384)
        json.object { json in
            json.key("schema")
            json.string("sockeye.trace/1")
            json.key("pid")
            json.integer(pid)
            json.key("duration_s")
            json.number(duration.inSeconds)
            json.key("events")
            json.integer(events)
            json.key("lost")
            json.integer(lost)
            json.key("sites")
            json.array { json in
                for site in sites { site.write(to: &json, seconds: duration.inSeconds) }
            }
            json.key("unattributed")
            if let unattributed { json.integer(unattributed) } else { json.null() }
            json.key("coverage")
            coverage.write(to: &json)
        }
        json.endLine()
        return json.bytes
    }
}

extension TraceOutcome.Site {
    func write(to json: inout JSONWriter, seconds: Double) {
        json.object { json in
            json.key("function")
            json.string(frame.function)
            json.key("file")
            json.string(frame.file)
            json.key("line")
            if let line = frame.line { json.integer(line) } else { json.null() }
            json.key("opened")
            json.integer(opened)
            json.key("closed")
            json.integer(closed)
            json.key("surviving")
            json.integer(surviving)
            json.key("rate_per_s")
            json.number(seconds > 0 ? Double(surviving) / seconds : 0)
            json.key("states")
            json.object { json in
                for (state, count) in states.sorted(by: { $0.key < $1.key }) {
                    json.key(text: state)
                    json.integer(count)
                }
            }
            json.key("peers")
            json.array { json in
                for (peer, count) in peers.sorted(by: { ($0.value, $1.key) > ($1.value, $0.key) })
                    .prefix(16)
                {
                    json.object { json in
                        json.key("peer")
                        json.string(peer)
                        json.key("count")
                        json.integer(count)
                    }
                }
            }
            json.key("sockets")
            json.array { json in for socket in sockets { socket.write(to: &json) } }
            json.key("stack")
            json.array { json in for frame in stack { frame.write(to: &json) } }
        }
    }
}

extension TraceOutcome.OpenSocket {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("descriptor")
            json.integer(descriptor)
            json.key("local")
            json.string(local)
            json.key("age_s")
            json.number(age)
        }
    }
}

extension StackFrame {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("function")
            json.string(function)
            json.key("file")
            json.string(file)
            json.key("line")
            if let line { json.integer(line) } else { json.null() }
            json.key("own")
            json.bool(isOwn)
        }
    }
}
