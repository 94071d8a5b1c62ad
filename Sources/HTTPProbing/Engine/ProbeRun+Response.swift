import HTTPWire
import Measurements
import ProbeChecks

extension ProbeRun {
    /// Takes the head of a final response.
    func receive(head: ResponseHead) -> ProbeFailure? {
        status = head.status
        version = head.version == .http10 ? .http10 : .http11
        guard let compiled else { return nil }
        let isAsked = compiled.asksForCompression
        guard compiled.readsBody else { return nil }
        var codings: [ContentCoding] = []
        for coding in head.contentCodings {
            switch coding {
            case .gzip: codings.append(.gzip)
            case .deflate: codings.append(.deflate)
            case .br: codings.append(.br)
            case .identity: break
            case .other:
                return ProbeFailure(
                    .badEncoding, phase: phase,
                    detail: "the content coding is none of gzip, deflate, br"
                        + (isAsked ? "" : ", and none was asked for"))
            }
        }
        return body.begin(
            codings: codings, limits: compiled.limits, keeps: compiled.checks?.needsBody ?? false
        )
        .map { at(phase, $0) }
    }

    /// Takes a piece of the body as it was received.
    func receive(body bytes: borrowing Span<UInt8>) -> ProbeFailure? {
        bodyBytes += bytes.count
        guard let compiled, compiled.readsBody else { return nil }
        return body.append(bytes).map { at(phase, $0) }
    }

    /// Says whether the decoded body of a complete response ended as its coding must.
    func endBody() -> ProbeFailure? {
        guard let compiled, compiled.readsBody, bodyBytes > 0 else { return nil }
        return body.finish().map { at(phase, $0) }
    }

    /// The failure that a broken response is.
    func failure(for fault: ResponseFault) -> ProbeFailure {
        let error: ProbeErrorClass =
            switch fault.kind {
            case .malformed: .malformedResponse
            case .headersTooLarge: .headersTooLarge
            case .bodyTooLarge: .bodyTooLarge
            case .closedEarly: .closedEarly
            }
        return ProbeFailure(error, phase: phase, detail: fault.description)
    }

    private func at(_ phase: ProbePhase?, _ failure: ProbeFailure) -> ProbeFailure {
        var failure = failure
        failure.phase = phase
        return failure
    }
}
