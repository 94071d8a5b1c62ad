import KernelFormats

/// The part of a stack that a sample has a copy of, with the frame pointers in it.
struct StackWords {
    private let sample: PerfSample
    private let start: UInt64

    /// The most frames that are gone through, as the kernel does.
    private static let frameLimit = 127
    /// Where a function of Go keeps its first four arguments, behind the address that it returns
    /// to: in the frame of its caller (Go's ABIInternal, "spill area").
    private static let spill: UInt64 = 32

    init(_ sample: PerfSample) {
        self.sample = sample
        start = sample.register(.rsp) ?? 0
    }

    /// The word at the stack pointer, also of a sample that has no registers.
    var first: UInt64? {
        sample.stack.count >= 8 ? KernelInteger.u64(sample.stack.span, 0) : nil
    }

    /// The word at an address; nil outside of the copy.
    func word(at address: UInt64) -> UInt64? {
        guard address >= start, address - start < UInt64(sample.stack.count),
            sample.stack.count - Int(address - start) >= 8
        else { return nil }
        return KernelInteger.u64(sample.stack.span, Int(address - start))
    }

    /// The words of the innermost frame that is of a function, and of the place for its arguments;
    /// none when it is not reached by frame pointers within the copy.
    func frame(of function: Range<UInt64>) -> [UInt64] {
        guard var base = sample.register(.rbp) else { return [] }
        for _ in 0..<Self.frameLimit {
            guard let next = word(at: base), let address = word(at: base &+ 8), next > base else {
                return []
            }
            if function.contains(address) {
                return words(from: base &+ 16, to: next &+ 16 &+ Self.spill)
            }
            base = next
        }
        return []
    }

    private func words(from first: UInt64, to end: UInt64) -> [UInt64] {
        var words: [UInt64] = []
        var address = first
        while address < end, let word = word(at: address) {
            words.append(word)
            address &+= 8
        }
        return words
    }
}
