import Measurements

/// Reads `headers`: a mapping of names to values, or a list of such mappings.
enum HeaderReader {
    /// The most fields of one request.
    static let limit = 100

    /// Replaces fields of the same name and appends the others; nothing as a value removes one.
    static func apply(_ reader: MappingReader, to request: inout RequestSettings) {
        apply(reader, to: &request.headers)
        guard request.credentials != .none,
            request.headers.contains(where: { $0.name.lowercased() == "authorization" })
        else { return }
        // One of the two is from above and gives way; both here say two things.
        if reader.has("basic_auth") || reader.has("bearer") {
            reader.fault("headers", "Authorization stands beside basic_auth or bearer")
        } else {
            request.credentials = .none
        }
    }

    private static func apply(_ reader: MappingReader, to fields: inout [HeaderField]) {
        var seen: Set<String> = []
        for item in reader.items("headers") {
            guard case .mapping(let pairs) = item.value else {
                reader.context.fault(
                    item.place, "headers: expected a mapping of names to values, found \(item.kind)"
                )
                continue
            }
            for pair in pairs {
                // A name that a list repeats is sent again; one from above is replaced.
                if seen.insert(pair.key.lowercased()).inserted {
                    fields.removeAll { $0.name.lowercased() == pair.key.lowercased() }
                }
                if !pair.value.isNull { append(pair, to: &fields, reader.context) }
            }
        }
        if fields.count > limit { reader.fault("headers", "expected at most \(limit) fields") }
    }

    private static func append(
        _ pair: YAMLPair, to fields: inout [HeaderField], _ context: ReadingContext
    ) {
        guard case .scalar(let text, _) = pair.value.value else {
            context.fault(
                pair.value.place,
                "headers: expected a text for \(pair.key), found \(pair.value.kind)"
            )
            return
        }
        let value = FieldText.trimmed(text)
        if let complaint = FieldText.complaint(name: pair.key, value: value) {
            context.fault(pair.place, "headers: \(complaint)")
        } else {
            fields.append(HeaderField(name: pair.key, value: value))
        }
    }
}

/// Reads `tags` and `labels`.
enum TagReader {
    /// Adds the members of a mapping of texts.
    static func apply(_ reader: MappingReader, key: String, to tags: inout [String: String]) {
        for (name, value) in pairs(reader, key: key) { tags[name] = value }
    }

    static func pairs(_ reader: MappingReader, key: String) -> [(String, String)] {
        guard let node = reader.node(key) else { return [] }
        guard case .mapping(let pairs) = node.value else {
            reader.context.fault(
                node.place, "\(key): expected a mapping of names to texts, found \(node.kind)")
            return []
        }
        var result: [(String, String)] = []
        for pair in pairs {
            if case .scalar(let text, _) = pair.value.value, pair.key.utf8.count <= 256,
                text.utf8.count <= 4096
            {
                result.append((pair.key, pair.value.isNull ? "" : text))
            } else {
                reader.context.fault(
                    pair.value.place,
                    "\(key): expected a text of at most 4096 bytes for "
                        + "\(YAMLNode.shortened(pair.key)), found \(pair.value.kind)")
            }
        }
        return result
    }
}

/// Reads `basic_auth` and `bearer`, whose secrets may stand in a file or the environment.
enum CredentialsReader {
    static func apply(_ reader: MappingReader, to request: inout RequestSettings) {
        if reader.node("basic_auth") != nil, reader.node("bearer") != nil {
            reader.fault("bearer", "basic_auth stands here too; write the one or the other")
            return
        }
        guard reader.has("basic_auth") || reader.has("bearer") else { return }
        request.credentials = .none
        request.headers.removeAll { $0.name.lowercased() == "authorization" }
        let basicKeys: Set<String> = ["username", "password", "password_file", "password_env"]
        if let basic = reader.mapping("basic_auth", known: basicKeys) {
            guard let username = basic.value("username", .text("a user name", limit: 1024)) else {
                if basic.node("username") == nil { reader.fault("basic_auth", "has no username") }
                return
            }
            guard !username.contains(":") else {
                basic.fault("username", "a colon ends the name (RFC 7617, section 2)")
                return
            }
            if let password = secret(basic, "password", of: "basic_auth", in: reader) {
                request.credentials = .basic(username: username, password: password)
            }
        }
        let bearerKeys: Set<String> = ["token", "token_file", "token_env"]
        if let bearer = reader.mapping("bearer", known: bearerKeys),
            let token = secret(bearer, "token", of: "bearer", in: reader)
        {
            request.credentials = .bearer(token)
        }
    }

    /// One secret from the one source that is written.
    ///
    /// No message carries it.
    private static func secret(
        _ reader: MappingReader, _ key: String, of parent: String, in outer: MappingReader
    ) -> Secret? {
        let sources = [key, "\(key)_file", "\(key)_env"].filter { reader.has($0) }
        guard sources.count == 1, let source = sources.first else {
            outer.fault(
                parent, "expected one of \(key), \(key)_file, \(key)_env, found \(sources.count)")
            return nil
        }
        let context = reader.context
        guard let node = reader.node(source), case .scalar(let text, _) = node.value else {
            reader.fault(source, "expected a text")
            return nil
        }
        let secret: SecretSource =
            switch source {
            case "\(key)_file": .file(context.path(text))
            case "\(key)_env": .variable(text)
            default: .text(text)
            }
        do throws(SecretSource.Fault) {
            return try secret.read(environment: context.reader.environment)
        } catch {
            context.fault(node.place, "\(source): \(error)")
            return nil
        }
    }
}
