import CLinuxShims
import Glibc
import KernelFormats
public import LeakAnalysis
import Measurements

/// Takes snapshots of one process's sockets, ghosts included.
///
/// The process is never stopped, signalled or traced, and nothing of it is consumed.
public struct SocketInventory: ~Copyable {
    let process: ProcessHandle
    private var tables: SocketTables?
    private var tablesError: KernelError?
    /// The cookie of the process's network namespace; 0 when unknown.
    let namespaceCookie: UInt64
    private let namespace: UInt64?
    private var runtime: Runtime?

    /// Takes hold of a process.
    ///
    /// Throws a ``KernelError`` that ``KernelError/isGone`` when there is none of this number.
    public init(pid: Int32) throws(KernelError) {
        process = try ProcessHandle(pid: pid)
        namespace = process.namespace("net")
        do throws(KernelError) {
            let socket = try Self.socket(process, namespace)
            namespaceCookie = socket.namespaceCookie
            tables = SocketTables(socket)
        } catch {
            namespaceCookie = 0
            tables = nil
            tablesError = error
        }
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
        let boot = Duration.nanoseconds(clinux_boot_time())
        var snapshot = Snapshot(
            time: WallClock.now, bootTime: boot, process: try facts(boot: boot))
        let walk = try DescriptorWalk(process)
        snapshot.descriptors = tally(walk)
        var join = SocketJoin(walk.sockets)
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
        naming.name(&join, process)
        snapshot.coverage.merge(naming.coverage)
        snapshot.sockets = join.sockets
        snapshot.descriptors.open -= naming.gone
        snapshot.descriptors.byKind[.socket] = snapshot.sockets.isEmpty ? nil : join.sockets.count
        NamespaceReading(join: join, listeners: listeners).fill(&snapshot, process)
        return snapshot
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
        let known = runtime ?? RuntimeDetection.runtime(of: process, executable: facts.executable)
        runtime = known
        facts.runtime = known
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

/// The clock on the wall.
enum WallClock {
    /// Now (clock_gettime(2), `CLOCK_REALTIME`).
    static var now: WallTime {
        var time = timespec()
        // The structure is ours and outlives the call.
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(unixNanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
