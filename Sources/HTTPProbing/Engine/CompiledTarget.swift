import ConnectionPooling
import HTTPWire
import Measurements
import NIOCore
import ProbeChecks
import ProbeScheduling

/// A target made ready for one loop: the request encoded, the checks compiled, the origin known.
///
/// Bound to its event loop, like everything the loop owns.
final class CompiledTarget {
    let reference: TargetReference
    let requestBytes: ByteBuffer
    let context: ResponseContext
    let checks: CompiledChecks?
    let parserLimits: ResponseParserLimits
    /// What is wrong with the configuration; each probe then fails with it and sends nothing.
    let fault: ProbeFailure?
    /// Whether a request may be sent again when a reused connection had died (RFC 9110, 9.2.2).
    let isIdempotent: Bool
    /// Whether the body's content has to be looked at, not only counted.
    let readsBody: Bool
    let timeout: Duration
    // What every probe asks for, apart: reading it through the target copies all of the target.
    let limits: ResponseLimits
    let asksForCompression: Bool
    let followsRedirects: Bool
    let cadence: Cadence
    /// The results of a probe whose checks all passed, shared by all its outcomes.
    var origin: OriginID
    var slot = -1
    /// When the last cold probe started.
    var lastCold: MonotonicInstant?
    /// The last known facts of DNS, kept to tell a change.
    var lastDNS: DNSFacts?

    var target: Target { reference.value }

    init(_ reference: TargetReference, origin: OriginID, matchers: some TextMatcherFactory) {
        let target = reference.value
        self.reference = reference
        self.origin = origin
        timeout = target.timeout
        self.limits = target.limits
        asksForCompression = !target.request.compression.isEmpty
        followsRedirects = target.redirects.follow
        cadence = Cadence(every: target.freshEvery, id: target.id)
        context = target.request.method == "HEAD" ? .head : .ordinary
        isIdempotent = !["POST", "PATCH", "CONNECT"].contains(target.request.method)
        var limits = ResponseParserLimits()
        limits.headerBytes = target.limits.headerBytes
        limits.bodyBytes = target.limits.bodyBytes
        parserLimits = limits
        var fault: ProbeFailure?
        do throws(CheckFault) {
            checks = try CompiledChecks(target.checks, using: matchers)
        } catch {
            checks = nil
            fault = ProbeFailure(.requestBuild, phase: nil, detail: "\(error)")
        }
        do throws(RequestFault) {
            requestBytes = ByteBuffer(bytes: try Self.encode(target))
        } catch {
            requestBytes = ByteBuffer()
            fault = ProbeFailure(.requestBuild, phase: nil, detail: "\(error)")
        }
        self.fault = fault
        readsBody = (checks?.needsBody ?? false) || asksForCompression
    }

    /// The bytes of the target's own request.
    static func encode(_ target: Target) throws(RequestFault) -> [UInt8] {
        var fields = target.request.headers.map { (name: $0.name, value: $0.value) }
        func has(_ name: String) -> Bool { fields.contains { $0.name.lowercased() == name } }
        if !has("user-agent"), !target.request.userAgent.isEmpty {
            fields.append((name: "User-Agent", value: target.request.userAgent))
        }
        if !has("accept") { fields.append((name: "Accept", value: "*/*")) }
        if !has("accept-encoding"), !target.request.compression.isEmpty {
            let codings = target.request.compression.map(\.rawValue).joined(separator: ", ")
            fields.append((name: "Accept-Encoding", value: codings))
        }
        switch target.request.credentials {
        case .none: break
        case .basic(let username, let password):
            let pair = Array("\(username):\(password.revealed)".utf8)
            fields.append((name: "Authorization", value: "Basic \(Base64.encode(pair))"))
        case .bearer(let token):
            fields.append((name: "Authorization", value: "Bearer \(token.revealed)"))
        }
        return try RequestEncoder.encode(
            method: target.request.method, target: target.path, authority: target.authority,
            fields: fields, body: target.request.body)
    }
}
