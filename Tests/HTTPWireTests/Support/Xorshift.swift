/// A small generator that gives the same numbers for the same seed everywhere (xorshift64*).
struct Xorshift: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed == 0 ? 0x9E37_79B9_7F4A_7C15 : seed
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }

    /// True once in `rounds` on average.
    mutating func oneIn(_ rounds: Int) -> Bool { Int.random(in: 0..<rounds, using: &self) == 0 }

    /// One of `choices`, which are not empty.
    mutating func pick<Value>(_ choices: [Value]) -> Value {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }
}
