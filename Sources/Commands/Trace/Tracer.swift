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

    private struct Probe: Hashable {
        var inode: UInt64
        var offset: UInt64
    }

    /// Prepares for processes, or for a command that waits meanwhile.
    ///
    /// Throws ``BlindFault`` when they may not be looked at, or are of another machine.
    init(_ target: TraceTarget) throws {
        // What a command inherits is not raised.
        let limit = DescriptorLimit.raise()
        var family = TraceFamily(
            followsChildren: target.followsChildren, makeCache: TraceImages.cache)
        let pids = target.processes()
        let program = target.command.flatMap { command in
            ProcessImages.reader(ofFile: command.path).flatMap { ELFImage(read: $0) }
        }
        var streams = 0
        for pid in pids {
            guard let images = try? TraceImages.running(pid) else {
                if pid == target.pid { try Self.checkProcess(pid) }
                continue
            }
            guard pid != target.pid || images.isTraceable else {
                throw TraceFault.otherMachine(pid)
            }
            family.add(pid, images)
            streams += (try? ProcessHandle(pid: pid).status().threads) ?? 1
        }
        let isGo =
            program.map { $0.goDialing != nil }
            ?? family.members[target.pid]?.programs.last?.isGo ?? false
        events = TraceEvents(
            isGo: isGo && !target.followsChildren, isPython: Self.isPython(target, family),
            streams: streams * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), limit: limit)
        do throws(KernelError) {
            session = try PerfSession(followsChildren: target.followsChildren)
            try session.attachMachine(events.tracepoints)
            for pid in pids where family.members[pid] != nil {
                try session.attach(pid, events.tracepoints)
            }
        } catch {
            throw TraceFault.of(error, pid: target.pid)
        }
        self.family = family
        self.target = target
        try prepare(program)
    }

    private static func checkProcess(_ pid: Int32) throws {
        do throws(KernelError) {
            _ = try TraceImages.running(pid)
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
    private func prepare(_ program: ELFImage?) throws {
        do throws(KernelError) {
            for pid in family.members.keys.sorted() where !target.isCommand { try probe(pid) }
            if let path = target.command?.path, let dialing = program?.goDialing {
                // Before it begins, so that its first connections are known as well.
                try probe(path, dialing, inode: ProcessImages.inode(ofFile: path) ?? 0)
            }
            try session.start()
        } catch {
            throw TraceFault.of(error, pid: target.pid)
        }
        family.times = session.started..<UInt64.max
    }

    /// Sees to the connections that the Go program of a process dials for other goroutines.
    private func probe(_ pid: Int32) throws(KernelError) {
        guard let images = family.members[pid]?.programs.last, let dialing = images.goDialing
        else { return }
        if dialing.request == nil {
            coverage.lacks(
                "who asks net/http for connections in process \(pid): this program has no "
                    + "net/http, or one whose functions are not where they are expected")
        }
        family.setDialing(dialing, of: pid)
        let inode = images.space.mappings.first { $0.path == images.program }?.inode ?? 0
        try probe("/proc/\(pid)/exe", dialing, inode: inode)
    }

    private func probe(
        _ path: String, _ dialing: GoDialing, inode: UInt64
    ) throws(KernelError) {
        let wanted: [(TraceRole, [UInt64])] = [
            (.goRequest, dialing.request.map { [$0] } ?? []), (.goSpawn, dialing.spawns),
            (.goStart, dialing.starts),
        ]
        for (role, offsets) in wanted {
            guard let place = events.places[role] else { continue }
            for offset in offsets
            where probes.insert(Probe(inode: inode, offset: offset)).inserted {
                try session.probe(
                    TraceEvents.probe(role, path: path, offset: offset), place: place)
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
    var hasLeaderEnded: Bool { family.members[target.pid]?.machine.hasLeaderEnded == true }

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
        return outcome(looks, clock.now - start)
    }

    private func outcome(_ looks: TraceLooks, _ duration: Duration) -> TraceOutcome {
        TraceOutcome(
            pid: target.pid, start: startTime, duration: duration, family: family, looks: looks,
            names: names, coverage: coverage(looks))
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

    private func coverage(_ looks: TraceLooks) -> Coverage {
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
        for reason in Set(pythons.refusals.values.map(\.description)).sorted() {
            coverage.lacks("functions of Python: \(reason)")
        }
        let (read, late) = pythons.counts
        if late > 0 {
            coverage.lacks(
                "the functions of Python of \(late) of \(read) sockets: the thread had gone on when "
                    + "they were read")
        }
        if looks.snapshots[target.pid] == nil {
            coverage.lacks("states and peers: the process has ended")
        }
        return coverage
    }
}
