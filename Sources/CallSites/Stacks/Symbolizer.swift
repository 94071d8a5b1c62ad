/// Turns the addresses of a process into functions.
public struct Symbolizer {
    private let images: ProgramImages
    private let generated: GeneratedCode
    private let scripts: ScriptFrames
    private let demangle: (_ name: String) -> String
    private let isRuntime: Bool

    /// Makes a symbolizer of a process.
    ///
    /// `generated` names what a runtime compiled, `scripts` what an interpreter runs; `demangle`
    /// gives a symbol of C++, older Rust or Swift as its source has it, and any other unchanged.
    /// The functions of the program itself are the user's own unless it is a runtime that runs the
    /// user's program (`isRuntime`).
    public init(
        images: ProgramImages, generated: GeneratedCode = GeneratedCode(""),
        scripts: ScriptFrames = ScriptFrames(),
        isRuntime: Bool = false,
        demangle: @escaping (_ name: String) -> String = { $0 }
    ) {
        self.images = images
        self.generated = generated
        self.scripts = scripts
        self.isRuntime = isRuntime
        self.demangle = demangle
    }

    /// The functions of a call chain, innermost first, those that were inlined included.
    public func frames(of chain: [UInt64]) -> [StackFrame] {
        chain.enumerated().flatMap { depth, address in
            if let frame = scripts.frame(of: address) { return [frame] }
            // All but the innermost are addresses that calls return to.
            return frames(at: depth == 0 ? address : address &- 1)
        }
    }

    /// The functions at the address of an instruction.
    public func frames(at address: UInt64) -> [StackFrame] {
        if let frame = generated.frame(at: address) { return [frame] }
        guard let mapping = images.space.mapping(of: address) else {
            return [StackFrame(function: Self.hexadecimal(address), isOwn: false)]
        }
        let offset = address - mapping.range.lowerBound &+ mapping.offset
        let isProgram = mapping.path == images.program && !isRuntime
        guard let (facts, inside, _) = images.facts(at: address) else {
            return [Self.unnamed(mapping, offset, isOwn: isProgram)]
        }
        if let frames = facts.goLines?.frames(at: inside), !frames.isEmpty {
            return frames.map { frame in
                StackFrame(
                    function: frame.function, file: frame.file.isEmpty ? nil : frame.file,
                    line: frame.line > 0 ? frame.line : nil, module: mapping.path,
                    isOwn: OwnCode.isOwn(
                        go: frame.function, file: frame.file, module: facts.goBuild?.module))
            }
        }
        guard let symbol = facts.symbols.symbol(at: inside) else {
            return [Self.unnamed(mapping, offset, isOwn: isProgram)]
        }
        return facts.functions(at: inside, named: symbol.name).map { function in
            let language = SymbolLanguage(symbol: function.symbol)
            let plain = RustSymbol.demangle(function.symbol) ?? demangle(function.symbol)
            let title = NativeName.simplified(plain, of: language)
            return StackFrame(
                function: title, file: function.file,
                line: function.line.flatMap { $0 > 0 ? $0 : nil }, module: mapping.path,
                isOwn: isProgram && OwnCode.isOwn(native: title, language, file: function.file))
        }
    }

    private static func unnamed(_ mapping: MappedFile, _ offset: UInt64, isOwn: Bool) -> StackFrame
    {
        let file = mapping.path.split(separator: "/").last ?? "?"
        return StackFrame(
            function: "\(file)+\(hexadecimal(offset))", module: mapping.path, isOwn: isOwn)
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        "0x" + String(value, radix: 16)
    }
}
