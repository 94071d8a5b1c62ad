import Measurements

/// Resolves names on one thread of its own, and never blocks a caller.
final class Resolver: Sendable {
    init(configuration: ResolverConfiguration) {
        _ = configuration
    }

    /// Asks for the addresses of a name that is no IP literal.
    ///
    /// The handler is called for each wanted family as soon as it is known, so that the connector
    /// can start with the first (RFC 8305, section 3), and once at the end; from any thread, one
    /// call after the other. What is known already is reported before this returns.
    func resolve(
        _ name: String, settings: NetworkSettings, fresh: Bool, now: MonotonicInstant,
        handler: @escaping @Sendable (ResolutionEvent) -> Void
    ) -> ResolutionHandle {
        handler(.done(.failure(.cancelled)))
        return ResolutionHandle()
    }

    /// Stops the thread and closes every descriptor.
    ///
    /// What is under way ends as cancelled.
    func shutdown() {}
}

/// A resolution that can be called off.
struct ResolutionHandle: Sendable {
    /// Ends the resolution: nothing but `.done(.failure(.cancelled))` follows, unless it had ended.
    func cancel() {}
}
