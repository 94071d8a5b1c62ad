import Measurements
import X509

/// Why a chain leads to no trusted root, in words.
enum ChainProblem {
    static func describe(
        _ chain: [CertificateReading],
        reasons: [CertificateValidationResult.PolicyFailure]
    ) -> String {
        guard let leaf = chain.first, let last = chain.last else {
            return "the server sent no certificate"
        }
        if let reason = reasons.first {
            return "the chain breaks a rule: \(reason.policyFailureReason)"
        }
        if chain.count == 1, leaf.isSelfIssued {
            return "self-signed: \(leaf.subject) is its own issuer and not among the trusted roots"
        }
        if last.isSelfIssued {
            return "unknown root: the chain ends in \(last.subject), which is not among the "
                + "trusted roots"
        }
        let sent = Set(chain.map(\.subject))
        let orphan = chain.first { !sent.contains($0.issuer) } ?? last
        return "missing intermediate or unknown root: nothing that was sent or is trusted is "
            + "\(orphan.issuer), the issuer of \(orphan.subject)"
    }
}
