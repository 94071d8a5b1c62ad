import ProbeChecks
import Measurements

extension Target {
    /// The target with every setting, in the form that a configuration has; no secret is in it.
    var rendered: RenderedValue {
        .members([
            "id": .string(id.rawValue),
            "name": .string(name),
            "address": .string(address),
            "port": .integer(port),
            "server_name": .string(serverName),
            "scheme": .string(scheme.rawValue),
            "path": .string(path),
            "interval": .duration(interval),
            "timeout": .duration(timeout),
            "fresh_every": freshEvery.rendered,
            "method": .string(request.method),
            "user_agent": .string(request.userAgent),
            "headers": request.headers.isEmpty ? nil : request.renderedHeaders,
            "body": request.body.isEmpty
                ? nil : .string(String(decoding: request.body, as: UTF8.self)),
            "basic_auth": request.credentials.renderedBasic,
            "bearer": request.credentials.renderedBearer,
            "compression": .strings(request.compression.map(\.rawValue)),
            "address_family": .string(network.family.rawValue),
            "resolver": .strings(network.resolvers),
            "connect_timeout": .duration(network.connectTimeout),
            "keepalive": .duration(network.keepalive),
            "redirects": .members([
                "follow": .bool(redirects.follow), "limit": .integer(redirects.limit),
            ]),
            "tls": tls.rendered,
            "limits": .members([
                "header_bytes": .integer(limits.headerBytes),
                "body_bytes": .integer(limits.bodyBytes),
                "decoded_bytes": .integer(limits.decodedBytes),
                "kept_bytes": .integer(limits.keptBytes),
            ]),
            "failures_to_down": .integer(thresholds.failuresToDown),
            "successes_to_up": .integer(thresholds.successesToUp),
            "tags": tags.isEmpty
                ? nil
                : .mapping(
                    tags.sorted { $0.key < $1.key }
                        .map { RenderedValue.Member(key: $0.key, value: .string($0.value)) }),
            "checks": .sequence(checks.map(\.rendered)),
        ])
    }
}

extension RequestSettings {
    /// Fields whose values are secrets wherever they are shown.
    static let secretFields: Set<String> = [
        "authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token",
    ]

    fileprivate var renderedHeaders: RenderedValue {
        .sequence(
            headers.map { field in
                let isSecret = Self.secretFields.contains(field.name.lowercased())
                return .mapping([
                    RenderedValue.Member(
                        key: field.name,
                        value: .string(isSecret ? Secret(field.value).description : field.value))
                ])
            })
    }
}

extension Credentials {
    fileprivate var renderedBasic: RenderedValue? {
        guard case .basic(let username, let password) = self else { return nil }
        return .members([
            "username": .string(username), "password": .string(password.description),
        ])
    }

    fileprivate var renderedBearer: RenderedValue? {
        guard case .bearer(let token) = self else { return nil }
        return .members(["token": .string(token.description)])
    }
}

extension TLSSettings {
    fileprivate var rendered: RenderedValue {
        .members([
            "ca_file": caFile.map { .string($0) },
            "certificate_file": certificateFile.map { .string($0) },
            "key_file": keyFile.map { .string($0) },
            "min_version": .string(String(minimumVersion.rawValue.dropFirst(4))),
            "min_key_bits": .integer(minimumRSAKeyBits),
            "insecure_skip_verify": .bool(insecureSkipVerify),
        ])
    }
}

extension FreshCadence {
    fileprivate var rendered: RenderedValue {
        switch self {
        case .always: .string("always")
        case .never: .string("never")
        case .every(let period): .duration(period)
        }
    }
}

extension CheckSpecification {
    fileprivate var rendered: RenderedValue {
        switch self {
        case .status(let ranges):
            .members(["status": .string(HTTPStatusRanges.describe(ranges))])
        case .body(let pattern, let matches):
            .members([matches ? "body" : "body_not": .string(pattern)])
        case .header(let name, let pattern, let matches, let allowMissing):
            .members([
                "header": .members([
                    "name": .string(name),
                    matches ? "matches" : "not_matches": .string(pattern),
                    "allow_missing": .bool(allowMissing),
                ])
            ])
        case .json(let pointer, let comparison):
            .members([
                "json": .mapping([
                    RenderedValue.Member(key: "pointer", value: .string(pointer)),
                    comparison.rendered,
                ])
            ])
        case .certificateDays(let days): .members(["certificate_days": .number(days)])
        case .tlsVersion(let version):
            .members(["tls_version": .string(String(version.rawValue.dropFirst(4)))])
        case .httpVersion(let versions): .members(["http_version": .strings(versions)])
        case .maximumElapsed(let limit): .members(["max_elapsed": .duration(limit)])
        }
    }
}

extension JSONComparison {
    fileprivate var rendered: RenderedValue.Member {
        switch self {
        case .exists: .init(key: "exists", value: .bool(true))
        case .equals(let scalar): .init(key: "equals", value: scalar.rendered)
        case .notEquals(let scalar): .init(key: "not_equals", value: scalar.rendered)
        case .matches(let pattern): .init(key: "matches", value: .string(pattern))
        case .lessThan(let bound): .init(key: "less_than", value: .number(bound))
        case .atMost(let bound): .init(key: "at_most", value: .number(bound))
        case .greaterThan(let bound): .init(key: "greater_than", value: .number(bound))
        case .atLeast(let bound): .init(key: "at_least", value: .number(bound))
        }
    }
}

extension JSONScalar {
    fileprivate var rendered: RenderedValue {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let value): .number(value)
        case .string(let text): .string(text)
        }
    }
}
