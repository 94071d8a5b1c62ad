/// The program that a process runs, and where its files are mapped.
public struct ProgramImages {
    /// Where files are mapped.
    public var space: AddressSpace
    /// The path of the program, as its mappings have it; nil until it is mapped.
    public private(set) var program: String?
    let cache: ImageCache

    /// Makes the images of a process.
    public init(space: AddressSpace = AddressSpace(), program: String?, cache: ImageCache) {
        self.space = space
        self.program = program
        self.cache = cache
    }

    /// A file was mapped; the first one after execve(2) is the program.
    public mutating func add(_ mapping: MappedFile) {
        if program == nil { program = mapping.path }
        space.add(mapping)
    }

    /// What a file knows, and the address in it, before it was moved, of an address of the process.
    func facts(at address: UInt64) -> (facts: ImageFacts, inside: UInt64, mapping: MappedFile)? {
        guard let mapping = space.mapping(of: address), let facts = cache.facts(of: mapping),
            let inside = facts.image.address(
                ofFile: address - mapping.range.lowerBound &+ mapping.offset)
        else { return nil }
        return (facts, inside, mapping)
    }

    private var programMapping: MappedFile? {
        space.mappings.first { $0.path == program }
    }

    var programFacts: ImageFacts? { programMapping.flatMap(cache.facts) }

    /// Whether stacks of the program can be read here: 64 bits, and x86-64.
    public var isTraceable: Bool { programFacts?.image.machine == 62 }

    /// Whether it is a program of Go.
    public var isGo: Bool { programFacts?.goLines != nil }

    /// Where in the program's file an address before it was moved is, and where while it runs.
    func place(
        of range: Range<UInt64>, _ facts: ImageFacts
    ) -> (offset: UInt64, running: Range<UInt64>)? {
        guard let offset = facts.image.fileOffset(of: range.lowerBound),
            let mapping = space.mappings.first(where: { mapping in
                mapping.path == program && offset >= mapping.offset
                    && offset - mapping.offset < UInt64(mapping.range.count)
            })
        else { return nil }
        let start = mapping.range.lowerBound &+ (offset - mapping.offset)
        return (offset, start..<start &+ UInt64(range.count))
    }
}

extension ImageFacts {
    /// Where a function of Go is, before the file is moved; nil where it does not begin as
    /// functions of Go do.
    func goFunction(_ name: String) -> Range<UInt64>? {
        goLines?.range(ofFunction: name).flatMap { isGoEntry($0.lowerBound) ? $0 : nil }
    }

    /// Whether a function of Go begins at an address: with the comparison of the stack pointer with
    /// the goroutine's limit (cmd/internal/obj/x86, stacksplit), directly or after a subtraction.
    ///
    /// A breakpoint within an instruction would break the program.
    func isGoEntry(_ address: UInt64) -> Bool {
        let bytes = image.bytes(at: address, count: 5)
        return bytes.starts(with: [0x49, 0x3B, 0x66, 0x10])
            || bytes.starts(with: [0x4C, 0x8D, 0x64, 0x24])
            || bytes.starts(with: [0x4C, 0x8D, 0xA4, 0x24])
    }
}
