import Measurements

/// One socket between looks.
struct TrackedSocket: Sendable {
    /// When it was opened, in seconds since the first look; negative infinity when before it.
    var opened: Double
    /// When it became what it is now.
    var since: Double
    /// When data last went over it.
    var lastUse: Double
    /// Segments with data sent, at the last look.
    var dataSegments: UInt32
    /// The last look that showed it.
    var look: UInt32
    var standing: SocketStanding
    /// Whether data went over it long after it was opened.
    var wasReused = false
    /// What kind of leak it is counted under while it is a survivor.
    var kind: LeakKind
    /// The other side; for an inbound connection without its port.
    var peer: IPEndpoint?

    /// Whether its process, or the other side, has a use for it, as far as one can tell.
    var isInUse: Bool {
        switch standing {
        case .connection: wasReused || !opened.isFinite
        case .inbound, .unobserved, .listening: true
        case .dead, .other: false
        }
    }

    /// Which table its present life is in; nil when its beginning is not known.
    var track: Track? {
        guard since.isFinite else { return nil }
        switch standing {
        case .connection: return wasReused ? nil : .idle
        case .dead: return .dead
        case .other: return .other
        case .inbound, .unobserved, .listening: return nil
        }
    }

    /// The kinds of lives that are judged apart.
    enum Track: Int, CaseIterable, Sendable {
        /// Connections since they were opened, until they are gone, used again or dead.
        case idle
        /// Dead sockets since they died, until they are gone.
        case dead
        /// Sockets of other kinds since they were opened, until they are gone.
        case other
    }
}
