import ProbeChecks

/// The syntax of regular expressions in checks: RE2's.
public enum PatternSyntax {
    /// What is wrong with a pattern, in RE2's words; nil when nothing is.
    public static func complaint(about pattern: String) -> String? {
        do throws(PatternFault) {
            _ = try RE2MatcherFactory().compile(pattern)
            return nil
        } catch {
            return error.detail
        }
    }
}
