import Dispatch
import Lab
import LeakAnalysis
import LinuxKernel

/// Looks at the clients of the lab as `sockeye inspect` does.
struct LabInspector: ProcessInspecting {
    func inspect(pid: Int32) async throws -> LabInspection {
        // It waits between its two looks; the concurrency pool's threads must not.
        let inspection = try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Result { try Self.look(at: pid) })
            }
        }
        return LabInspection(
            sockets: inspection.snapshot.sockets.count, ghosts: inspection.snapshot.ghosts,
            findings: inspection.findings.map { finding in
                LabInspection.Finding(
                    rule: finding.rule.rawValue,
                    title: finding.title
                        + (finding.confidence == .undecided ? " (undecided from this look)" : ""))
            })
    }

    private static func look(at pid: Int32) throws -> Inspection {
        do {
            return try InspectCommand.inspection(of: pid)
        } catch let fault as BlindFault {
            throw LabInspectionFault(description: fault.message)
        }
    }
}

/// Why a client could not be looked at, as a sentence.
private struct LabInspectionFault: Error, CustomStringConvertible {
    var description: String
}
