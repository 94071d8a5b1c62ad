import LeakAnalysis
import Measurements

/// What a command is held to, and how it is looked at.
struct GuardPlan {
    var limits: GuardLimits
    /// Findings that are at least likely; nil for no limit.
    var findings: Int?
    /// From one look at all processes to the next.
    var every: Duration
    /// How long a running process is looked at; nil until it ends, or somebody stops it.
    var length: Duration?

    /// Without any limit nothing may be found: what `inspect` would call at least likely.
    static let findingsByDefault = 0

    /// Reads a growth: `2`, `2/s`, `30/m` or `100/h`.
    static func growth(_ text: String) throws(UsageMessage) -> Double {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let seconds: Double? =
            switch parts.count == 2 ? parts[1] : "s" {
            case "s": 1
            case "m", "min": 60
            case "h": 3_600
            default: nil
            }
        guard parts.count <= 2, let seconds, let number = Double(parts[0]), number.isFinite,
            number >= 0
        else {
            throw UsageMessage(
                message: "--max-growth \(text.escapedForTerminal): a number a second, as in 0.5/s, "
                    + "or 30/m, or 100/h")
        }
        return number / seconds
    }
}
