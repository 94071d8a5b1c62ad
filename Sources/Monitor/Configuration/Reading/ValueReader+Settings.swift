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

extension ValueReader where Value == String {
    /// The value of a header field: any text without control characters, the empty one too.
    static var fieldValue: ValueReader<String> {
        let texts = anyText(limit: 1024)
        return ValueReader { (node) throws(ValueFault) in
            let text = FieldText.trimmed(try texts.read(node))
            guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
                throw ValueFault(
                    place: node.place, message: "expected a text without control characters")
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
        let choices = TLSVersion.allCases.map { (String($0.rawValue.dropFirst(4)), $0) }
        return ValueReader { (node) throws(ValueFault) in
            // The name that results carry is taken as well: TLS 1.2.
            let text = try scalar(node, "a TLS version such as 1.2")
            if let version = TLSVersion(rawValue: text) { return version }
            return try choice(choices).read(node)
        }
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
