import CallSites
import Glibc
import KernelFormats
import LeakAnalysis
import LinuxKernel
import Measurements

/// The events of processes, and what became of them so far.
final class Tracer {
    private let target: TraceTarget
    private var family: TraceFamily
    private let events: TraceEvents
    private let session: PerfSession
    /// The uprobes that are set: a file and an offset in it.
    private var probes: Set<Probe> = []
    private var coverage = Coverage()
    /// Go programs of which it is not known who asks net/http for connections.
    private var withoutRequests: Set<Int32> = []
    private let names = TraceNames()
    private var pythons = PythonStacks(
        read: { pid in { ProcessMemory.read(pid, at: $0, count: $1) } },
        innermostNumber: ProcessMemory.innermostNumber,
        isNamed: { pid in
            (try? ProcessImages(pid: pid))?.generatedCode()?.isEmpty == false
        })
    private let startTime = WallClock.now
    private let clock = ContinuousClock()
    private let start = ContinuousClock().now

    /// How often the processes are listed at most, until none is new.
    private static let rounds = 8

    private struct Probe: Hashable {
        var inode: UInt64
        var offset: UInt64
    }

    /// Prepares for processes, or for a command that waits meanwhile.
    ///
    /// Throws ``BlindFault`` when they may not be looked at, or are of another machine.
    init(_ target: TraceTarget) throws {
        self.target = target
        // What a command inherits is not raised.
        let limit = DescriptorLimit.raise()
        do throws(KernelError) {
            // From here on it is told who is started, ends, and becomes another program.
            session = try PerfSession(followsChildren: target.followsChildren)
        } catch {
            throw TraceFault.of(error, pid: target.pid)
        }
        family = TraceFamily(
            followsChildren: target.followsChildren, makeCache: TraceImages.makeCache())
        var streams = 0
        for pid in target.processes() {
            guard let images = try? TraceImages.running(pid, family.makeCache(pid)) else {
                if pid == target.pid { try Self.checkProcess(pid) }
                continue
            }
            guard pid != target.pid || images.isTraceable else {
                throw TraceFault.otherMachine(pid)
            }
            family.add(pid, images)
            streams += (try? ProcessHandle(pid: pid).status().threads) ?? 1
        }
        let program = target.command.flatMap { command in
            ProcessImages.reader(ofFile: command.path).flatMap { ELFImage(read: $0) }
        }
        let isGo =
            program.map { $0.goDialing != nil }
            ?? family.members[target.pid]?.programs.last?.isGo ?? false
        events = TraceEvents(
            isGo: isGo && !target.followsChildren, isPython: Self.isPython(target, family),
            streams: streams * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), limit: limit)
        do throws(KernelError) {
            try session.attachMachine(events.tracepoints)
            try attach()
            try prepare()
        } catch {
            throw TraceFault.of(error, pid: target.pid)
        }
    }

    /// Opens the events of all processes, those that are started meanwhile as well.
    private func attach() throws(KernelError) {
        var attached: Set<Int32> = []
        for _ in 0..<Self.rounds {
            for pid in family.members.keys where attached.insert(pid).inserted {
                try session.attach(pid, events.tracepoints)
            }
            let more = target.processes().filter { !attached.contains($0) }
            if more.isEmpty { return }
            for pid in more {
                guard let images = try? TraceImages.running(pid, family.makeCache(pid)) else {
                    attached.insert(pid)
                    continue
                }
                family.add(pid, images)
            }
        }
        coverage.lacks("processes that were started while others were attached")
    }

    private static func checkProcess(_ pid: Int32) throws {
        do throws(KernelError) {
            _ = try ProcessImages(pid: pid).mappings()
        } catch {
            throw ProcessArgument.fault(error, pid: pid)
        }
    }

    /// Whether Python runs in the process, or will, by what can be seen now.
    private static func isPython(_ target: TraceTarget, _ family: TraceFamily) -> Bool {
        let path =
            target.command?.path ?? family.members[target.pid]?.programs.last?.program ?? ""
        let libraries = family.members[target.pid]?.programs.last?.space.mappings ?? []
        return path.split(separator: "/").last?.hasPrefix("python") == true
            || libraries.contains { $0.path.contains("/libpython") }
    }

    /// Sets the uprobes of what runs, or will run, and starts.
    private func prepare() throws(KernelError) {
        for pid in family.members.keys.sorted() where !target.isCommand { try probe(pid) }
        if let path = target.command?.path, let file = try? ProbeFile(path: path),
            let dialing = file.reader().flatMap({ ELFImage(read: $0) })?.goDialing
        {
            // Before it begins, so that its first connections are known as well.
            try probe(file, dialing)
        }
        try session.start()
        family.times = session.started..<UInt64.max
    }

    /// Sees to the connections that the Go program of a process dials for other goroutines.
    private func probe(_ pid: Int32) throws(KernelError) {
        guard let images = family.members[pid]?.programs.last, let dialing = images.goDialing
        else { return }
        let inode = images.space.mappings.first { $0.path == images.program }?.inode ?? 0
        if dialing.offsets.allSatisfy({ probes.contains(Probe(inode: inode, offset: $0)) }) {
            // The same file is probed already.
            family.setDialing(dialing, of: pid)
            return
        }
        // It may have become another program since: what is opened now is what is probed, and only
        // at its own functions.
        guard let file = try? ProbeFile(path: "/proc/\(pid)/exe"),
            let found = file.reader().flatMap({ ELFImage(read: $0) })?.goDialing,
            found.offsets == dialing.offsets
        else { return }
        if dialing.request == nil { withoutRequests.insert(pid) }
        family.setDialing(dialing, of: pid)
        try probe(file, found)
    }

    private func probe(
        _ file: borrowing ProbeFile, _ dialing: GoDialing
    ) throws(KernelError) {
        let wanted: [(TraceRole, [UInt64])] = [
            (.goRequest, dialing.request.map { [$0] } ?? []), (.goSpawn, dialing.spawns),
            (.goStart, dialing.starts),
        ]
        for (role, offsets) in wanted {
            guard let place = events.places[role] else { continue }
            for offset in offsets
            where probes.insert(Probe(inode: file.inode, offset: offset)).inserted {
                try session.probe(
                    TraceEvents.probe(role, path: file.path, offset: offset), place: place)
            }
        }
    }

    /// Waits until there is much to take, a descriptor can be read, or the time is over, and takes
    /// what happened.
    func wait(within limit: Duration, orReadable descriptor: Int32) {
        session.wait(within: limit, orReadable: descriptor)
        feed()
    }

    /// Whether the first thread of the process that was named ended; others may live on.
    var hasLeaderEnded: Bool {
        // Gone is one whose number another process has.
        family.members[target.pid]?.machine.hasLeaderEnded ?? true
    }

    /// The processes that are traced, those that have ended among them.
    var processes: [Int32] { family.members.keys.sorted() }

    /// Stops, after a look at what is open now.
    ///
    /// `living` are the processes that have not ended.
    func finish(living: [Int32]) -> TraceOutcome {
        // What happens from here on is not taken: the look shows the table as it is now.
        let duration = clock.now - start
        let end = PerfSession.now
        family.times = session.started..<end
        let looks = TraceLooks(of: living, target: target.pid, end: end)
        session.stop()
        feed(all: true)
        return outcome(looks, duration)
    }

    /// What it came to until now, by a look that was just taken at the process that was named.
    func interim(_ snapshot: Snapshot) -> TraceOutcome {
        let looks = TraceLooks(snapshot, target: target.pid, end: PerfSession.now)
        feed()
        names.refresh()
        return outcome(looks, clock.now - start)
    }

    private func outcome(_ looks: TraceLooks, _ duration: Duration) -> TraceOutcome {
        TraceOutcome(
            pid: target.pid, start: startTime, duration: duration, family: family, looks: looks,
            names: names, coverage: finalCoverage())
    }

    private func feed(all: Bool = false) {
        let entries = session.take(all: all) { sample, place in
            guard events.wanted[place].role == .opening,
                let images = family.members[sample.pid]?.programs.last
            else { return }
            pythons.arrive(sample, images)
        }
        pythons.endArrivals()
        for entry in entries {
            if case .sample(let sample) = entry.record, let place = entry.place {
                let role = events.wanted[place].role
                let script = role == .opening ? pythons.take(sample).map(names.number) : []
                family.take(sample, role, script: script)
            } else if let change = family.take(entry.record) {
                follow(change)
            }
        }
    }

    private func follow(_ change: TraceFamily.Change) {
        if case .executed(let pid) = change { pythons.forget(pid) }
        guard case .loaded(let pid) = change else { return }
        do throws(KernelError) {
            try probe(pid)
        } catch {
            coverage.lacks("who asks net/http for connections in process \(pid): \(error)")
        }
    }

    private func finalCoverage() -> Coverage {
        var coverage = self.coverage
        for missing in session.coverage.missing { coverage.lacks(missing) }
        if family.lost > 0 {
            coverage.lacks("\(family.lost) records that had no room in a ring")
        }
        let machines = (family.former + family.members.values).map(\.machine)
        let overflows = machines.reduce(0) { $0 + $1.stacks.overflows }
        if overflows > 0 {
            coverage.lacks("the stacks of \(overflows) sockets: there were too many")
        }
        let unrequested = machines.reduce(0) { $0 + $1.unrequested }
        if unrequested > 0 {
            coverage.lacks(
                "who had asked for \(unrequested) connections: that was before the trace, or the "
                    + "goroutine that dialled them has a deeper stack than was copied")
        }
        if !withoutRequests.isEmpty {
            coverage.lacks(
                "who asks net/http for connections in \(ProcessWords.count(withoutRequests.count, "Go program")): "
                    + "they have no net/http, or one whose functions are not where they are expected"
            )
        }
        if family.refused > 0 {
            coverage.lacks("\(family.refused) processes: there were too many")
        }
        for reason in Set(pythons.refusals.values.map(\.description)).sorted() {
            coverage.lacks("functions of Python: \(reason)")
        }
        let (read, late) = pythons.counts
        if late > 0 {
            coverage.lacks(
                "the functions of Python of \(late) of \(read) sockets: the thread had gone on when "
                    + "they were read")
        }
        return coverage
    }
}
