/// The hosts file, read (hosts(5)).
struct HostsFile: Hashable, Sendable {
    /// The most of the file that is read, in bytes.
    static let byteLimit = 4 << 20

    private var addresses: [String: [ResolvedAddress]] = [:]

    /// A file without a line.
    init() {}

    /// Reads the text; lines that are none of hosts(5) are passed over.
    init(_ text: String) {
        for fields in fieldLines(text) where fields.count >= 2 {
            guard let address = ResolvedAddress(literal: fields[0]) else { continue }
            for name in fields.dropFirst() {
                let key = name.lowercased()
                if addresses[key]?.contains(address) == true { continue }
                addresses[key, default: []].append(address)
            }
        }
    }

    /// The addresses of a name in lower case, in the order of the file; nil when it is not there.
    func addresses(of name: String) -> [ResolvedAddress]? { addresses[name] }
}

/// The system's resolver configuration, read (resolv.conf(5)).
struct ResolvConf: Hashable, Sendable {
    /// The most servers and search domains that are used; the C library's limits are 3 and 6.
    static let serverLimit = 4
    static let searchLimit = 6

    /// The servers to ask, in order.
    var servers: [DNSServer] = [DNSServer.localDefault]
    /// The domains that are appended to short names, without a dot at the end.
    var search: [String] = []
    /// Names with at least so many dots are asked for as they are first, 0 to 15.
    var ndots = 1

    /// What holds without a file: the server at 127.0.0.1.
    init() {}

    /// Reads the text; what is unknown is passed over.
    ///
    /// Servers with a zone (`fe80::1%eth0`) are.
    init(_ text: String) {
        var found: [DNSServer] = []
        for fields in fieldLines(text) where fields.count >= 2 {
            switch fields[0] {
            case "nameserver":
                guard let address = ResolvedAddress(literal: fields[1]) else { continue }
                found.append(DNSServer(address: address, port: 53))
            case "domain", "search":
                search = fields.dropFirst().prefix(Self.searchLimit).map { domain in
                    let lower = domain.lowercased()
                    return lower.hasSuffix(".") ? String(lower.dropLast()) : lower
                }.filter { !$0.isEmpty }
            case "options":
                for option in fields.dropFirst() where option.hasPrefix("ndots:") {
                    ndots = min(15, max(0, Int(option.dropFirst(6)) ?? 1))
                }
            default: continue  // The file's own words, open-ended by nature.
            }
        }
        if !found.isEmpty { servers = Array(found.prefix(Self.serverLimit)) }
    }
}

/// A DNS server's address.
struct DNSServer: Hashable, Sendable, CustomStringConvertible {
    /// What resolv.conf(5) means when it names no server.
    static let localDefault = DNSServer(address: ResolvedAddress([127, 0, 0, 1]), port: 53)

    var address: ResolvedAddress
    var port: Int

    init(address: ResolvedAddress, port: Int) {
        self.address = address
        self.port = port
    }

    /// Reads `IP`, `IPv4:port` or `[IPv6]:port`; nil when the text is nothing of these.
    init?(_ text: String) {
        if let address = ResolvedAddress(literal: text) {
            self.init(address: address, port: 53)
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        var host = text[..<colon]
        let inBrackets = host.hasPrefix("[") && host.hasSuffix("]")
        if inBrackets { host = host.dropFirst().dropLast() }
        guard let address = ResolvedAddress(literal: host),
            inBrackets == (address.family == .ipv6)
        else { return nil }
        self.init(address: address, port: Int(port))
    }

    /// The address and port as c-ares and people read them.
    var description: String {
        address.family == .ipv6 ? "[\(address.text)]:\(port)" : "\(address.text):\(port)"
    }
}

/// The lines of a configuration file as fields, comments left out.
private func fieldLines(_ text: String) -> [[Substring]] {
    text.split(whereSeparator: \.isNewline).map { line in
        let content = line.prefix { $0 != "#" && $0 != ";" }
        return content.split { $0 == " " || $0 == "\t" }
    }
}
