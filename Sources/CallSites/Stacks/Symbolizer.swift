/// Turns the addresses of a process into functions.
///
/// The files are read once, when the first address in them is asked for.
public struct Symbolizer {
    /// What names the addresses of one file.
    private struct Names {
        var image: ELFImage
        var lines: GoLineTable?
        var symbols: SymbolTable
        var module: String?
    }

    /// The executable mappings of the process, by address.
    public private(set) var mappings: [MappedFile]
    private let program: String
    private let open: (_ path: String) -> ELFImage?
    private var names: [String: Names?] = [:]

    /// Makes a symbolizer of a process.
    ///
    /// `program` is the path of its own program, as its mappings have it; `open` opens a mapped
    /// file by that path.
    public init(
        mappings: [MappedFile], program: String, open: @escaping (_ path: String) -> ELFImage?
    ) {
        self.mappings = mappings.sorted { $0.range.lowerBound < $1.range.lowerBound }
        self.program = program
        self.open = open
    }

    /// The mapping that an address is in.
    public func mapping(of address: UInt64) -> MappedFile? {
        var (low, high) = (0, mappings.count)
        while low < high {
            let middle = (low + high) / 2
            if mappings[middle].range.upperBound <= address {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < mappings.count, mappings[low].range.contains(address) else { return nil }
        return mappings[low]
    }

    private mutating func names(of path: String) -> Names? {
        if let known = names[path] { return known }
        let found = open(path).map { image in
            Names(
                image: image, lines: GoLineTable(image), symbols: SymbolTable(image),
                module: GoBuildInfo(image)?.module)
        }
        names[path] = .some(found)
        return found
    }

    /// The functions of a call chain, innermost first, those that were inlined included.
    public mutating func frames(of chain: [UInt64]) -> [StackFrame] {
        chain.enumerated().flatMap { depth, address in
            // All but the innermost are addresses that calls return to.
            frames(at: depth == 0 ? address : address &- 1)
        }
    }

    /// The functions at the address of an instruction.
    public mutating func frames(at address: UInt64) -> [StackFrame] {
        guard let mapping = mapping(of: address) else {
            return [StackFrame(function: Self.hexadecimal(address), isOwn: false)]
        }
        let offset = address - mapping.range.lowerBound &+ mapping.offset
        let place = "\(mapping.path.split(separator: "/").last ?? "?")+\(Self.hexadecimal(offset))"
        let isProgram = mapping.path == program
        guard let names = names(of: mapping.path), let inside = names.image.address(ofFile: offset)
        else { return [StackFrame(function: place, isOwn: isProgram)] }
        if let lines = names.lines {
            let frames = lines.frames(at: inside)
            if !frames.isEmpty {
                return frames.map { frame in
                    StackFrame(
                        function: frame.function, file: frame.file.isEmpty ? nil : frame.file,
                        line: frame.line > 0 ? frame.line : nil,
                        isOwn: Self.isOwn(frame.function, module: names.module))
                }
            }
        }
        guard let symbol = names.symbols.symbol(at: inside) else {
            return [StackFrame(function: place, isOwn: isProgram)]
        }
        return [StackFrame(function: symbol.name, isOwn: isProgram)]
    }

    /// Whether a function of Go is of the program's own module, and of no dependency.
    static func isOwn(_ function: String, module: String?) -> Bool {
        if function.hasPrefix("main.") { return true }
        guard let module, !module.isEmpty else { return false }
        return function.hasPrefix(module + ".") || function.hasPrefix(module + "/")
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        "0x" + String(value, radix: 16)
    }

    /// Where a Go program dials for others, while it runs: nil for any other program.
    public mutating func goFunction(_ name: String) -> (
        file: String, offset: UInt64, range: Range<UInt64>
    )? {
        guard let names = names(of: program), let lines = names.lines,
            let inside = lines.range(ofFunction: name),
            Self.isEntry(names.image.bytes(at: inside.lowerBound, count: 5)),
            let offset = names.image.fileOffset(of: inside.lowerBound),
            let mapping = mappings.first(where: { mapping in
                mapping.path == program && offset >= mapping.offset
                    && offset - mapping.offset < UInt64(mapping.range.count)
            })
        else { return nil }
        let start = mapping.range.lowerBound &+ (offset - mapping.offset)
        return (program, offset, start..<start &+ UInt64(inside.count))
    }

    /// Whether a function of Go begins here: with the comparison of the stack pointer with the
    /// goroutine's limit (cmd/internal/obj/x86, stacksplit), directly or after a subtraction.
    ///
    /// A breakpoint anywhere else would break the program.
    private static func isEntry(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x49, 0x3B, 0x66, 0x10])
            || bytes.starts(with: [0x4C, 0x8D, 0x64, 0x24])
            || bytes.starts(with: [0x4C, 0x8D, 0xA4, 0x24])
    }

    /// Takes mappings that came since: libraries that were loaded meanwhile.
    public mutating func add(_ more: [MappedFile]) {
        let known = Set(mappings)
        let fresh = more.filter { mapping in
            !known.contains(mapping) && self.mapping(of: mapping.range.lowerBound) == nil
        }
        mappings = (mappings + fresh).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    /// Where a function of the program itself is while it runs; nil when it has none of this name.
    public mutating func range(ofSymbol name: String) -> Range<UInt64>? {
        guard let names = names(of: program),
            let symbol = names.symbols.symbol(named: name),
            let offset = names.image.fileOffset(of: symbol.address),
            let mapping = mappings.first(where: { mapping in
                mapping.path == program && offset >= mapping.offset
                    && offset - mapping.offset < UInt64(mapping.range.count)
            })
        else { return nil }
        let start = mapping.range.lowerBound &+ (offset - mapping.offset)
        return start..<start + max(1, min(symbol.size, 4_096))
    }

    /// Whether the program can be traced here: 64 bits, and x86-64.
    public mutating func isTraceable() -> Bool { names(of: program)?.image.machine == 62 }

    /// The toolchain that a Go program was built with; nil for any other program.
    public mutating func goVersion() -> String? {
        names(of: program).flatMap { GoBuildInfo($0.image)?.version }
    }
}
