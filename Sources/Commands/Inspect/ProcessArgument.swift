import Glibc
import LinuxKernel

/// What a person gives for a process: its number, or a name.
enum ProcessArgument {
    /// The number of the one process that is meant.
    ///
    /// A name that several processes fit throws a usage fault that lists them; one that none
    /// fits, or a number of nobody, throws ``BlindFault``.
    static func pid(_ text: String) throws -> Int32 {
        if let number = Int32(text) {
            guard number > 0 else {
                throw UsageMessage(message: "\(text) is no process number: those are 1 or more")
            }
            return number
        }
        let found = try ProcessFinder.named(text)
        guard let first = found.first else {
            throw BlindFault(message: "no process is called \(text.escapedForTerminal)")
        }
        guard found.count > 1 else { return first.pid }
        let lines = found.prefix(20).map { process in
            let words = process.words.joined(separator: " ").escapedForTerminal
            return "  \(String(process.pid).column(8, right: true))  \(words.prefix(90))"
        }
        let rest = found.count > 20 ? ["  and \(found.count - 20) more"] : []
        throw UsageMessage(
            message: (["\(found.count) processes fit \(text.escapedForTerminal); give a number:"]
                + lines + rest).joined(separator: "\n"))
    }

    /// Takes hold of a process, without looking; throws ``BlindFault`` when there is none.
    static func handle(_ pid: Int32) throws(BlindFault) -> ProcessHandle {
        do throws(KernelError) {
            return try ProcessHandle(pid: pid)
        } catch {
            throw fault(error, pid: pid)
        }
    }

    /// Takes hold of a process; throws ``BlindFault`` when there is none of this number.
    static func inventory(_ pid: Int32) throws(BlindFault) -> SocketInventory {
        do throws(KernelError) {
            return try SocketInventory(pid: pid)
        } catch {
            throw fault(error, pid: pid)
        }
    }

    /// Why a process could not be looked at, in words with the remedy.
    static func fault(_ error: KernelError, pid: Int32) -> BlindFault {
        if error.isGone {
            let isZombie = error.operation.contains("has ended")
            return BlindFault(
                message: isZombie ? error.operation : "no process has the number \(pid)")
        }
        if error.isPermission {
            return BlindFault(
                message: "may not look at process \(pid) (\(error)): run as its user, as root, or "
                    + "with CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH")
        }
        return BlindFault(message: "could not look at process \(pid): \(error)")
    }
}

/// Nothing could be seen: exit status 3.
struct BlindFault: Error {
    var message: String
}
