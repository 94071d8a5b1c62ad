import ProbeChecks
import ArgumentParser
import Measurements
import Monitor

/// What must hold of the answer.
struct ExpectationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Statuses: 200, 2xx, 200-299,404. Default 2xx.", valueName: "list"))
    var expectStatus: String?

    @Option(
        help: ArgumentHelp("The body matches this expression (RE2).", valueName: "pattern"))
    var bodyMatch: [String] = []

    @Option(
        help: ArgumentHelp("The body does not match this expression.", valueName: "pattern"))
    var bodyNotMatch: [String] = []

    @Option(
        help: ArgumentHelp("A field matches this expression.", valueName: "name: pattern"))
    var headerMatch: [String] = []

    @Option(
        help: ArgumentHelp(
            "The value at a JSON pointer equals a text, number, true, false or null.",
            valueName: "pointer=value"))
    var jsonEquals: [String] = []

    @Option(help: ArgumentHelp("The certificate is valid this much longer.", valueName: "days"))
    var certificateDays: Double?

    @Option(help: ArgumentHelp("The negotiated TLS version is at least this.", valueName: "1.x"))
    var expectTlsVersion: String?

    @Option(help: "The whole probe takes at most this long.")
    var maxElapsed: String?

    /// Takes the expectations as checks.
    func apply(to target: inout Target) throws(UsageMessage) {
        var checks: [CheckSpecification] = []
        if let expectStatus {
            guard let ranges = HTTPStatusRanges.parse(expectStatus) else {
                throw UsageMessage(
                    message: "--expect-status \(expectStatus): expected statuses such as 200, "
                        + "2xx or 200-299, with commas between them")
            }
            checks.append(.status(ranges))
        }
        checks += bodyMatch.map { .body(pattern: $0, matches: true) }
        checks += bodyNotMatch.map { .body(pattern: $0, matches: false) }
        for text in headerMatch {
            let (name, pattern) = try OptionText.pair(
                text, at: ":", "--header-match", "\"name: pattern\"")
            guard FieldText.isToken(name) else {
                throw UsageMessage(
                    message: "--header-match \(name.escapedForTerminal): not a field name")
            }
            checks.append(
                .header(
                    name: name, pattern: FieldText.trimmed(pattern), matches: true,
                    allowMissing: false))
        }
        for text in jsonEquals { checks.append(try json(text)) }
        if let days = try OptionText.number(certificateDays, "--certificate-days", 0...36_500) {
            checks.append(.certificateDays(days))
        }
        if let expectTlsVersion {
            checks.append(
                .tlsVersion(try TLSOptions.version(expectTlsVersion, "--expect-tls-version")))
        }
        if let limit = try OptionText.duration(maxElapsed, "--max-elapsed") {
            checks.append(.maximumElapsed(limit))
        }
        target.checks = checks
    }

    private func json(_ text: String) throws(UsageMessage) -> CheckSpecification {
        guard text.hasPrefix("/") || text.hasPrefix("=") else {
            throw UsageMessage(
                message: "--json-equals \(text.escapedForTerminal): expected /pointer=value")
        }
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw UsageMessage(
                message: "--json-equals \(text.escapedForTerminal): expected /pointer=value")
        }
        return .json(
            pointer: String(parts[0]),
            comparison: .equals(JSONScalar(plain: String(parts[1]))))
    }
}
