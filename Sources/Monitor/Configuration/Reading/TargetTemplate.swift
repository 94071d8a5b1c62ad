import Measurements

/// What a target begins with: the defaults, then its group's settings, then its own.
struct TargetTemplate {
    var target = Target(address: "")
    var endpoint = TargetEndpoint()

    /// The keys that defaults, groups and targets share.
    static let sharedKeys: Set<String> = [
        "port", "server_name", "scheme", "path", "timeout", "method", "headers", "body",
        "basic_auth", "bearer", "user_agent", "address_family", "redirects", "compression",
        "limits", "tls", "interval", "fresh_every", "connect_timeout", "keepalive", "resolver",
        "tags", "checks", "failures_to_down", "successes_to_up",
    ]
    /// The keys of one target.
    static let targetKeys = sharedKeys.union(["url", "address", "id", "name"])

    /// Where settings stand: some may not be written for many targets at once.
    enum Level { case shared, target }

    /// Takes the settings of a mapping.
    mutating func apply(_ reader: MappingReader, level: Level) {
        applyEndpoint(reader)
        applyRequest(reader)
        applyNetwork(reader)
        applyTLS(reader, level: level)
        applyAnswer(reader)
        applySchedule(reader)
        TagReader.apply(reader, key: "tags", to: &target.tags)
        if reader.has("checks") { target.checks = CheckReader.checks(reader) }
    }

    private mutating func applyEndpoint(_ reader: MappingReader) {
        if let url = reader.value("url", .text("a URL", limit: URLFault.longest)) {
            report("url", reader) { endpoint throws(TargetEndpoint.Fault) in
                try endpoint.setURL(url)
            }
            for key in ["scheme", "port", "path"] where reader.has(key) {
                reader.fault(key, "the url already says it; write the one or the other")
            }
        } else {
            reader.set("scheme", &endpoint.scheme, .choice())
            if let port = reader.value("port", .integer(1...65_535)) {
                report("port", reader) { endpoint throws(TargetEndpoint.Fault) in
                    try endpoint.setPort(port)
                }
            }
            if let path = reader.value("path", .text("a path", limit: URLFault.longest)) {
                report("path", reader) { endpoint throws(TargetEndpoint.Fault) in
                    try endpoint.setPath(path)
                }
            }
        }
        if let address = reader.value("address", .text("an address", limit: 300)) {
            report("address", reader) { endpoint throws(TargetEndpoint.Fault) in
                try endpoint.setAddress(address)
            }
        }
        if let name = reader.value("server_name", .text("a server name", limit: 300)) {
            report("server_name", reader) { endpoint throws(TargetEndpoint.Fault) in
                try endpoint.setServerName(name)
            }
        }
    }

    private mutating func report(
        _ key: String, _ reader: MappingReader,
        _ change: (inout TargetEndpoint) throws(TargetEndpoint.Fault) -> Void
    ) {
        do throws(TargetEndpoint.Fault) {
            try change(&endpoint)
        } catch {
            let place = reader.node(key)?.place ?? reader.place
            reader.context.fault(place, "\(key): \(error)")
        }
    }

    private mutating func applyRequest(_ reader: MappingReader) {
        reader.set("method", &target.request.method, .method)
        reader.set("user_agent", &target.request.userAgent, .fieldValue)
        if let body = reader.value("body", .anyText(limit: 16 << 20)) {
            target.request.body = Array(body.utf8)
        }
        reader.set("compression", &target.request.compression, .codings)
        CredentialsReader.apply(reader, to: &target.request)
        HeaderReader.apply(reader, to: &target.request)
    }

    private mutating func applyNetwork(_ reader: MappingReader) {
        reader.set("address_family", &target.network.family, .choice())
        reader.set("resolver", &target.network.resolvers, .list(.nameServer, limit: 8))
        reader.set(
            "connect_timeout", &target.network.connectTimeout,
            .duration(.milliseconds(1)...(.seconds(3600))))
        reader.set(
            "keepalive", &target.network.keepalive, .duration(.zero...(.seconds(32_767))))
    }

    private mutating func applyTLS(_ reader: MappingReader, level: Level) {
        let known: Set<String> = [
            "ca_file", "certificate_file", "key_file", "min_version", "min_key_bits",
            "insecure_skip_verify",
        ]
        guard let tls = reader.mapping("tls", known: known) else { return }
        tls.setFile("ca_file", &target.tls.caFile)
        tls.setFile("certificate_file", &target.tls.certificateFile)
        tls.setFile("key_file", &target.tls.keyFile)
        tls.set("min_version", &target.tls.minimumVersion, .tlsVersion)
        tls.set("min_key_bits", &target.tls.minimumRSAKeyBits, .integer(512...16_384))
        if level == .shared, tls.has("insecure_skip_verify") {
            tls.fault(
                "insecure_skip_verify",
                "must be written at each target that is meant, not for many at once")
        } else {
            tls.set("insecure_skip_verify", &target.tls.insecureSkipVerify, .bool)
        }
    }

    private mutating func applyAnswer(_ reader: MappingReader) {
        if let redirects = reader.mapping("redirects", known: ["follow", "limit"]) {
            redirects.set("follow", &target.redirects.follow, .bool)
            redirects.set("limit", &target.redirects.limit, .integer(0...50))
        }
        let known: Set<String> = ["header_bytes", "body_bytes", "decoded_bytes", "kept_bytes"]
        guard let limits = reader.mapping("limits", known: known) else { return }
        limits.set("header_bytes", &target.limits.headerBytes, .bytes(256...(16 << 20)))
        limits.set("body_bytes", &target.limits.bodyBytes, .bytes(0...(1 << 40)))
        limits.set("decoded_bytes", &target.limits.decodedBytes, .bytes(0...(1 << 40)))
        limits.set("kept_bytes", &target.limits.keptBytes, .bytes(0...(1 << 30)))
    }

    private mutating func applySchedule(_ reader: MappingReader) {
        reader.set(
            "interval", &target.interval, .duration(.milliseconds(10)...(.seconds(30 * 86_400))))
        reader.set(
            "timeout", &target.timeout, .duration(.milliseconds(1)...(.seconds(3600))))
        reader.set("fresh_every", &target.freshEvery, .freshCadence)
        reader.set(
            "failures_to_down", &target.thresholds.failuresToDown, .integer(1...1000))
        reader.set("successes_to_up", &target.thresholds.successesToUp, .integer(1...1000))
    }
}

extension MappingReader {
    /// Takes the path of a file that must be readable, seen from the configuration's folder.
    func setFile(_ key: String, _ target: inout String?) {
        guard has(key) else { return }
        guard let name = value(key, .text("a path")) else {
            if node(key) == nil { target = nil }
            return
        }
        let path = context.path(name)
        if let complaint = context.complaint(about: path) {
            context.fault(node(key)?.place ?? place, "\(key): cannot read \(path): \(complaint)")
        } else {
            target = path
        }
    }
}
