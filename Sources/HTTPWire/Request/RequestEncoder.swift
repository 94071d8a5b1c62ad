/// Builds the bytes of an HTTP/1.1 request (RFC 9112, section 3).
public enum RequestEncoder {
    /// The bytes of one request, ready to be sent any number of times.
    ///
    /// - Parameters:
    ///   - method: a token; methods are case-sensitive.
    ///   - target: the origin form, a path with an optional query; `*` for OPTIONS, and the
    ///     authority form for CONNECT.
    ///   - authority: host and optional port for the Host field, unless `fields` has one.
    ///   - fields: sent as given and in this order, after Host. Values are encoded as UTF-8.
    ///   - body: sent with Content-Length, which POST, PUT and PATCH also have for an empty body
    ///     (RFC 9110, section 8.6).
    ///   - closeAfter: adds `Connection: close`, unless `fields` has it.
    /// - Throws: what makes the request invalid, or able to say something other than it should.
    public static func encode(
        method: String, target: String, authority: String,
        fields: [(name: String, value: String)], body: [UInt8], closeAfter: Bool = false
    ) throws(RequestFault) -> [UInt8] {
        guard !method.isEmpty, method.utf8.allSatisfy(\.isTokenCharacter) else {
            throw .invalidMethod
        }
        guard isTarget(target, of: method) else { throw .invalidTarget }
        let given = try check(fields, bodyLength: body.count)
        var bytes: [UInt8] = []
        bytes.append(contentsOf: "\(method) \(target) HTTP/1.1\r\n".utf8)
        if let host = given.host {
            append(host, to: &bytes)
        } else {
            guard isAuthority(authority) else { throw .invalidAuthority }
            append((name: "Host", value: authority), to: &bytes)
        }
        for field in fields where !equals(field.name, "host") { append(field, to: &bytes) }
        if !given.hasLength, !body.isEmpty || ["POST", "PUT", "PATCH"].contains(method) {
            append((name: "Content-Length", value: "\(body.count)"), to: &bytes)
        }
        if closeAfter, !given.hasClose {
            append((name: "Connection", value: "close"), to: &bytes)
        }
        bytes.append(contentsOf: "\r\n".utf8)
        bytes.append(contentsOf: body)
        return bytes
    }

    /// What the given fields already say.
    private struct GivenFields {
        var host: (name: String, value: String)?
        var hasLength = false
        var hasClose = false
    }

    private static func check(
        _ fields: [(name: String, value: String)], bodyLength: Int
    ) throws(RequestFault) -> GivenFields {
        var given = GivenFields()
        for field in fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(\.isTokenCharacter) else {
                throw .invalidFieldName(field.name)
            }
            guard field.value.utf8.allSatisfy(\.isText) else {
                throw .invalidFieldValue(name: field.name)
            }
            if equals(field.name, "host") {
                guard given.host == nil else { throw .duplicateHost }
                guard isAuthority(field.value) else { throw .invalidAuthority }
                given.host = field
            } else if equals(field.name, "content-length") {
                guard !given.hasLength, field.value == "\(bodyLength)" else {
                    throw .conflictingContentLength
                }
                given.hasLength = true
            } else if equals(field.name, "transfer-encoding") {
                throw .transferEncoding
            } else if equals(field.name, "connection") {
                let options = field.value.utf8.split(separator: .comma)
                let hasClose = options.contains { option in
                    equals(option.filter { !$0.isBlank }, "close")
                }
                given.hasClose = given.hasClose || hasClose
            }
        }
        return given
    }

    private static func append(
        _ field: (name: String, value: String), to bytes: inout [UInt8]
    ) {
        bytes.append(contentsOf: field.name.utf8)
        bytes.append(contentsOf: ": ".utf8)
        bytes.append(contentsOf: field.value.utf8)
        bytes.append(contentsOf: "\r\n".utf8)
    }

    private static func isTarget(_ target: String, of method: String) -> Bool {
        if method == "CONNECT" { return isAuthority(target) }
        if method == "OPTIONS", target == "*" { return true }
        // A fragment is never sent (RFC 9112, section 3.2.1).
        return target.utf8.first == 0x2F
            && target.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x23 }
    }

    /// Whether `text` has only bytes of host and port: no user, no path (RFC 3986, section 3.2).
    private static func isAuthority(_ text: String) -> Bool {
        let others = ":[]-._~!$&'()*+,;=%".utf8
        return !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte.isDigit || byte.lowercased &- 0x61 < 26 || others.contains(byte)
            }
    }

    private static func equals(_ name: String, _ lowercase: String) -> Bool {
        equals(Array(name.utf8), lowercase)
    }

    private static func equals(_ name: [UInt8], _ lowercase: String) -> Bool {
        name.map(\.lowercased) == Array(lowercase.utf8)
    }
}
