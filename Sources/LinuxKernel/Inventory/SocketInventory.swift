import CLinuxShims
import Glibc
import KernelFormats
public import LeakAnalysis
public import Measurements

/// Takes snapshots of one process's sockets, ghosts included.
///
/// The process is never stopped, signalled or traced, and nothing of it is consumed.
public struct SocketInventory: ~Copyable {
    let process: ProcessHandle
    private var tables: SocketTables?
    private var tablesError: KernelError?
    /// The cookie of the process's network namespace; 0 when unknown.
    private(set) var namespaceCookie: UInt64 = 0
    private var namespace: UInt64?
    /// What runs in it, and of which program that is known.
    private var known: (runtime: Runtime, executable: String?)?
    private var memory: LookMemory?
    private var cadence = LookCadence()

    /// Takes hold of a process.
    ///
    /// Throws a ``KernelError`` that ``KernelError/isGone`` when there is none of this number.
    public init(pid: Int32) throws(KernelError) {
        process = try ProcessHandle(pid: pid)
        enter(process.namespace("net"))
    }

    /// Reads the tables of a network namespace from now on.
    private mutating func enter(_ namespace: UInt64?) {
        self.namespace = namespace
        memory = nil
        do throws(KernelError) {
            let socket = try Self.socket(process, namespace)
            namespaceCookie = socket.namespaceCookie
            tables = SocketTables(socket)
            tablesError = nil
        } catch {
            namespaceCookie = 0
            tables = nil
            tablesError = error
        }
    }

    /// A process may go to another namespace (setns(2), unshare(2)), as `ip netns exec` does.
    private mutating func follow() {
        guard let now = process.namespace("net"), now != namespace else { return }
        enter(now)
    }

    /// A sock_diag socket in the process's network namespace; our own is not entered anew.
    private static func socket(
        _ process: borrowing ProcessHandle, _ namespace: UInt64?
    ) throws(KernelError) -> NetlinkSocket {
        let ours = try ProcessHandle(pid: getpid()).namespace("net")
        guard let namespace, namespace != ours else { return try NetlinkSocket() }
        let entered = try process.folder.open(below: "ns/net", O_RDONLY)
        return try NetlinkSocket(inside: entered)
    }

    /// Looks once.
    ///
    /// Throws when nothing of the descriptors could be seen: no permission, or the process has
    /// ended. Whatever else is missing stands in the snapshot's coverage.
    public mutating func look() throws(KernelError) -> Snapshot {
        follow()
        return try look(remembering: nil, socketsOnly: false).snapshot
    }

    /// Looks once more, at a process that is looked at again and again.
    ///
    /// Of a process that is quiet most links and ghosts are not asked anew: what the last look
    /// showed is believed as far as the tables agree with it, and every sixteenth look is whole.
    /// With `socketsOnly` no table is read while the process has no socket, so that nothing is
    /// known of TIME_WAIT then. Throws as ``look()`` does.
    public mutating func lookAgain(socketsOnly: Bool = false) throws(KernelError) -> Snapshot {
        follow()
        let old = cadence.isNextQuick() && tablesError == nil ? memory : nil
        var (snapshot, isStale) = try look(remembering: old, socketsOnly: socketsOnly)
        if isStale {
            cadence.noticeChange()
            snapshot = try look(remembering: nil, socketsOnly: socketsOnly).snapshot
        }
        // What was asked while the process went tells nothing of it: the look before stands.
        try process.checkLiving()
        memory = LookMemory(snapshot.sockets, at: snapshot.bootTime)
        return snapshot
    }

