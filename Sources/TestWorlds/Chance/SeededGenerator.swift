/// A random number generator that gives the same numbers for the same seed on every machine.
///
/// The algorithm is SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014). Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Hashable, Sendable {
    /// The seed that it was made with, to print when a test fails.
    public let seed: UInt64
    private var state: UInt64

    /// Makes a generator; any seed is good, 0 included.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next 64 bits, uniformly distributed.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed &>> 31)
    }
}
