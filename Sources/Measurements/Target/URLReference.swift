/// An `http` or `https` URL in parts (RFC 3986), without user information and fragment.
public struct ParsedURL: Hashable, Sendable {
    /// The scheme.
    public var scheme: Scheme
    /// The host, an IPv6 literal without brackets.
    public var host: String
    /// The port, 1 to 65535; the scheme's own when the URL names none.
    public var port: Int
    /// The path and the query: what a request in origin form asks for.
    ///
    /// Starts with `/`.
    public var path: String

    /// Makes a URL of its parts.
    public init(scheme: Scheme, host: String, port: Int, path: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// The URL as text, the default port left out.
    public var text: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let suffix = port == scheme.defaultPort ? "" : ":\(port)"
        return "\(scheme.rawValue)://\(name)\(suffix)\(path)"
    }

    /// Reads an absolute URL.
    ///
    /// User information is refused: a password in a URL ends in logs. A fragment is dropped,
    /// because it is never sent (RFC 9110, section 7.1).
    public static func parse(_ text: String) throws(URLFault) -> ParsedURL {
        guard text.utf8.count <= URLFault.longest else {
            throw URLFault(text: text, detail: "it is longer than \(URLFault.longest) bytes")
        }
        for byte in text.utf8 where byte <= 0x20 || byte == 0x7F {
            throw URLFault(text: text, detail: "it contains a blank or a control character")
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].hasPrefix("//"),
            let scheme = Scheme(rawValue: parts[0].lowercased())
        else {
            throw URLFault(text: text, detail: "it begins with neither http:// nor https://")
        }
        let rest = parts[1].dropFirst(2)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let (host, port) = try hostAndPort(authority, scheme: scheme, of: text)
        return ParsedURL(
            scheme: scheme, host: host, port: port,
            path: requestTarget(rest.dropFirst(authority.count)))
    }

    /// Resolves a reference, as a `Location` field holds one, against the URL that answered
    /// (RFC 3986, section 5.2).
    public static func resolve(reference: String, against base: ParsedURL) throws(URLFault)
        -> ParsedURL
    {
        if hasScheme(reference) { return try parse(reference) }
        if reference.hasPrefix("//") { return try parse("\(base.scheme.rawValue):\(reference)") }
        for byte in reference.utf8 where byte <= 0x20 || byte == 0x7F {
            throw URLFault(text: reference, detail: "it contains a blank or a control character")
        }
        var url = base
        let relative = reference.prefix { $0 != "#" }
        let basePath = base.path.prefix { $0 != "?" }
        if relative.isEmpty {
            return base
        } else if relative.hasPrefix("/") {
            url.path = withoutDotSegments(relative)
        } else if relative.hasPrefix("?") {
            url.path = String(basePath + relative)
        } else {
            let folder = basePath[...(basePath.lastIndex(of: "/") ?? basePath.startIndex)]
            url.path = withoutDotSegments(folder + relative)
        }
        guard url.path.utf8.count <= URLFault.longest else {
            throw URLFault(
                text: reference, detail: "it is longer than \(URLFault.longest) bytes")
        }
        return url
    }

    private static func hasScheme(_ reference: String) -> Bool {
        let name = reference.prefix { $0 != ":" && $0 != "/" && $0 != "?" && $0 != "#" }
        guard name.count < reference.count, reference.dropFirst(name.count).hasPrefix(":"),
            let first = name.first, first.isASCII, first.isLetter
        else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
    }

    private static func hostAndPort(
        _ authority: Substring, scheme: Scheme, of text: String
    ) throws(URLFault) -> (String, Int) {
        guard !authority.contains("@") else {
            throw URLFault(
                text: text, detail: "it contains a user name; give credentials by their own setting"
            )
        }
        let host: Substring
        let suffix: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else {
                throw URLFault(text: text, detail: "the bracket of its address is not closed")
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            suffix = authority[authority.index(after: end)...]
        } else {
            host = authority.prefix { $0 != ":" }
            suffix = authority.dropFirst(host.count)
        }
        guard !host.isEmpty else { throw URLFault(text: text, detail: "it names no host") }
        guard host.utf8.allSatisfy(isHostByte) else {
            throw URLFault(text: text, detail: "\"\(host)\" is not a host name or an address")
        }
        if suffix.isEmpty || suffix == ":" { return (host.lowercased(), scheme.defaultPort) }
        guard suffix.hasPrefix(":"), suffix.dropFirst().allSatisfy({ ("0"..."9").contains($0) }),
            let port = Int(suffix.dropFirst()), (1...65_535).contains(port)
        else {
            throw URLFault(
                text: text, detail: "\"\(suffix.dropFirst())\" is not a port, 1 to 65535")
        }
        return (host.lowercased(), port)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    private static func requestTarget(_ rest: Substring) -> String {
        let target = rest.prefix { $0 != "#" }
        return target.hasPrefix("/") ? String(target) : "/" + target
    }

    /// RFC 3986, section 5.2.4, on the path; the query stays as it is.
    private static func withoutDotSegments(_ target: Substring) -> String {
        let path = target.prefix { $0 != "?" }
        let query = target.dropFirst(path.count)
        var kept: [Substring] = []
        let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        for (index, segment) in segments.enumerated() {
            let isLast = index == segments.count - 1
            if segment == "." || segment == ".." {
                if segment == ".." { _ = kept.popLast() }
                if isLast { kept.append("") }
            } else {
                kept.append(segment)
            }
        }
        return "/" + kept.joined(separator: "/") + query
    }
}

/// A text that is not a URL that can be asked.
public struct URLFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The longest URL that is read, in bytes (RFC 9110, section 4.1, asks for 8000 at least).
    public static let longest = 16_384

    /// The text, cut to 200 characters, a user name and password replaced by `…`.
    public var text: String
    /// What is wrong with it.
    public var detail: String

    /// Makes the fault of a text.
    public init(text: String, detail: String) {
        self.text = String(Self.withoutUserInformation(text).prefix(200))
        self.detail = detail
    }

    private static func withoutUserInformation(_ text: String) -> String {
        let scheme = text.prefix { $0 != "/" }
        let rest = text.dropFirst(scheme.count)
        guard rest.hasPrefix("//") else { return text }
        let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@") else { return text }
        return scheme + "//…" + text[at...]
    }

    /// The text and what is wrong with it.
    public var description: String { "\"\(text)\" cannot be asked: \(detail)" }
}
