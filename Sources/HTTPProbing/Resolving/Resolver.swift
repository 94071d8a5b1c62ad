import Glibc
import Measurements

/// Resolves names through c-ares on one thread of its own, and never blocks a caller.
///
/// The thread starts with the first name that needs it. An IP literal never comes here; see
/// ``IPLiteral``.
final class Resolver: Sendable {
    private let core: ResolverCore

    init(configuration: ResolverConfiguration) {
        core = ResolverCore(configuration: configuration)
    }

    deinit { core.shutdown() }

    /// Asks for the addresses of a name that is no IP literal.
    ///
    /// The handler hears of each wanted family as soon as it is known, so that the connector can
    /// start with the first (RFC 8305, section 3), and then once of the end. The calls come one
    /// after the other, from any thread. What the hosts file and the cache know is told before
    /// this returns, unless these files have not been looked at for a second: then the resolver's
    /// thread does that first. `fresh` passes over cached addresses, not over a cached "no such
    /// name".
    func resolve(
        _ name: String, settings: NetworkSettings, fresh: Bool, now: MonotonicInstant,
        handler: @escaping @Sendable (ResolutionEvent) -> Void
    ) -> ResolutionHandle {
        let resolution = Resolution(
            name: name, settings: settings, fresh: fresh, handler: handler)
        return ResolutionHandle(core: core, id: core.begin(resolution, at: now))
    }

    /// Stops the thread, waits for its end and closes every descriptor.
    ///
    /// What is under way ends as cancelled, and so does every later call. A handler may call this,
    /// or drop the last reference; the thread then ends on its own, right after the handler.
    func shutdown() { core.shutdown() }

    /// How much is under way now: resolutions that wait, and questions in flight.
    var load: (waiting: Int, asked: Int) { core.load }
}

/// A resolution that can be called off.
struct ResolutionHandle: Sendable {
    fileprivate let core: ResolverCore
    fileprivate let id: UInt64

    fileprivate init(core: ResolverCore, id: UInt64) {
        self.core = core
        self.id = id
    }

    /// Ends the resolution: `.done(.failure(.cancelled))` follows from the resolver's thread, and
    /// nothing else but what is being delivered already.
    ///
    /// Without an effect when the resolution has ended.
    func cancel() { core.cancel(id) }
}
