/// One thing that is wrong, with what shows it and what to do.
public struct Finding: Hashable, Sendable {
    /// Which rule found it.
    public var rule: Rule
    /// What is wrong, in one sentence without a full stop.
    public var title: String
    /// How many descriptors it is about; for `listen-overflow` listeners.
    public var count: Int
    /// How sure it is.
    public var confidence: Confidence
    /// How many more there are each second; nil when the clocks do not tell.
    public var ratePerSecond: Double?
    /// Seconds until the descriptor limit at that rate; nil without a rate, or without growth.
    public var secondsToLimit: Double?
    /// What was seen, each a sentence with numbers and units.
    public var evidence: [String] = []
    /// What to change, the most useful first.
    public var advice: [String] = []
    /// Other causes that look the same, each with what would tell them apart.
    public var alternatives: [Alternative] = []

    /// Makes a finding without evidence or advice.
    public init(rule: Rule, title: String, count: Int, confidence: Confidence) {
        self.rule = rule
        self.title = title
        self.count = count
        self.confidence = confidence
    }

    /// Another cause that the kernel's state cannot tell from the one found.
    public struct Alternative: Hashable, Sendable {
        /// The rule that would have found it.
        public var rule: Rule
        /// What would tell them apart.
        public var distinction: String

        /// Makes an alternative.
        public init(rule: Rule, distinction: String) {
            self.rule = rule
            self.distinction = distinction
        }
    }
}

/// How sure a finding is.
public enum Confidence: String, Hashable, Sendable, CaseIterable, Comparable {
    /// It may be harmless; a later look will tell.
    case undecided
    /// Other causes are possible and rarer.
    case likely
    /// Nothing else makes this state.
    case certain

    /// Orders from undecided to certain.
    public static func < (left: Confidence, right: Confidence) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .undecided: 0
        case .likely: 1
        case .certain: 2
        }
    }
}

/// What can be wrong: a closed list.
public enum Rule: String, Hashable, Sendable, CaseIterable {
    case ghostNeverConnected = "ghost-never-connected"
    case ghostConnectFailed = "ghost-connect-failed"
    case ghostReset = "ghost-reset"
    case ghostClosed = "ghost-closed"
    case closeWait = "close-wait"
    case abandonedConnections = "abandoned-connections"
    case unreadBody = "unread-body"
    case noResponseTimeout = "no-response-timeout"
    case unusedDial = "unused-dial"
    case unreachablePeer = "unreachable-peer"
    case keepaliveDisabled = "keepalive-disabled"
    case poolTooSmall = "pool-too-small"
    case shutdownWithoutClose = "shutdown-without-close"
    case selectorLeak = "selector-leak"
    case inboundUnclosed = "inbound-unclosed"
    case foreignNetns = "foreign-netns"
    case descriptorLeak = "descriptor-leak"
    case listenOverflow = "listen-overflow"
    case nearLimit = "near-limit"
}
