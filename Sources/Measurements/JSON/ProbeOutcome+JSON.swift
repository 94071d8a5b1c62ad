extension ProbeOutcome {
    /// Writes the outcome as one JSON object with the documented keys.
    ///
    /// A phase that did not happen has no key; a fact that there is none of is `null`.
    public func write(to json: inout JSONWriter) {
        let target = target.value
        json.object { json in
            json.key("time")
            json.string(time.rfc3339)
            json.key("target")
            json.string(target.name)
            json.key("tags")
            json.object { json in
                for (key, value) in target.tags.sorted(by: { $0.key < $1.key }) {
                    json.key(text: key)
                    json.string(value)
                }
            }
            json.key("probe")
            json.string(kind.rawValue)
            json.key("address")
            json.string(target.addressAndPort)
            json.key("server_name")
            json.string(target.serverName)
            json.key("scheme")
            json.string(target.scheme.rawValue)
            json.key("path")
            json.string(target.path)
            json.key("status")
            json.integer(status)
            json.key("error")
            json.string(error.rawValue)
            json.key("phase")
            json.string(failure?.phase?.rawValue)
            json.key("fault")
            json.string(failure?.fault.rawValue)
            json.key("detail")
            json.string(failure.flatMap { $0.detail.isEmpty ? nil : $0.detail })
            json.key("elapsed_ms")
            json.number(elapsed.milliseconds)
            json.key("phases_ms")
            phases.write(to: &json)
            writeFacts(to: &json)
            json.key("attempts")
            json.integer(attempts)
            json.key("lateness_ms")
            json.number(lateness.milliseconds)
        }
    }

    private func writeFacts(to json: inout JSONWriter) {
        json.key("connection")
        if let connection { connection.write(to: &json) } else { json.null() }
        json.key("http_version")
        json.string(httpVersion?.rawValue)
        json.key("body_bytes")
        json.integer(bodyBytes)
        json.key("body_cut")
        json.bool(bodyCut)
        json.key("redirects")
        json.integer(hops.count)
        if !hops.isEmpty {
            json.key("hops")
            json.array { json in
                for hop in hops { hop.write(to: &json) }
            }
        }
        json.key("dns")
        if let dns { dns.write(to: &json) } else { json.null() }
        json.key("tls")
        if let tls { tls.write(to: &json) } else { json.null() }
        json.key("checks")
        json.array { json in
            for check in checks { check.write(to: &json) }
        }
    }
}

extension Target {
    /// The configured address with its port, an IPv6 address in brackets.
    public var addressAndPort: String {
        address.contains(":") ? "[\(address)]:\(port)" : "\(address):\(port)"
    }
}

extension PhaseTimings {
    /// Writes an object with a member for each phase that happened, in milliseconds.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            for phase in ProbePhase.allCases {
                let nanoseconds = nanoseconds(of: phase)
                guard nanoseconds >= 0 else { continue }
                json.key(text: phase.rawValue)
                json.number(Double(nanoseconds) / 1_000_000)
            }
        }
    }
}

extension ConnectionFacts {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("reused")
            json.bool(reused)
            json.key("age_ms")
            json.number(age.milliseconds)
            json.key("requests")
            json.integer(requests)
            json.key("local")
            json.string(endpoints.local)
            json.key("peer")
            json.string(endpoints.peer)
        }
    }
}

extension RedirectHop {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("url")
            json.string(url)
            json.key("status")
            json.integer(status)
            json.key("phases_ms")
            phases.write(to: &json)
        }
    }
}

extension DNSFacts {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("addresses")
            json.array { json in
                for address in addresses { json.string(address) }
            }
            json.key("changed")
            json.bool(changed)
            json.key("cached")
            json.bool(cached)
        }
    }
}

extension TLSFacts {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("version")
            json.string(version?.rawValue)
            json.key("cipher")
            json.string(cipher)
            json.key("verified")
            json.bool(verified)
            json.key("not_after")
            json.string(certificate?.notAfter.rfc3339)
            json.key("subject")
            json.string(certificate?.subject)
            json.key("issuer")
            json.string(certificate?.issuer)
            json.key("dns_names")
            json.array { json in
                for name in certificate?.dnsNames ?? [] { json.string(name) }
            }
            guard let certificate else { return }
            json.key("not_before")
            json.string(certificate.notBefore.rfc3339)
            json.key("chain_not_after")
            json.string(certificate.chainNotAfter.rfc3339)
            json.key("serial")
            json.string(certificate.serial)
            json.key("key")
            json.string(certificate.key)
            json.key("fingerprint_sha256")
            json.string(certificate.fingerprint)
        }
    }
}

extension CheckResult {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.key("name")
            json.string(name)
            json.key("passed")
            json.bool(passed)
            json.key("detail")
            json.string(detail.isEmpty ? nil : detail)
        }
    }
}
