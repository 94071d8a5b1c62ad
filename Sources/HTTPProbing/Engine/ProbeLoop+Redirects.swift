import HTTPWire
import Measurements
import NIOCore

extension ProbeLoop {
    /// Where a response redirects to, when the target follows redirects.
    enum Redirect {
        /// To this URL.
        case to(ParsedURL)
        /// Nowhere that can be asked.
        case refused(ProbeFailure)
    }

    /// The redirect that a response is, if it is one that is followed.
    func redirect(of run: ProbeRun, _ head: ResponseHead) -> Redirect? {
        guard let compiled = run.compiled, compiled.followsRedirects,
            [301, 302, 303, 307, 308].contains(run.status),
            let location = head.firstValue(of: "location")
        else { return nil }
        let target = compiled.target
        guard run.redirectCount < target.redirects.limit else {
            return .refused(
                ProbeFailure(
                    .tooManyRedirects, phase: .receive,
                    detail: "more than \(target.redirects.limit) redirects; the last one leads to "
                        + location.prefix(200)))
        }
        do throws(URLFault) {
            return .to(try ParsedURL.resolve(reference: location, against: url(of: run)))
        } catch {
            return .refused(
                ProbeFailure(
                    .malformedResponse, phase: .receive,
                    detail: "the Location field cannot be followed: \(error)"))
        }
    }

    /// Asks the next hop on the pool, with the time that is left.
    func follow(_ redirect: Redirect, with run: ProbeRun, at now: MonotonicInstant) {
        switch redirect {
        case .refused(let failure):
            finish(run, failure: failure, at: now)
        case .to(let url):
            guard let target = run.compiled?.target else { return }
            run.hops.append(
                RedirectHop(url: self.url(of: run).text, status: run.status, phases: run.timings))
            run.redirectCount += 1
            let next = request(for: url, of: target, after: run)
            do throws(RequestFault) {
                run.request = ByteBuffer(bytes: try CompiledTarget.encode(next))
            } catch {
                finish(
                    run,
                    failure: ProbeFailure(
                        .malformedResponse, phase: .receive,
                        detail: "the Location field cannot be followed: \(error)"), at: now)
                return
            }
            run.context = next.request.method == "HEAD" ? .head : .ordinary
            run.hop = HopTarget(url: url, origin: next.origin)
            run.origin = originID(of: next.origin)
            run.timings = PhaseTimings()
            run.connection = nil
            run.dns = nil
            run.tls = nil
            run.resetResponse()
            lease(for: run, at: now)
        }
    }

    private func url(of run: ProbeRun) -> ParsedURL {
        if let hop = run.hop { return hop.url }
        guard let target = run.compiled?.target else { preconditionFailure("a run ends once") }
        return ParsedURL(
            scheme: target.scheme, host: target.serverName, port: target.port, path: target.path)
    }

    /// The request of a hop: the target's own, changed as RFC 9110, section 15.4, says.
    ///
    /// The connection still goes to the configured address while the host, the port and the
    /// scheme stay the target's own. Credentials and a `Host` field never leave the origin they
    /// were meant for.
    private func request(for url: ParsedURL, of target: Target, after run: ProbeRun) -> Target {
        var next = target
        let isSameHost = url.host.lowercased() == target.serverName.lowercased()
        let isSameOrigin =
            isSameHost && url.port == target.port && url.scheme == target.scheme
        next.scheme = url.scheme
        next.serverName = url.host
        next.port = url.port
        next.path = url.path
        if !isSameHost { next.address = url.host }
        if !isSameOrigin {
            next.request.credentials = .none
            next.request.headers.removeAll {
                ["host", "authorization", "cookie"].contains($0.name.lowercased())
            }
        }
        let becomesGet =
            run.status == 303 && target.request.method != "HEAD"
            || [301, 302].contains(run.status) && target.request.method == "POST"
        if becomesGet {
            next.request.method = "GET"
            next.request.body = []
            next.request.headers.removeAll {
                $0.name.lowercased().hasPrefix("content-")
            }
        }
        return next
    }
}
