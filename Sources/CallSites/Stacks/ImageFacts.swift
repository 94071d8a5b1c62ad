/// What one file knows of its functions; each part is read when it is first needed.
final class ImageFacts {
    let image: ELFImage
    private(set) lazy var goLines = GoLineTable(image)
    private(set) lazy var symbols = SymbolTable(image)
    private(set) lazy var goBuild = GoBuildInfo(image)
    private(set) lazy var unwinding = UnwindTable(image)
    private(set) lazy var lines = LineTable(image)
    private(set) lazy var isPython = PythonRuntime.isPython(image)
    private lazy var inlined = InlinedCalls(image)

    init(_ image: ELFImage) { self.image = image }

    /// The functions at an address of compiled code, innermost first, by the names that the linker
    /// knows; those that were inlined come before the one that is called.
    func functions(
        at address: UInt64, named symbol: String
    ) -> [(symbol: String, file: String?, line: Int?)] {
        let location = lines?.location(at: address)
        var file = location?.file
        var line = location?.line
        var functions: [(symbol: String, file: String?, line: Int?)] = []
        for call in inlined?.calls(at: address) ?? [] {
            functions.append((call.function.isEmpty ? "?" : call.function, file, line))
            (file, line) = (call.file, call.line)
        }
        functions.append((symbol, file, line))
        return functions
    }
}

/// The files that the processes of one root directory execute, each read once.
///
/// Kept by one owner at a time: it is not for several threads.
public final class ImageCache {
    private struct Key: Hashable {
        var path: String
        var inode: UInt64
    }

    private let open: (_ mapping: MappedFile) -> ELFImage?
    private var known: [Key: ImageFacts?] = [:]

    /// Makes a cache; `open` opens a mapped file, nil when it is no longer the one that was mapped.
    public init(open: @escaping (_ mapping: MappedFile) -> ELFImage?) { self.open = open }

    func facts(of mapping: MappedFile) -> ImageFacts? {
        let key = Key(path: mapping.path, inode: mapping.inode)
        if let found = known[key] { return found }
        let facts = open(mapping).map(ImageFacts.init)
        known[key] = .some(facts)
        return facts
    }
}
