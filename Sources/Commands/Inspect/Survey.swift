import LeakAnalysis
import LinuxKernel
import Measurements

/// Every process on the machine, ranked by what is wrong with it.
struct Survey {
    var json: Bool

    /// The most processes that are told of in words.
    static let limit = 25

    func run() throws {
        var inspections: [Inspection] = []
        var unseen: [Int32] = []
        for pid in try ProcessFinder.all() {
            do throws(KernelError) {
                guard ProcessFinder.describe(pid) != nil else { continue }
                var inventory = try SocketInventory(pid: pid)
                var plan = InspectionPlan()
                plan.settle = .milliseconds(60)
                inspections.append(Inspection(try inventory.inspect(plan)))
            } catch {
                if !error.isGone { unseen.append(pid) }
            }
        }
        guard !inspections.isEmpty else {
            throw BlindFault(
                message: "may look at no process: run as root, or with CAP_SYS_PTRACE and "
                    + "CAP_DAC_READ_SEARCH")
        }
        inspections.sort(by: isWorse)
        if json { write(inspections) } else { tell(inspections, unseen) }
        if inspections.contains(where: \.isLeaking) { throw ExitStatus.found }
    }

    private func isWorse(_ left: Inspection, _ right: Inspection) -> Bool {
        if left.isLeaking != right.isLeaking { return left.isLeaking }
        let (first, second) = (left.snapshot, right.snapshot)
        return (first.ghosts, first.descriptors.open, second.process.pid)
            > (second.ghosts, second.descriptors.open, first.process.pid)
    }

    private func write(_ inspections: [Inspection]) {
        var writer = JSONWriter(reserving: 1 << 16)
        for inspection in inspections {
            inspection.write(to: &writer)
            writer.endLine()
        }
        StandardStreams.output(writer.bytes)
    }

    private func tell(_ inspections: [Inspection], _ unseen: [Int32]) {
        let style = TerminalStyle.standardOutput(environment: ProcessEnvironment.variables)
        var lines = [
            style.weak(
                "PID".column(8, right: true) + "  " + "NAME".column(16)
                    + "OPEN".column(8, right: true)
                    + "LIMIT".column(11, right: true) + "SOCKETS".column(9, right: true)
                    + "GHOSTS".column(8, right: true) + "  FINDINGS")
        ]
        lines += inspections.prefix(Self.limit).map { inspection in
            let snapshot = inspection.snapshot
            let limit = snapshot.descriptors.softLimit.map {
                $0 == .max ? "none" : Decimals.grouped($0)
            }
            let rules = inspection.findings.map {
                $0.rule.rawValue + ($0.confidence == .undecided ? "?" : "")
            }
            let words = rules.joined(separator: ", ")
            return String(snapshot.process.pid).column(8, right: true) + "  "
                + snapshot.process.name.escapedForTerminal.column(16)
                + Decimals.grouped(snapshot.descriptors.open).column(8, right: true)
                + (limit ?? "?").column(11, right: true)
                + Decimals.grouped(snapshot.sockets.count).column(9, right: true)
                + Decimals.grouped(snapshot.ghosts).column(8, right: true) + "  "
                + (inspection.isLeaking ? style.bad(words) : words)
        }
        let rest = inspections.count - Self.limit
        if rest > 0 { lines.append("and \(rest) more processes, with less: --json lists all") }
        if !unseen.isEmpty {
            lines.append(
                "\(unseen.count) processes may not be looked at: run as root, or with "
                    + "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH")
        }
        StandardStreams.output(lines.map { $0 + "\n" }.joined())
    }
}
