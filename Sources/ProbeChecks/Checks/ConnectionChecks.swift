import Measurements

/// The leaf certificate is valid for some more days.
struct CertificateDaysCheck: Check {
    let days: Double
    let name = "certificate_days"

    func complaint(about evidence: CheckEvidence) -> String? {
        guard let certificate = evidence.tls?.certificate else {
            return "the connection has no certificate"
        }
        // In seconds: the difference of two dates at the ends of what fits into nanoseconds does
        // not fit, and the server chooses one of them.
        let left =
            Double(certificate.notAfter.unixSeconds - evidence.now.unixSeconds) / 86_400
        guard left < days else { return nil }
        return "\((left * 10).rounded(.down) / 10) days left, expected at least "
            + "\(JSONValue.number(days))"
    }
}

/// The negotiated TLS version is at least some version.
struct TLSVersionCheck: Check {
    let minimum: TLSVersion
    let name = "tls_version"

    func complaint(about evidence: CheckEvidence) -> String? {
        guard let version = evidence.tls?.version else { return "the connection has no TLS" }
        return version >= minimum
            ? nil : "\(version.rawValue), expected at least \(minimum.rawValue)"
    }
}

/// The HTTP version is one of some versions.
struct HTTPVersionCheck: Check {
    let versions: [String]
    let name = "http_version"

    func complaint(about evidence: CheckEvidence) -> String? {
        let found = evidence.httpVersion?.rawValue ?? "none"
        return versions.contains(found)
            ? nil : "\(found), expected \(versions.joined(separator: " or "))"
    }
}

/// The whole probe took at most some time.
struct ElapsedCheck: Check {
    let limit: Duration
    let name = "elapsed"

    func complaint(about evidence: CheckEvidence) -> String? {
        evidence.elapsed <= limit
            ? nil
            : "\(DurationText.format(evidence.elapsed)), expected at most "
                + DurationText.format(limit)
    }
}
