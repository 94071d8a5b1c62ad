/// Which stacks started goroutines that dial both families of addresses at once.
struct GoRacers: Sendable {
    /// By what was started, until it begins.
    private var spawned: [UInt64: [UInt64]] = [:]
    /// By the goroutine.
    private var running: [UInt64: [UInt64]] = [:]

    /// The most of each that are kept; at one more all are forgotten.
    static let limit = 50_000

    /// A goroutine with this stack starts another one.
    mutating func spawn(_ started: UInt64, _ stack: [UInt64]) {
        if spawned.count >= Self.limit { spawned = [:] }
        spawned[started] = stack
    }

    /// A goroutine begins; again, when its stack had to grow (runtime.morestack).
    mutating func start(_ started: UInt64, as goroutine: UInt64) {
        guard let stack = spawned.removeValue(forKey: started) else { return }
        if running.count >= Self.limit { running = [:] }
        running[goroutine] = stack
    }

    /// The stack that a goroutine was started by.
    subscript(_ goroutine: UInt64) -> [UInt64]? { running[goroutine] }
}
