import CallSites
import LeakAnalysis
import LinuxKernel
import Measurements

/// Groups stacks by the function that is named, and survivors with what a look shows of them.
struct TraceJoin {
    private(set) var sites: [String: TraceOutcome.Site] = [:]
    /// By the addresses' names.
    private(set) var stacks: [[StackFrame]: TraceOutcome.Stack] = [:]
    private(set) var processes: [Int32: TraceOutcome.Process] = [:]
    /// Survivors of the ledgers that a look does not show: their closes were not seen.
    private(set) var unseenCloses = 0
    private(set) var advice: [String] = []

    private let looks: TraceLooks
    private let names: TraceNames
    private var counted: Set<OpenSiteLedger.Identity> = []

    init(looks: TraceLooks, names: TraceNames) {
        self.looks = looks
        self.names = names
    }

    /// Counts what a process opened.
    mutating func add(_ member: TraceFamily.Member) {
        let pid = member.pid
        var process =
            processes[pid] ?? TraceOutcome.Process(pid: pid, program: member.programs.last?.program)
        for (stack, opened) in member.machine.ledger.opened.sorted(by: { $0.key < $1.key }) {
            let frames = names.frames(of: stack, member)
            stacks[frames, default: TraceOutcome.Stack(frames: frames)].opened += opened
            let (key, named) = Self.key(of: frames)
            sites[key, default: TraceOutcome.Site(frame: named, stack: frames)].opened += opened
            process.opened += opened
        }
        processes[pid] = process
        if process.opened > 0 {
            for line in names.advice(of: pid) where !advice.contains(line) { advice.append(line) }
        }
    }

    /// Counts what is still open, once for all the processes that hold it.
    mutating func addSurvivors(of members: [TraceFamily.Member]) {
        for member in members {
            let pid = member.pid
            let look = looks.snapshots[pid]
            // What a process had open is closed with its end; of the one that is asked about, it is
            // told.
            guard look != nil || pid == looks.target else { continue }
            let sockets = Dictionary(
                (look?.sockets ?? []).map { ($0.descriptor, $0) },
                uniquingKeysWith: { one, _ in one })
            for survivor in member.machine.ledger.survivors {
                let socket = survivor.descriptors.lazy.compactMap { sockets[$0] }.first
                if socket == nil, look?.coverage.isComplete == true || survivor.isUncertain {
                    if !survivor.isUncertain { unseenCloses += 1 }
                    continue
                }
                guard counted.insert(survivor.identity).inserted else { continue }
                let frames = names.frames(of: survivor.stack, member)
                let (key, named) = Self.key(of: frames)
                stacks[frames, default: TraceOutcome.Stack(frames: frames)].surviving += 1
                sites[key, default: TraceOutcome.Site(frame: named, stack: frames)]
                    .add(survivor, socket, pid: pid, end: looks.end)
                processes[pid]?.surviving += 1
            }
        }
    }

    /// The sites, each with who called it.
    var sitesWithCallers: [TraceOutcome.Site] {
        let bySite = Dictionary(grouping: stacks.values) { Self.key(of: $0.frames).key }
        return sites.map { key, site in
            var site = site
            site.callers = TraceCaller.callers(of: bySite[key] ?? [])
            return site
        }
    }

    /// How many sockets are open whose opening was not seen; one that several processes hold
    /// counts once.
    func unattributed(_ members: [TraceFamily.Member]) -> Int {
        var known: Set<UInt64> = []
        var others: Set<UInt64> = []
        for member in members {
            let numbers = member.machine.ledger.openNumbers
            for socket in looks.snapshots[member.pid]?.sockets ?? [] {
                if numbers.contains(socket.descriptor) {
                    known.insert(socket.inode)
                } else {
                    others.insert(socket.inode)
                }
            }
        }
        return others.subtracting(known).count
    }

    /// The frame that a stack is named by, and what it is grouped by.
    private static func key(of frames: [StackFrame]) -> (key: String, named: StackFrame) {
        let own = frames.first(where: \.isOwn)
        // Without a frame of the user's own it is who called the system's function.
        let named =
            own ?? frames.first { !$0.isPlumbing } ?? frames.first
            ?? StackFrame(function: "unknown", isOwn: false)
        let place = "\(named.function) \(named.file ?? ""):\(named.line ?? 0)"
        return (place, named)
    }
}

extension TraceOutcome.Site {
    fileprivate mutating func add(
        _ survivor: OpenSiteLedger.Survivor, _ socket: SocketRecord?, pid: Int32, end: UInt64
    ) {
        surviving += 1
        if sockets.count < Self.socketLimit {
            sockets.append(
                TraceOutcome.OpenSocket(
                    process: pid, descriptor: socket?.descriptor ?? survivor.descriptor,
                    local: socket?.local?.description,
                    age: end > survivor.opened ? Double(end - survivor.opened) / 1e9 : 0))
        }
        guard let socket else { return }
        let state = socket.ghost.map { "ghost_\($0.rawValue)" } ?? socket.state?.rawValue ?? "none"
        states[state, default: 0] += 1
        if let peer = socket.peer?.description { peers[peer, default: 0] += 1 }
    }
}
