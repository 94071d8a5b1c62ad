import Measurements

/// What to try when a probe failed, in words an operator can act on.
enum FailureAdvice {
    /// Whose fault a failure is, as a phrase.
    static func culprit(_ fault: Fault) -> String {
        switch fault {
        case .target: "the target"
        case .network: "the network between here and the target"
        case .configuration: "the configuration of this probe"
        case .us: "this machine, or Sockeye itself"
        }
    }

    /// One thing to try.
    static func text(for failure: ProbeFailure, target: Target) -> String? {
        let host = target.address
        switch failure.error {
        case .noError, .cancelled:
            return nil
        case .requestBuild:
            return "correct the request's method, path, header fields or files"
        case .dnsNotFound:
            return "check the spelling of \(host), or give the address: --address IP"
        case .dnsFailed:
            return "ask the resolver by hand: dig \(host)"
        case .connectRefused:
            return "nothing listens on port \(target.port) there: is the service running, "
                + "and is it the right port?"
        case .connectTimeout, .connectUnreachable:
            return "look for a firewall or a missing route between here and "
                + "\(target.addressAndPort)"
        case .connectReset, .reset, .closedEarly:
            return "look into the server's log at this moment: it, or a proxy before it, ended "
                + "the connection"
        case .tlsUntrusted:
            return "if a private authority signed it, name its root: --ca-file FILE; a missing "
                + "intermediate is for the server to send"
        case .tlsExpired:
            return "renew the certificate and make the server load it"
        case .tlsNotYetValid:
            return "check the clocks of both machines, then the certificate's dates"
        case .tlsWrongName:
            return "ask for a name the certificate has: --server-name NAME"
        case .tlsWeakKey:
            return "replace the key; RSA needs 2048 bits"
        case .tlsClientCertificate:
            return "give the client certificate: --certificate-file FILE --key-file FILE"
        case .tlsHandshake:
            return "does this port speak TLS, and in a version from TLS 1.2 on?"
        case .timeout:
            return timeoutAdvice(failure.phase, target: target)
        case .malformedResponse:
            return "does port \(target.port) speak HTTP? For TLS the scheme is https"
        case .headersTooLarge, .bodyTooLarge:
            return "raise the limit if the size is meant to be so"
        case .badEncoding:
            return "ask without compression to see the plain body"
        case .tooManyRedirects:
            return "follow the hops by hand; a loop usually means http and https point at "
                + "each other"
        case .checkFailed:
            return nil
        case .noDescriptors:
            return "raise the limit: ulimit -n, or LimitNOFILE= in the unit"
        case .poolExhausted:
            return "raise max_per_origin or the descriptor limit, or probe less often"
        case .streamReset, .goaway:
            return "look into the server's log at this moment"
        }
    }

    private static func timeoutAdvice(_ phase: ProbePhase?, target: Target) -> String {
        switch phase {
        case .resolve: "ask the resolver by hand: dig \(target.address)"
        case .connect: "look for a firewall between here and \(target.addressAndPort)"
        case .tls: "does port \(target.port) speak TLS? A plain server waits for a request"
        case .send, .wait: "the server took the request and did not answer: look at its load"
        case .receive: "the answer came too slowly: look at its size and the server's load"
        case nil: "raise --timeout if the target is slow by nature"
        }
    }
}
