import ArgumentParser
import LeakAnalysis
import LinuxKernel
import Measurements

/// `sockeye inspect`: what every socket of a process is, what is wrong, and what to do.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Say what every socket of a process is, ghosts included, and what is wrong.",
        discussion: """
            The process is not stopped, signalled or traced, and nothing of it is consumed. Exit \
            status: 0 when nothing is wrong, 1 when something is at least likely, 3 when it could \
            not be looked at.
            """)

    @Argument(help: "A process, by number or by name.")
    var process: String?

    @Flag(help: "Every process on the machine, ranked by what is wrong with it.")
    var all = false

    @Flag(name: .shortAndLong, help: "Every socket as a table.")
    var verbose = false

    @OptionGroup var filter: SocketFilterOptions

    @Option(help: "How long ghosts have to persist to be counted.")
    var settle = "400ms"

    @Flag(help: "One JSON object (sockeye.inspect/1).")
    var json = false

    func validate() throws {
        guard all != (process != nil) else {
            throw ValidationError("give one process, by number or name, or --all")
        }
    }

    func run() throws {
        let filter = try filter.filter()
        var plan = InspectionPlan()
        plan.settle = try DurationArgument.parse(settle, option: "--settle")
        if let process {
            try inspect(try ProcessArgument.pid(process), plan, filter)
        } else {
            try Survey(json: json).run()
        }
    }

    private func inspect(_ pid: Int32, _ plan: InspectionPlan, _ filter: SocketFilter) throws {
        let inspection = try Self.inspection(of: pid, plan)
        let isListing = verbose || filter.isNarrow
        let listed = inspection.snapshot.sockets.filter(filter.admits)
        if json {
            var writer = JSONWriter(reserving: 1 << 16)
            inspection.write(to: &writer, listing: isListing ? listed : nil)
            writer.endLine()
            StandardStreams.output(writer.bytes)
        } else {
            let style = TerminalStyle.standardOutput(environment: ProcessEnvironment.variables)
            var text = InspectReport(inspection: inspection, style: style).text
            if isListing {
                text += "\n" + SocketTable(sockets: listed, style: style).text
            }
            StandardStreams.output(text)
        }
        if inspection.isLeaking { throw ExitStatus.found }
    }

    /// Looks at a process; a fault says why nothing could be seen.
    static func inspection(
        of pid: Int32, _ plan: InspectionPlan = InspectionPlan()
    ) throws -> Inspection {
        do throws(KernelError) {
            var inventory = try SocketInventory(pid: pid)
            return Inspection(try inventory.inspect(plan))
        } catch {
            throw ProcessArgument.fault(error, pid: pid)
        }
    }
}
