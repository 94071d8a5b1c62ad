public import Measurements

/// Where a target is, as it is put together from a URL, an address and single settings.
///
/// Later words win over earlier ones, so that a target overrides its group and the group the
/// defaults. A URL says scheme, host, port and path at once; an address beside it says where the
/// connection goes instead, and the URL's host stays the server name.
public struct TargetEndpoint: Hashable, Sendable {
    /// A setting that cannot be: what is wrong with it.
    public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// What was found and what is expected.
        public var description: String

        /// Makes a fault.
        public init(_ description: String) {
            self.description = description
        }
    }

    /// Plain HTTP or HTTP over TLS; nil means the default, `http`.
    public var scheme: Scheme?
    private var host: String?
    private var port: Int?
    private var serverName: String?
    private var path: String?

    /// Makes an endpoint that says nothing yet.
    public init() {}

    /// Whether it says where the connection goes.
    public var isComplete: Bool { host != nil }

    /// Takes scheme, host, port and path of a URL; the host becomes the server name as well.
    public mutating func setURL(_ text: String) throws(Fault) {
        do throws(URLFault) {
            let url = try ParsedURL.parse(text)
            scheme = url.scheme
            host = url.host
            port = url.port
            serverName = url.host
            path = url.path
        } catch {
            throw Fault("\(error)")
        }
    }

    /// Takes an address: `10.0.0.7`, `10.0.0.7:443`, `[2001:db8::7]:443`, `monitor.test`.
    public mutating func setAddress(_ text: String) throws(Fault) {
        let (host, port) = try Self.hostAndPort(text)
        self.host = host
        if let port { self.port = port }
    }

    /// Takes a port, 1 to 65535.
    public mutating func setPort(_ port: Int) throws(Fault) {
        guard (1...65_535).contains(port) else {
            throw Fault("\(port) is not a port, 1 to 65535")
        }
        self.port = port
    }

    /// Takes the name for the `Host` field, SNI and the certificate.
    public mutating func setServerName(_ text: String) throws(Fault) {
        let (name, port) = try Self.hostAndPort(text)
        guard port == nil else {
            throw Fault("\"\(text)\" has a port; a server name has none")
        }
        serverName = name
    }

    /// Takes the path with its query.
    ///
    /// It begins with `/`; what is not visible ASCII must be written in percent encoding (RFC 3986,
    /// section 2.1).
    public mutating func setPath(_ text: String) throws(Fault) {
        guard text.utf8.first == UInt8(ascii: "/") else {
            throw Fault("\"\(text.prefix(60))\" is not a path: it begins with /")
        }
        guard text.utf8.count <= URLFault.longest,
            text.utf8.allSatisfy({ 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") })
        else {
            throw Fault(
                "\"\(text.prefix(60))\" is not a path: visible ASCII without #, at most "
                    + "\(URLFault.longest) bytes; write other characters as %XX")
        }
        path = text
    }

    /// Puts the endpoint into a target and, when it has none, gives it a name and an identity.
    ///
    /// The name is the URL. When the connection goes to another address than the server name's,
    /// the address belongs to it: `https://monitor.test/ at 10.0.0.7`.
    public func apply(to target: inout Target, name: String? = nil, id: String? = nil)
        throws(Fault)
    {
        guard let host else { throw Fault("expected a url or an address") }
        target.scheme = scheme ?? .http
        target.address = host
        target.port = port ?? target.scheme.defaultPort
        target.serverName = serverName ?? host
        target.path = path ?? "/"
        let isElsewhere = target.serverName != host
        target.name = name ?? (isElsewhere ? "\(target.url) at \(host)" : target.url)
        target.id = TargetID(rawValue: Self.identity(id ?? target.name))
    }

    /// The text, or what stands for one that is longer than an identity may be.
    private static func identity(_ text: String) -> String {
        guard text.utf8.count > 512 else { return text }
        // FNV-1a, 64 bits: equal texts stay equal, whatever process computes it.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var start = text[...]
        while start.utf8.count > 480 { start = start.dropLast() }
        return "\(start)#\(String(hash, radix: 16))"
    }

    /// Splits an address from its port.
    private static func hostAndPort(_ text: String) throws(Fault) -> (String, Int?) {
        // An IPv6 literal stands alone without brackets.
        let isBareIPv6 =
            !text.hasPrefix("[")
            && text.split(
                separator: ":", omittingEmptySubsequences: false
            ).count > 2
        let authority = isBareIPv6 ? "[\(text)]" : text
        let plain: ParsedURL
        let secure: ParsedURL
        do throws(URLFault) {
            plain = try ParsedURL.parse("http://\(authority)/")
            secure = try ParsedURL.parse("https://\(authority)/")
        } catch {
            throw Fault("\"\(text.prefix(60))\" is not an address: \(error.detail)")
        }
        guard plain.path == "/", !text.contains("/"), !text.contains("?"), !text.contains("#")
        else {
            throw Fault(
                "\"\(text.prefix(60))\" is not an address: a name or an IP, with :port or without")
        }
        // Only a port that was written is the same under both schemes.
        return (plain.host, plain.port == secure.port ? plain.port : nil)
    }
}
