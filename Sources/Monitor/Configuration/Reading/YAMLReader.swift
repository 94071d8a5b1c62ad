import Yams

/// Reads a YAML 1.2 or JSON text into nodes with places.
///
/// The one file that knows the library.
struct YAMLReader {
    /// The most values of one text, aliases counted each time they are used: a text of a few
    /// lines must not become gigabytes.
    static let nodeLimit = 8_000_000
    /// The deepest nesting of values.
    static let depthLimit = 64

    private let file: String
    private var nodes = 0

    private init(file: String) {
        self.file = file
    }

    /// Reads one document; nil when the text holds none.
    static func read(_ text: String, file: String) throws(ConfigurationFault) -> YAMLNode? {
        if let place = AliasGuard.keyWithAlias(in: text) {
            throw ConfigurationFault(
                file: file, line: place.line, column: place.column,
                message: "an alias in a key, or a key that is a list or a mapping, is not read")
        }
        let root: Node?
        do {
            // Without rules nothing is resolved: what a plain text means is decided here, by the
            // key that it belongs to. Environment variables must not choose the encoding.
            root = try Parser(
                yaml: FileDiscoveryText.withoutSurrogates(text), resolver: .basic, encoding: .utf8
            ).singleRoot()
        } catch let error as YamlError {
            throw fault(error, file: file)
        } catch {
            throw ConfigurationFault(file: file, message: "\(error)")
        }
        guard let root else { return nil }
        var reader = YAMLReader(file: file)
        return try reader.converted(root, depth: 0)
    }

    private mutating func converted(_ node: Node, depth: Int) throws(ConfigurationFault)
        -> YAMLNode
    {
        let place = Self.place(of: node)
        nodes += 1
        guard nodes <= Self.nodeLimit else {
            throw fault(place, "more than \(Self.nodeLimit) values, aliases counted at each use")
        }
        guard depth <= Self.depthLimit else {
            throw fault(place, "nested deeper than \(Self.depthLimit) levels")
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return YAMLNode(value: .scalar(scalar.string, isPlain: isPlain), place: place)
        case .sequence(let sequence):
            var items: [YAMLNode] = []
            items.reserveCapacity(sequence.count)
            for item in sequence { items.append(try converted(item, depth: depth + 1)) }
            return YAMLNode(value: .sequence(items), place: place)
        case .mapping(let mapping):
            return YAMLNode(value: .mapping(try pairs(mapping, depth: depth)), place: place)
        case .alias:
            throw fault(place, "an alias that leads nowhere")
        }
    }

    private mutating func pairs(_ mapping: Node.Mapping, depth: Int) throws(ConfigurationFault)
        -> [YAMLPair]
    {
        var pairs: [YAMLPair] = []
        var merged: [YAMLPair] = []
        for (key, value) in mapping {
            let place = Self.place(of: key)
            guard case .scalar(let name) = key else { throw fault(place, "a key must be a text") }
            let node = try converted(value, depth: depth + 1)
            guard name.string == "<<", name.style == .plain else {
                pairs.append(YAMLPair(key: name.string, place: place, value: node))
                continue
            }
            merged += try Self.members(of: node, file: file)
        }
        if merged.isEmpty { return pairs }
        var known = Set(pairs.map(\.key))
        for pair in merged where known.insert(pair.key).inserted { pairs.append(pair) }
        return pairs
    }

    /// What a merge key brings in: the members of a mapping, or of several, the first first.
    private static func members(of node: YAMLNode, file: String) throws(ConfigurationFault)
        -> [YAMLPair]
    {
        switch node.value {
        case .mapping(let pairs):
            return pairs
        case .sequence(let nodes):
            var pairs: [YAMLPair] = []
            for node in nodes { pairs += try members(of: node, file: file) }
            return pairs
        case .scalar:
            throw ConfigurationFault(
                file: file, line: node.place.line, column: node.place.column,
                message: "<<: expected a mapping, found \(node.kind)")
        }
    }

    private func fault(_ place: SourcePlace, _ message: String) -> ConfigurationFault {
        ConfigurationFault(file: file, line: place.line, column: place.column, message: message)
    }

    private static func place(of node: Node) -> SourcePlace {
        node.mark.map { SourcePlace(line: $0.line, column: $0.column) } ?? .start
    }

    private static func fault(_ error: YamlError, file: String) -> ConfigurationFault {
        func at(_ mark: Mark, _ message: String) -> ConfigurationFault {
            ConfigurationFault(file: file, line: mark.line, column: mark.column, message: message)
        }
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let before = context.map { "\($0.text): " } ?? ""
            return at(mark, "this is no YAML: \(before)\(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "\"\(YAMLNode.shortened($0))\"" }.joined(separator: ", ")
            return at(context.mark, "the key \(names) stands more than once in one mapping")
        case .reader(let problem, _, let value, _):
            let code = String(UInt32(bitPattern: value), radix: 16, uppercase: true)
            return ConfigurationFault(
                file: file, message: "this is no YAML: \(problem) (U+\(code))")
        default:
            return ConfigurationFault(file: file, message: "this is no YAML: \(error)")
        }
    }
}
