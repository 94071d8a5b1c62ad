import Glibc
import Measurements

extension ValueReader where Value == String {
    /// A request method: a token (RFC 9110, section 9.1), taken in upper case.
    static var method: ValueReader<String> {
        ValueReader { (node) throws(ValueFault) in
            let text = try scalar(node, "a request method such as GET")
            guard FieldText.isToken(text), text.utf8.count <= 32 else {
                throw ValueFault(
                    place: node.place,
                    message: "expected a request method such as GET, found \(node.kind)")
            }
            return text.uppercased()
        }
    }

    /// A DNS server: `IP` or `IP:port`.
    static var nameServer: ValueReader<String> {
        ValueReader { (node) throws(ValueFault) in
            let expected = "the address of a DNS server, such as 10.0.0.53 or [::1]:5353"
            let text = try scalar(node, expected)
            guard NameServerText.isValid(text) else {
                throw ValueFault(
                    place: node.place, message: "expected \(expected), found \(node.kind)")
            }
            return text
        }
    }
}

extension ValueReader where Value == FreshCadence {
    static var freshCadence: ValueReader {
        let periods = ValueReader<Duration>.duration(.milliseconds(10)...(.seconds(30 * 86_400)))
        return ValueReader { (node) throws(ValueFault) in
            switch try scalar(node, "always, never or a duration such as 5m") {
            case "always": return .always
            case "never": return .never
            default: return .every(try periods.read(node))
            }
        }
    }
}

extension ValueReader where Value == TLSVersion {
    static var tlsVersion: ValueReader {
        .choice(
            TLSVersion.allCases.map { (String($0.rawValue.dropFirst(4)), $0) }
                + TLSVersion.allCases.map { ($0.rawValue, $0) })
    }
}

extension ValueReader where Value == [ContentCoding] {
    /// A list of codings; `true` asks for all of them, `false` for none.
    static var codings: ValueReader {
        ValueReader { (node) throws(ValueFault) in
            if case .scalar("true", isPlain: true) = node.value { return ContentCoding.allCases }
            if case .scalar("false", isPlain: true) = node.value { return [] }
            return try list(ValueReader<ContentCoding>.choice()).read(node)
        }
    }
}

/// The rules for the text of header fields (RFC 9110, section 5).
enum FieldText {
    /// Whether a text is a token: a field name or a method.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Why a field cannot be sent; nil when it can. The message never carries the value.
    static func complaint(name: String, value: String) -> String? {
        guard isToken(name) else {
            return "\"\(YAMLNode.shortened(name))\" is not the name of a header field"
        }
        guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
            return "the value of \(name) contains a control character"
        }
        if name.lowercased() == "transfer-encoding" || name.lowercased() == "content-length" {
            return "\(name) follows from the body and cannot be set"
        }
        return nil
    }

    /// The value without blanks around it.
    static func trimmed(_ value: String) -> String {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        let start = value.drop(while: isBlank)
        return String(start.reversed().drop(while: isBlank).reversed())
    }
}

/// The rules for the addresses of DNS servers: an IP literal, with a port or without.
enum NameServerText {
    static func isValid(_ text: String) -> Bool {
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
