import Measurements

/// The answers of DNS for as long as they may be used.
///
/// Time is an argument.
struct ResolutionCache {
    /// What is asked for, and of whom.
    struct Key: Hashable, Sendable {
        /// The name in lower case; a dot at the end says that nothing is appended.
        var name: String
        var family: ResolvedFamily
        /// The servers as the target names them; empty means the system's.
        var resolvers: [String]
    }

    /// What is kept of one answer.
    struct Entry: Hashable, Sendable {
        var result: Result<[ResolvedAddress], DNSFailure>
        /// The first moment at which it may not be used any more.
        var expires: MonotonicInstant
        /// Whether the set of addresses differs from the answer before.
        var changed: Bool
        fileprivate var stored: MonotonicInstant
        /// The last addresses, kept through failures so that a change after one is seen.
        fileprivate var lastAddresses: Set<ResolvedAddress>
    }

    private let limit: Int
    private var entries: [Key: Entry] = [:]

    init(limit: Int) {
        precondition(limit > 0, "a cache holds something")
        self.limit = limit
    }

    /// The number of entries, expired ones included.
    var count: Int { entries.count }

    /// The entry that may be used now.
    func entry(_ key: Key, at now: MonotonicInstant) -> Entry? {
        guard let entry = entries[key], now < entry.expires else { return nil }
        return entry
    }

    /// Keeps an answer, and says whether the set of addresses has changed since the last one.
    ///
    /// The first answer for a key changes nothing, and a failure does not either.
    mutating func store(
        _ result: Result<[ResolvedAddress], DNSFailure>, for key: Key, ttl: Duration,
        at now: MonotonicInstant
    ) -> Bool {
        let before = entries[key]?.lastAddresses ?? []
        var last = before
        if case .success(let addresses) = result { last = Set(addresses) }
        let changed = !before.isEmpty && last != before
        if entries[key] == nil, entries.count >= limit { makeRoom(at: now) }
        entries[key] = Entry(
            result: result, expires: now + ttl, changed: changed, stored: now, lastAddresses: last)
        return changed
    }

    /// Removes what has expired; when that is not enough, the oldest sixteenth, so that the work
    /// of sorting is spread over many stores.
    private mutating func makeRoom(at now: MonotonicInstant) {
        entries = entries.filter { now < $0.value.expires }
        guard entries.count >= limit else { return }
        let oldest = entries.sorted { $0.value.stored < $1.value.stored }
        for (key, _) in oldest.prefix(max(1, limit / 16)) { entries[key] = nil }
    }
}
