import Measurements

/// One outcome in words and bars, for a person.
struct CheckReport {
    var outcome: ProbeOutcome
    var style: TerminalStyle
    /// The time that the certificate's remaining days are counted from.
    var now: WallTime

    private static let barWidth = 32

    /// The report, several lines.
    var text: String {
        var lines = [headline]
        lines += waterfall
        if let failure = outcome.failure { lines += explanation(of: failure) }
        lines += facts
        return lines.joined(separator: "\n") + "\n"
    }

    private var headline: String {
        let target = outcome.target.value
        let verdict =
            outcome.failure == nil ? style.good("✓ UP  ") : style.bad("✗ DOWN")
        let status = outcome.status < 0 ? "no response" : "status \(outcome.status)"
        let class_ = outcome.failure.map { "  \($0.error.rawValue)" } ?? ""
        return "\(verdict) \(style.strong(target.name.escapedForTerminal))  \(status)\(class_)  "
            + DurationText.format(outcome.elapsed)
    }

    private var waterfall: [String] {
        let phases = ProbePhase.allCases.compactMap { phase in
            outcome.phases[phase].map { (phase, $0) }
        }
        let total = max(phases.reduce(Duration.zero) { $0 + $1.1 }, .nanoseconds(1))
        var begun = Duration.zero
        return phases.map { phase, time in
            let start = Int((begun / total * Double(Self.barWidth)).rounded(.down))
            begun += time
            let end = max(start + 1, Int((begun / total * Double(Self.barWidth)).rounded()))
            let bar =
                String(repeating: " ", count: min(start, Self.barWidth - 1))
                + String(
                    repeating: "█", count: min(end, Self.barWidth) - min(start, Self.barWidth - 1))
            let mark = outcome.failure?.phase == phase ? style.bad(" ← failed here") : ""
            return "  \(phase.rawValue.column(8)) "
                + "\(DurationText.format(time).column(10, right: true))  \(bar)\(mark)"
        }
    }

    private func explanation(of failure: ProbeFailure) -> [String] {
        var lines: [String] = []
        func add(_ name: String, _ text: String) {
            lines.append("  \(style.strong(name.column(11))) \(text.escapedForTerminal)")
        }
        if let phase = failure.phase { add("where", "in the phase \(phase.rawValue)") }
        if !failure.detail.isEmpty { add("why", failure.detail) }
        add("whose fault", FailureAdvice.culprit(failure.fault))
        if let advice = FailureAdvice.text(for: failure, target: outcome.target.value) {
            add("try", advice)
        }
        return lines
    }

    private var facts: [String] {
        var lines: [String] = []
        func add(_ name: String, _ text: String) {
            lines.append("  \(style.weak(name.column(11))) \(text.escapedForTerminal)")
        }
        if let connection = outcome.connection {
            let use =
                connection.reused
                ? "reused: request \(connection.requests), "
                    + "\(DurationText.format(connection.age)) old"
                : "new"
            add(
                "connection", "\(use), \(connection.endpoints.local) → \(connection.endpoints.peer)"
            )
        }
        if outcome.attempts > 1 {
            add("attempts", "\(outcome.attempts): the reused connection had died while it was idle")
        }
        if let dns = outcome.dns {
            add(
                "dns",
                dns.addresses.joined(separator: ", ") + (dns.cached ? " (cached)" : "")
                    + (dns.changed ? " (changed)" : ""))
        }
        for (number, hop) in outcome.hops.enumerated() {
            add("redirect \(number + 1)", "\(hop.status) from \(hop.url)")
        }
        if let tls = outcome.tls { addTLS(tls, add) }
        if let version = outcome.httpVersion {
            let cut = outcome.bodyCut ? ", of which the checks saw the first part only" : ""
            add("response", "HTTP/\(version.rawValue), \(outcome.bodyBytes) bytes of body\(cut)")
        }
        for check in outcome.checks {
            let mark = check.passed ? style.good("✓") : style.bad("✗")
            let detail = check.detail.isEmpty ? "" : ": \(check.detail.escapedForTerminal)"
            lines.append("  \(style.weak("check".column(11))) \(mark) \(check.name)\(detail)")
        }
        return lines
    }

    private func addTLS(_ tls: TLSFacts, _ add: (String, String) -> Void) {
        var words = [tls.version?.rawValue ?? "no version agreed"]
        if let cipher = tls.cipher { words.append(cipher) }
        words.append(tls.verified ? "verified" : "NOT verified")
        add("tls", words.joined(separator: ", "))
        guard let certificate = tls.certificate else { return }
        add("certificate", "\(certificate.subject), issued by \(certificate.issuer)")
        let days = (certificate.notAfter - now).inSeconds / 86_400
        let rest = days < 0 ? "expired \(Int(-days)) days ago" : "\(Int(days)) days left"
        add("", "\(certificate.key), until \(certificate.notAfter.rfc3339) (\(rest))")
        if !certificate.dnsNames.isEmpty {
            let names = certificate.dnsNames.prefix(8).joined(separator: ", ")
            let more = certificate.dnsNames.count - 8
            add("", "for \(names)" + (more > 0 ? " and \(more) more" : ""))
        }
    }
}
