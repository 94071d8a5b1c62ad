public import Measurements

/// The descriptors of a process, counted.
public struct DescriptorTally: Hashable, Sendable {
    /// How many are open.
    public var open = 0
    /// The highest number; −1 when none is open.
    ///
    /// The limit bounds this, and not the count: a new descriptor must be below it
    /// (getrlimit(2), `RLIMIT_NOFILE`).
    public var highest: Int32 = -1
    /// The most that may be open; nil when it could not be read.
    public var softLimit: Int?
    /// How far the process may raise that limit itself.
    public var hardLimit: Int?
    /// How many of each kind are open; a kind of which there is none is absent.
    public var byKind: [DescriptorKind: Int] = [:]
    /// Targets that many descriptors share, or folders that many are in, most first; at most 16.
    public var repeated: [RepeatedTarget] = []

    /// Makes the tally of a process without descriptors.
    public init() {}

    /// How many descriptors of a kind are open.
    public func count(_ kind: DescriptorKind) -> Int { byKind[kind] ?? 0 }
}

/// One file that is open many times.
public struct RepeatedTarget: Hashable, Sendable {
    /// The text of the link, as the kernel gives it: not to be trusted on a terminal.
    public var target: String
    /// What kind of descriptor it is.
    public var kind: DescriptorKind
    /// How many descriptors lead to it, 2 or more.
    public var count: Int

    /// Makes the fact that `count` descriptors lead to `target`.
    public init(target: String, kind: DescriptorKind, count: Int) {
        self.target = target
        self.kind = kind
        self.count = count
    }
}
