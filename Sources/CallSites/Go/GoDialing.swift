/// Where a Go program makes connections in one goroutine for another one.
///
/// The names are private to Go, and are those of 1.20 to 1.27: net/http/transport.go and
/// net/dial.go.
public struct GoDialing: Hashable, Sendable {
    /// Where a goroutine asks net/http for a connection, in the file; the request is in BX.
    public var request: UInt64?
    /// Where goroutines are started that dial both families of addresses at once, in the file: the
    /// calls of `runtime.newproc`, with what they start in AX.
    public var spawns: [UInt64]
    /// Where such goroutines begin, in the file, with what was started in DX, and themselves in R14.
    public var starts: [UInt64]
    /// The function that dials for net/http, while it runs.
    public var dial: Range<UInt64>?
    /// The functions that such goroutines begin with, while they run.
    public var racers: [Range<UInt64>]

    /// Makes the facts.
    public init(
        request: UInt64? = nil, spawns: [UInt64] = [], starts: [UInt64] = [],
        dial: Range<UInt64>? = nil, racers: [Range<UInt64>] = []
    ) {
        self.request = request
        self.spawns = spawns
        self.starts = starts
        self.dial = dial
        self.racers = racers
    }

    /// Everywhere in the file that a uprobe belongs.
    public var offsets: [UInt64] { (request.map { [$0] } ?? []) + spawns + starts }

    static let request = "net/http.(*Transport).queueForDial"
    static let dial = "net/http.(*Transport).dialConnFor"
    static let parallel = "net.(*sysDialer).dialParallel"
    static let start = "runtime.newproc"

    /// How the goroutines that are started there begin: since Go 1.22 `gowrap`, before `func`.
    static func isRacer(_ name: String) -> Bool {
        guard name.hasPrefix(parallel + ".") else { return false }
        let rest = name.dropFirst(parallel.utf8.count + 1)
        return rest.hasPrefix("gowrap") || rest.hasPrefix("func")
    }
}

/// The same before the file is moved.
struct GoDialingFacts {
    var request: Range<UInt64>?
    var dial: Range<UInt64>?
    var spawns: [UInt64] = []
    var racers: [Range<UInt64>] = []

    /// Nil for a program of another language.
    init?(_ facts: ImageFacts) {
        guard let lines = facts.goLines else { return nil }
        request = facts.goFunction(GoDialing.request)
        dial = lines.range(ofFunction: GoDialing.dial)
        if request == nil || dial == nil { (request, dial) = (nil, nil) }
        guard let parallel = lines.range(ofFunction: GoDialing.parallel),
            let start = lines.range(ofFunction: GoDialing.start)
        else { return }
        spawns = Self.calls(of: start.lowerBound, in: parallel, facts.image)
        racers = lines.functions(where: GoDialing.isRacer)
            .filter { facts.isGoEntry($0.lowerBound) }
        if spawns.isEmpty || racers.isEmpty { (spawns, racers) = ([], []) }
    }

    /// The calls of a function: `E8`, and the distance from behind them to it.
    ///
    /// That other bytes look like a call of just this function is as good as impossible: four of
    /// them would have to be the distance.
    static func calls(of target: UInt64, in range: Range<UInt64>, _ image: ELFImage) -> [UInt64] {
        let bytes = image.bytes(at: range.lowerBound, count: min(range.count, 65_536))
        guard bytes.count >= 5 else { return [] }
        return (0...bytes.count - 5).compactMap { place in
            guard bytes[place] == 0xE8 else { return nil }
            let word = (1...4).reduce(UInt32(0)) {
                $0 | UInt32(bytes[place + $1]) << (8 * ($1 - 1))
            }
            let distance = UInt64(bitPattern: Int64(Int32(bitPattern: word)))
            let address = range.lowerBound &+ UInt64(place)
            return address &+ 5 &+ distance == target ? address : nil
        }
    }
}

extension ProgramImages {
    /// Where the Go program that runs dials for other goroutines; nil for any other program.
    public var goDialing: GoDialing? {
        guard let facts = programFacts, let found = GoDialingFacts(facts) else { return nil }
        return GoDialing(
            request: found.request.flatMap { facts.image.fileOffset(of: $0.lowerBound) },
            spawns: found.spawns.compactMap { facts.image.fileOffset(of: $0) },
            starts: found.racers.compactMap { facts.image.fileOffset(of: $0.lowerBound) },
            dial: found.dial.flatMap { place(of: $0, facts)?.running },
            racers: found.racers.compactMap { place(of: $0, facts)?.running })
    }
}

extension ELFImage {
    /// Where a Go program that does not run yet will dial for other goroutines, in the file alone;
    /// nil for any other program.
    public var goDialing: GoDialing? {
        GoDialingFacts(ImageFacts(self)).map { found in
            GoDialing(
                request: found.request.flatMap { fileOffset(of: $0.lowerBound) },
                spawns: found.spawns.compactMap { fileOffset(of: $0) },
                starts: found.racers.compactMap { fileOffset(of: $0.lowerBound) })
        }
    }
}
