public import Measurements

/// The places that are listened on in one network namespace.
public struct ListenerSet: Hashable, Sendable {
    private var endpoints: Set<IPEndpoint> = []
    /// Ports that are listened on at every address.
    private var openPorts: Set<UInt16> = []
    /// The ports that the kernel gives out itself (ip(7), `ip_local_port_range`).
    public var ephemeralPorts: ClosedRange<UInt16>

    /// Makes the set of some listeners.
    public init(_ listeners: some Sequence<IPEndpoint>, ephemeralPorts: ClosedRange<UInt16>) {
        self.ephemeralPorts = ephemeralPorts
        for listener in listeners {
            let plain = listener.unmapped
            endpoints.insert(plain)
            if plain.isUnspecified { openPorts.insert(plain.port) }
        }
    }

    /// Whether something listens at this place.
    public func contains(_ endpoint: IPEndpoint) -> Bool {
        openPorts.contains(endpoint.port) || endpoints.contains(endpoint.unmapped)
    }

    /// Which side began a connection, by who listens where and which port the kernel gave out.
    public func direction(local: IPEndpoint, peer: IPEndpoint?) -> SocketDirection {
        if contains(local) { return .inbound }
        guard let peer else { return .none }
        if peer.isLoopback, contains(peer) { return .outbound }
        switch (ephemeralPorts.contains(local.port), ephemeralPorts.contains(peer.port)) {
        case (true, false): return .outbound
        case (false, true): return .inbound
        case (true, true), (false, false): return .unknown
        }
    }
}
