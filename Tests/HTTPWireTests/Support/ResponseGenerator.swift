import HTTPWire

/// Makes responses, most of them well-formed or nearly so, from a seed.
struct ResponseGenerator {
    private var random: Xorshift

    init(seed: UInt64) {
        random = Xorshift(seed: seed)
        // Small seeds begin with similar numbers.
        for _ in 0..<8 { _ = random.next() }
    }

    /// A response and what it answers; half of them have mutations.
    mutating func next() -> (bytes: [UInt8], context: ResponseContext) {
        let context: ResponseContext =
            random.oneIn(16)
            ? .connect
            : random.pick(
                [.ordinary, .ordinary, .ordinary, .ordinary, .head] as [ResponseContext])
        var bytes: [UInt8] = []
        while random.oneIn(12) { bytes += head(status: random.pick(Self.interimCodes)) }
        bytes += response()
        if random.oneIn(10) { bytes += response() }
        if random.oneIn(2) {
            for _ in 0...Int.random(in: 0..<3, using: &random) { mutate(&bytes) }
        }
        return (bytes, context)
    }

    /// Cuts for a response of `count` bytes: three at most, in order.
    mutating func cuts(_ count: Int) -> [Int] {
        (0..<Int.random(in: 1...3, using: &random))
            .map { _ in Int.random(in: 0...count, using: &random) }.sorted()
    }

    private static let interimCodes = [100, 100, 102, 103, 199, 101]
    private static let finalCodes = [200, 200, 200, 200, 204, 205, 301, 304, 404, 500, 999, 600]
    private static let versions = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"]
    private static let oddVersions = ["HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "http/1.1", "HTTP/1.10"]
    private static let reasons = [" OK", " OK", "", " ", " Not Found", " \u{e9}", "  x\ty"]
    private static let names = [
        "Server", "Date", "X", "Link", "Set-Cookie", "Upgrade", "Trailer", "Proxy-Connection",
        "a_b",
    ]
    private static let values = [
        "x", "", "a, b", "\"q, r\"", "Mon, 01 Jan", "\u{e9}", "a\tb", "h2c",
    ]
    private static let connections = [
        "close", "keep-alive", "Close", "Keep-Alive", "upgrade", "close, x", "x,keep-alive",
        "keep-alive, close", "closed", "", "clos",
    ]
    private static let codings = ["chunked", "gzip", "identity", "gzip, chunked", "chunked, gzip"]
    private static let blanks = [" ", " ", " ", "", "  ", "\t", " \t "]
    private static let extensions = [
        ";a", ";a=b", "; a=b", ";a=\"b\"", ";a=\"b;c\\\"d\"", ";", " ;a", ";a = b", ";a(b", " ",
        "\t",
    ]
    private static let shards = [
        "\r\n", "\n", "\r", " ", "\t", ":", ",", ";", "0", "1", "f", "\u{0}", "\u{7f}", "\u{1}",
        "(",
        "\r\n ", "\r\n\r\n", "HTTP/1.1 200 OK\r\n", "Content-Length: 2\r\n", "close", "chunked",
        "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "0\r\n\r\n",
        "99999999999999999999",
    ]

    private mutating func head(status: Int) -> [UInt8] {
        let version = random.oneIn(40) ? random.pick(Self.oddVersions) : random.pick(Self.versions)
        var text = "\(version) \(status)\(random.pick(Self.reasons))\r\n"
        for _ in 0..<Int.random(in: 0..<3, using: &random) { text += field() }
        return Array((text + "\r\n").utf8)
    }

    private mutating func field() -> String {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            line(
                random.oneIn(6) ? "Proxy-Connection" : "Connection", random.pick(Self.connections))
        case 2: line("Keep-Alive", "timeout=5, max=9")
        default: line(random.pick(Self.names), random.pick(Self.values))
        }
    }

    private mutating func line(_ name: String, _ value: String) -> String {
        let spelled = random.oneIn(8) ? name.uppercased() : name
        return "\(spelled):\(random.pick(Self.blanks))\(value)\(random.oneIn(8) ? " " : "")\r\n"
    }

    private mutating func response() -> [UInt8] {
        var bytes = head(status: random.pick(Self.finalCodes))
        bytes.removeLast(2)
        let kind = Int.random(in: 0..<10, using: &random)
        let length = Int.random(in: 0..<12, using: &random)
        var body = Array("hello world\n".utf8.prefix(length))
        if kind < 4 { bytes += Array(line("Content-Length", "\(length)").utf8) }
        if 4..<8 ~= kind {
            let coding = random.oneIn(12) ? random.pick(Self.codings) : "chunked"
            bytes += Array(line("Transfer-Encoding", coding).utf8)
            body = chunks()
        }
        if random.oneIn(25) { bytes += Array(line("Content-Length", "\(length)").utf8) }
        if random.oneIn(6) { bytes += Array(field().utf8) }
        return bytes + Array("\r\n".utf8) + body
    }

    private mutating func chunks() -> [UInt8] {
        var text = ""
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
            let length = Int.random(in: 1..<18, using: &random)
            let size = String(length, radix: 16, uppercase: random.oneIn(2))
            text += (random.oneIn(6) ? "00" : "") + size
            if random.oneIn(5) { text += random.pick(Self.extensions) }
            text += "\r\n" + String(repeating: "x", count: length) + "\r\n"
        }
        text += random.pick(["0", "0", "0", "00", "0;a"]) + "\r\n"
        while random.oneIn(5) { text += field() }
        return Array((text + "\r\n").utf8)
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 0..<6, using: &random))
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.insert(contentsOf: random.pick(Self.shards).utf8, at: place)
        case 2: bytes.replaceSubrange(place..<end, with: random.pick(Self.shards).utf8)
        case 3: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 5:
            if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        default: bytes.removeSubrange(end...)
        }
    }
}
