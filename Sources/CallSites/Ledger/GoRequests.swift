/// Which goroutine's stack asked for a connection, by the address of its request (`*wantConn`).
///
/// A request is dialled once or twice (both families of addresses), or never; so it is not known
/// when one can be forgotten, and the oldest half goes when there are too many.
struct GoRequests: Sendable {
    private struct Request {
        var number: Int
        var stack: [UInt64]
    }

    private var young: [UInt64: Request] = [:]
    private var old: [UInt64: Request] = [:]
    private var next = 0

    /// The most requests of each half.
    static let limit = 50_000

    /// A goroutine with this stack asked.
    mutating func add(_ address: UInt64, _ stack: [UInt64]) {
        if young.count >= Self.limit { (old, young) = (young, [:]) }
        young[address] = Request(number: next, stack: stack)
        next += 1
    }

    /// The stack of the latest request whose address is one of these words.
    ///
    /// What lies on a stack from earlier is older than what was put there now.
    func latest(among words: [UInt64]) -> [UInt64]? {
        words.compactMap { young[$0] ?? old[$0] }.max { $0.number < $1.number }?.stack
    }
}
