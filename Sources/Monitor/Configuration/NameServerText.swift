import Glibc

/// The rules for the addresses of DNS servers: an IP literal, with a port or without.
public enum NameServerText {
    /// Whether a text is `IP` or `IP:port`; an IPv6 literal with a port stands in brackets.
    public static func isValid(_ text: String) -> Bool {
        if isLiteral(text) { return true }
        guard let colon = text.lastIndex(of: ":") else { return isLiteral(bare(text)) }
        if text.hasSuffix("]") { return isLiteral(bare(text)) }
        guard let port = Int(text[text.index(after: colon)...]), (1...65_535).contains(port)
        else { return false }
        let host = String(text[..<colon])
        return host.contains(":") && !host.hasPrefix("[") ? false : isLiteral(bare(host))
    }

    private static func bare(_ text: String) -> String {
        text.hasPrefix("[") && text.hasSuffix("]") ? String(text.dropFirst().dropLast()) : text
    }

    private static func isLiteral(_ text: String) -> Bool {
        var room = in6_addr()
        // inet_pton(3) writes at most the 16 bytes of an IPv6 address.
        return unsafe withUnsafeMutablePointer(to: &room) { pointer in
            unsafe inet_pton(AF_INET, text, pointer) == 1 || inet_pton(AF_INET6, text, pointer) == 1
        }
    }
}
