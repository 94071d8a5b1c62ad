import LeakAnalysis
import Measurements

/// The limits as test cases, in the XML that JUnit's Ant task writes and every CI server reads.
struct JUnitReport {
    var outcome: GuardOutcome
    var time: WallTime

    var bytes: [UInt8] {
        let checks = outcome.checks
        let seconds = Decimals.text(outcome.duration.inSeconds, 3)
        let counts =
            "tests=\"\(checks.count)\" failures=\"\(checks.count { $0.broken != nil })\" "
            + "errors=\"0\" skipped=\"\(checks.count { $0.unjudged != nil })\" time=\"\(seconds)\""
        let head =
            [
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites>",
                "  <testsuite name=\"sockeye guard\" \(counts) timestamp=\"\(stamp)\">",
            ]
        let cases = checks.flatMap { lines(of: $0, seconds: seconds) }
        let foot = ["  </testsuite>", "</testsuites>", ""]
        return Array((head + cases + foot).joined(separator: "\n").utf8)
    }

    /// ISO 8601 without a zone, as the schema of JUnit's Ant task has it.
    private var stamp: String { String(time.rfc3339.prefix(19)) }

    private func lines(of check: GuardOutcome.Check, seconds: String) -> [String] {
        let isRate = check.name == "max-growth"
        let allowed = GrowthWords.number(check.allowed, isCount: !isRate) + (isRate ? "/s" : "")
        let head =
            "    <testcase classname=\"sockeye.guard\" name=\"\(check.name) \(allowed)\" "
            + "time=\"\(seconds)\""
        if let broken = check.broken {
            return [
                "\(head)>",
                "      <failure type=\"\(check.name)\" message=\"\(XMLText.escaped(broken.words))\">"
                    + XMLText.escaped(details) + "</failure>", "    </testcase>",
            ]
        }
        if let unjudged = check.unjudged {
            return [
                "\(head)>", "      <skipped message=\"\(XMLText.escaped(unjudged))\"/>",
                "    </testcase>",
            ]
        }
        return ["\(head)/>"]
    }

    private var details: String {
        GuardReport(outcome: outcome).text(TerminalStyle(isColoured: false))
    }
}

/// Broken limits as workflow commands of GitHub Actions, which other CI servers know too.
enum GitHubAnnotations {
    /// One line a broken limit, the first with all details, and one for what was not judged.
    static func text(_ outcome: GuardOutcome) -> String {
        let details = GuardReport(outcome: outcome).text(TerminalStyle(isColoured: false))
        let errors = outcome.broken.enumerated().map { place, broken in
            "::error title=\(property("sockeye guard: \(broken.limit)"))::"
                + data(broken.words + (place == 0 ? "\n\(details)" : "")) + "\n"
        }
        let warnings = outcome.checks.compactMap(\.unjudged).map {
            "::warning title=\(property("sockeye guard"))::\(data($0))\n"
        }
        return (errors + warnings).joined()
    }

    /// The three characters that end a message or begin an escape, as the toolkit escapes them.
    private static func data(_ text: String) -> String {
        escaped(text, ["%": "%25", "\r": "%0D", "\n": "%0A"])
    }

    private static func property(_ text: String) -> String {
        escaped(text, ["%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"])
    }

    private static func escaped(_ text: String, _ table: [Unicode.Scalar: String]) -> String {
        text.unicodeScalars.map { table[$0] ?? String($0) }.joined()
    }
}
