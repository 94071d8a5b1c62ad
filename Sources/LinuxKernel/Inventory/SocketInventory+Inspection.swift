import Glibc
import KernelFormats
public import LeakAnalysis
import Measurements

/// How an inspection looks more than once.
public struct InspectionPlan: Hashable, Sendable {
    /// How long ghosts have to persist to be counted, from the first look to the last.
    ///
    /// Default 400 ms.
    public var settle = Duration.milliseconds(400)
    /// The pause between the looks that watch sockets come and go.
    ///
    /// Default 20 ms.
    public var pause = Duration.milliseconds(20)
    /// The most descriptors of a process that is watched so closely; a larger one is looked at
    /// twice.
    ///
    /// Default 1,000.
    public var closeLimit = 1_000

    /// Makes the plan with its defaults.
    public init() {}
}

extension SocketInventory {
    /// Looks, watches a moment, and keeps as ghosts only those that are still there, the same.
    ///
    /// One look at a table shows the sockets of a client that merely churns as ghosts; a second
    /// look at the same inode does not. A process that ends meanwhile gives what was seen, and
    /// the coverage says so.
    public mutating func inspect(_ plan: InspectionPlan = InspectionPlan()) throws(KernelError)
        -> Snapshot
    {
        // What is born while the tables are read counts, so the time that takes does too.
        let start = MonotonicReading.now
        var snapshot = try look()
        guard plan.settle > .zero else { return snapshot }
        let firstLook = MonotonicReading.now
        let isClose = snapshot.descriptors.open <= plan.closeLimit
        var watch = ChurnWatch(
            sockets: isClose ? snapshot.sockets : [], homeCookie: namespaceCookie)
        do throws(KernelError) {
            while isClose, MonotonicReading.now - firstLook < plan.settle {
                Pause.wait(plan.pause)
                watch.look(try DescriptorWalk(process), process)
            }
            if !isClose {
                if snapshot.ghosts == 0 { return snapshot }
                Pause.wait(plan.settle)
            }
        } catch {
            snapshot.coverage.lacks("a second look: the process ended during the first")
            return snapshot
        }
        let seconds = (MonotonicReading.now - start).inSeconds
        confirmGhosts(&snapshot, &watch)
        snapshot.churn = isClose ? watch.churn(seconds: seconds) : nil
        return snapshot
    }

    /// Drops ghosts that are gone, and lets those that came alive go on as what they are now.
    private func confirmGhosts(_ snapshot: inout Snapshot, _ watch: inout ChurnWatch) {
        guard snapshot.ghosts > 0, let reference = process.referenceNumber else { return }
        let examiner = SocketExaminer(reference: reference, homeCookie: namespaceCookie)
        var hasEnded = false
        var vanished: Set<Int> = []
        for index in snapshot.sockets.indices where !hasEnded {
            let record = snapshot.sockets[index]
            guard let ghost = record.ghost, ghost != .foreignNamespace else { continue }
            switch examiner.isSameGhost(record.descriptor, inode: record.inode) {
            case true: break
            case false: vanished.insert(index)
            case nil: hasEnded = true
            }
        }
        if hasEnded {
            snapshot.coverage.lacks(
                "whether its ghosts persist: the process ended, or may no longer be asked")
        }
        watch.vanishedGhosts = vanished.count
        guard !vanished.isEmpty else { return }
        snapshot.sockets = snapshot.sockets.indices.filter { !vanished.contains($0) }
            .map { snapshot.sockets[$0] }
        snapshot.descriptors.open -= vanished.count
        let rest = snapshot.sockets.count
        snapshot.descriptors.byKind[.socket] = rest == 0 ? nil : rest
    }
}

/// Watches the sockets of one process come and go.
private struct ChurnWatch {
    private var alive: Set<UInt64>
    private let homeCookie: UInt64
    private var born = 0
    private var died = 0
    private var looks = 1
    /// Where connections stand that were born while we watched.
    private var standing: [UInt64: IPEndpoint] = [:]
    /// Where those went to that were born, and are gone.
    private var passedTo: [IPEndpoint: Int] = [:]
    var vanishedGhosts = 0

    init(sockets: [SocketRecord], homeCookie: UInt64) {
        alive = Set(sockets.map(\.inode))
        for socket in sockets {
            if let peer = socket.firstExchangePeer { standing[socket.inode] = peer }
        }
        self.homeCookie = homeCookie
    }

    /// Takes another reading of the descriptors, and asks the new ones where they lead.
    mutating func look(_ walk: DescriptorWalk, _ process: borrowing ProcessHandle) {
        looks += 1
        let now = Set(walk.sockets.map(\.inode))
        let gone = alive.subtracting(now)
        died += gone.count
        for inode in gone {
            if let peer = standing.removeValue(forKey: inode) { passedTo[peer, default: 0] += 1 }
        }
        let fresh = walk.sockets.filter { !alive.contains($0.inode) }
        born += fresh.count
        alive = now
        guard !fresh.isEmpty, let reference = process.referenceNumber else { return }
        var examiner = SocketExaminer(reference: reference, homeCookie: homeCookie)
        for socket in fresh {
            if case .socket(socket.inode, let evidence, _) = examiner.examine(socket.descriptor),
                evidence.information?.wasEstablished == true, evidence.direction != .inbound,
                let peer = evidence.peer?.endpoint
            {
                standing[socket.inode] = peer.unmapped
            }
        }
    }

    func churn(seconds: Double) -> Churn {
        var churn = Churn(seconds: seconds, looks: looks)
        churn.born = born
        churn.died = died
        churn.vanishedGhosts = vanishedGhosts
        churn.passedTo = Churn.most(passedTo)
        return churn
    }
}

/// The clock that intervals are taken from.
enum MonotonicReading {
    /// Now (clock_gettime(2), `CLOCK_MONOTONIC`).
    static var now: MonotonicInstant {
        var time = timespec()
        // The structure is ours and outlives the call.
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicInstant(
            nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}

/// Lets time pass between two looks.
enum Pause {
    static func wait(_ duration: Duration) {
        usleep(UInt32(clamping: max(0, duration.nanoseconds / 1_000)))
    }
}
