extension StackFrame {
    /// A function that CPython runs.
    public init(python frame: PythonFrame) {
        self.init(
            function: frame.function, file: frame.file, line: frame.line,
            isOwn: OwnCode.isOwn(script: frame.file))
    }
}

/// Functions that are not at addresses: those of an interpreter, as numbers that can stand in a
/// call chain among addresses.
public final class ScriptFrames {
    private var numbers: [StackFrame: UInt64] = [:]
    private var frames: [StackFrame] = []

    /// No program has addresses from here on (x86-64, Documentation/arch/x86/x86_64/mm.rst).
    static let first: UInt64 = 0xFFFF_8000_0000_0000

    /// The most functions that are kept; more are all taken for the last one.
    static let limit = 100_000

    /// Makes a table without functions.
    public init() {}

    /// The number that stands for a function.
    public func number(of frame: StackFrame) -> UInt64 {
        if let known = numbers[frame] { return known }
        guard frames.count < Self.limit else { return Self.first + UInt64(Self.limit - 1) }
        frames.append(frame)
        let number = Self.first + UInt64(frames.count - 1)
        numbers[frame] = number
        return number
    }

    /// The function that a number stands for; nil for an address.
    func frame(of number: UInt64) -> StackFrame? {
        guard number >= Self.first, number - Self.first < UInt64(frames.count) else { return nil }
        return frames[Int(number - Self.first)]
    }
}