    private mutating func look(
        remembering memory: LookMemory?, socketsOnly: Bool
    ) throws(KernelError) -> (snapshot: Snapshot, isStale: Bool) {
        let boot = BootClock.now
        var snapshot = Snapshot(
            time: WallClock.now, bootTime: boot, process: try facts(boot: boot))
        let walk = try DescriptorWalk(process, known: memory?.sockets ?? [])
        // What is read while the process goes is nobody's.
        try process.checkLiving()
        snapshot.descriptors = tally(walk)
        if socketsOnly, walk.sockets.isEmpty { return (snapshot, false) }
        var join = SocketJoin(walk.sockets)
        if let memory { join.expect(memory.deadTCP) }
        if tables != nil {
            try fill(&join, &snapshot)
        } else if let tablesError {
            TextTables.fillAll(&join, process)
            snapshot.coverage.lacks(
                "who waits in TIME_WAIT, and states other than those of /proc/\(process.pid)/net: "
                    + "its network namespace may not be entered (\(tablesError)), which needs "
                    + "CAP_SYS_ADMIN")
        }
        let listeners = ListenerSet(join.listeners, ephemeralPorts: ephemeralPorts())
        snapshot.namespace.ephemeralPorts = listeners.ephemeralPorts
        var naming = UnlistedSockets(
            listeners: listeners, homeCookie: namespaceCookie,
            asksListed: tablesError != nil)
        if let memory { naming.remember(memory, at: boot, turn: cadence.turn) }
        naming.name(&join, process)
        snapshot.coverage.merge(naming.coverage)
        snapshot.sockets = join.sockets
        snapshot.descriptors.open -= naming.gone
        snapshot.descriptors.byKind[.socket] = snapshot.sockets.isEmpty ? nil : join.sockets.count
        NamespaceReading(join: join, listeners: listeners).fill(&snapshot, process)
        return (snapshot, naming.isStale)
    }

    private mutating func fill(
        _ join: inout SocketJoin, _ snapshot: inout Snapshot
    ) throws(KernelError) {
        // Taken out and put back: a part of self cannot be changed while the process is read.
        guard var tables = tables.take() else { return }
        tables.coverage = Coverage()
        do throws(KernelError) {
            try tables.fill(&join, process: process)
        } catch {
            snapshot.coverage.lacks("some rows of the socket tables (\(error))")
        }
        snapshot.coverage.merge(tables.coverage)
        self.tables = consume tables
    }

    private mutating func facts(boot: Duration) throws(KernelError) -> ProcessFacts {
        let status = try process.status()
        var facts = ProcessFacts(pid: process.pid)
        facts.name = status.name
        facts.startTicks = status.startTicks
        facts.threads = status.threads
        let ticks = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))
        facts.uptime = max(0, boot.inSeconds - Double(status.startTicks) / ticks)
        facts.processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        facts.executable = try? process.link("exe")
        facts.networkNamespace = namespace
        // A process may become another program (execve(2)).
        if known == nil || known?.executable != facts.executable {
            known = (
                RuntimeDetection.runtime(of: process, executable: facts.executable),
                facts.executable
            )
        }
        facts.runtime = known?.runtime ?? .unknown
        return facts
    }

    private func tally(_ walk: DescriptorWalk) -> DescriptorTally {
        var tally = DescriptorCounting.tally(walk)
        if let text = try? process.text("limits"), let limits = ProcessLimits.openFiles(text) {
            tally.softLimit = limits.soft
            tally.hardLimit = limits.hard
        }
        return tally
    }

    private func ephemeralPorts() -> ClosedRange<UInt16> {
        // The file shows the namespace of whoever reads it: that of another namespace is its
        // default as a rule, and only tells a direction when nothing better does.
        guard
            let file = try? OwnedDescriptor.open(
                "/proc/sys/net/ipv4/ip_local_port_range", O_RDONLY),
            let bytes = try? file.contents(limit: 64)
        else { return 32768...60999 }
        let numbers = String(decoding: bytes, as: UTF8.self).split { $0 == "\t" || $0 == "\n" }
        guard numbers.count == 2, let low = UInt16(numbers[0]), let high = UInt16(numbers[1]),
            low <= high
        else { return 32768...60999 }
        return low...high
    }
}

/// The clock that snapshots count from.
public enum BootClock {
    /// Since boot, suspension included (clock_gettime(2), `CLOCK_BOOTTIME`).
    public static var now: Duration { .nanoseconds(clinux_boot_time()) }
}

/// The clock on the wall.
public enum WallClock {
    /// Now (clock_gettime(2), `CLOCK_REALTIME`).
    public static var now: WallTime {
        var time = timespec()
        // The structure is ours and outlives the call.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(unixNanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
