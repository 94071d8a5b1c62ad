public import KernelFormats

/// Finds the callers that a sample tells of.
///
/// Programs of Go keep frame pointers, which the kernel has walked. Others are unwound by the
/// tables of their files, from the registers and the copy of the stack.
public struct StackReader {
    private var unwinder = StackUnwinder()
    /// Whether the file of an address has a table for it.
    private var isTabled: [UInt64: Bool] = [:]
    private static let limit = 65_536

    /// Makes a reader for one program of one process.
    public init() {}

    /// Files were mapped at addresses that may have been asked for.
    public mutating func forget() {
        unwinder.forget()
        isTabled = [:]
    }

    /// The call chain, innermost first: where the thread was, then where its calls return to.
    public mutating func chain(of sample: PerfSample, in images: ProgramImages) -> [UInt64] {
        guard let first = sample.callChain.first ?? sample.register(.rip) else { return [] }
        if images.isGo { return sample.callChain }
        guard hasTable(first, images), let base = sample.register(.rsp) else {
            return Self.withCaller(sample, images)
        }
        let registers = UnwindRegisters(perfMask: sample.registerMask, values: sample.registers)
        return unwinder.unwind(
            registers, stack: sample.stack, base: base, framePointerChain: sample.callChain
        ) { address in
            images.facts(at: address).flatMap { facts, inside, _ in
                facts.unwinding.map { ($0, address &- inside) }
            }
        }.chain
    }

    /// The call chain down to the interpreter, and then the functions that it runs.
    mutating func chain(
        of sample: PerfSample, in images: ProgramImages, script: [UInt64]
    ) -> [UInt64] {
        let chain = chain(of: sample, in: images)
        guard !script.isEmpty, let interpreter = images.python?.path else { return chain }
        let native = chain.prefix { images.space.mapping(of: $0)?.path != interpreter }
        return native + script
    }

    /// The chain at the first instruction of a function, where the word at the stack pointer is
    /// what it returns to, and the frame pointer is still that of the caller.
    public static func chainAtEntry(of sample: PerfSample) -> [UInt64] {
        var chain = sample.callChain
        guard let word = StackWords(sample).first, !chain.isEmpty else { return chain }
        chain.insert(word, at: 1)
        return chain
    }

    /// The kernel's chain, which lacks the caller of a function without a frame of its own, as
    /// socket(2) is in C libraries that have no tables: that lies at the stack pointer.
    private static func withCaller(_ sample: PerfSample, _ images: ProgramImages) -> [UInt64] {
        var chain = sample.callChain
        guard let word = StackWords(sample).first, !chain.isEmpty,
            chain.count < 2 || chain[1] != word, images.space.mapping(of: word) != nil
        else { return chain }
        chain.insert(word, at: 1)
        return chain
    }

    private mutating func hasTable(_ address: UInt64, _ images: ProgramImages) -> Bool {
        if let known = isTabled[address] { return known }
        if isTabled.count >= Self.limit { isTabled = [:] }
        let found = images.facts(at: address).flatMap { facts, inside, _ in
            facts.unwinding?.row(at: inside)
        }
        isTabled[address] = found != nil
        return found != nil
    }
}
