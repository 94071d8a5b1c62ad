import Measurements

/// Durations on the command line.
enum DurationArgument {
    /// Reads `5s`, `250ms`, `1m30s`; the fault names the option.
    static func parse(_ text: String, option: String) throws(UsageMessage) -> Duration {
        do throws(DurationFault) {
            return try DurationText.parse(text)
        } catch {
            throw UsageMessage(message: "\(option) \(text): \(error)")
        }
    }
}
