/// Reads the members of one mapping; whatever is wrong goes to the context.
struct MappingReader {
    let context: ReadingContext
    let place: SourcePlace
    private var members: [String: YAMLPair] = [:]

    /// Begins to read a mapping; nil, with a fault, when the node is something else.
    ///
    /// - Parameters:
    ///   - what: What the mapping describes, for messages: "a target".
    ///   - known: The keys that it may have.
    init?(_ node: YAMLNode, what: String, known: Set<String>, context: ReadingContext) {
        self.context = context
        place = node.place
        if node.isNull { return }
        guard case .mapping(let pairs) = node.value else {
            context.fault(node.place, "\(what): expected a mapping, found \(node.kind)")
            return nil
        }
        for pair in pairs {
            if known.contains(pair.key) {
                members[pair.key] = pair
            } else {
                context.fault(pair.place, Self.unknown(pair.key, what: what, known: known))
            }
        }
    }

    private static func unknown(_ key: String, what: String, known: Set<String>) -> String {
        let start = "unknown key \"\(YAMLNode.shortened(key))\" in \(what)"
        if let nearest = NearestKey.nearest(to: key, among: known.sorted()) {
            return "\(start); did you mean \"\(nearest)\"?"
        }
        return "\(start); known are \(known.sorted().joined(separator: ", "))"
    }

    /// Whether a key is there, with a value or with nothing.
    func has(_ key: String) -> Bool { members[key] != nil }

    /// The value of a key, unless it is nothing.
    func node(_ key: String) -> YAMLNode? {
        guard let value = members[key]?.value, !value.isNull else { return nil }
        return value
    }

    /// Where a key stands; the mapping's own place when it does not.
    func keyPlace(_ key: String) -> SourcePlace { members[key]?.place ?? place }

    /// The value of a key, when it is there and right.
    func value<Value>(_ key: String, _ reader: ValueReader<Value>) -> Value? {
        guard let node = node(key) else { return nil }
        do throws(ValueFault) {
            return try reader.read(node)
        } catch {
            context.fault(error.place, "\(key): \(error.message)")
            return nil
        }
    }

    /// Puts the value of a key into its place; leaves it when there is none.
    func set<Value>(_ key: String, _ target: inout Value, _ reader: ValueReader<Value>) {
        if let value = value(key, reader) { target = value }
    }

    /// Puts the value of a key into its place; nothing, when written, means none.
    func set<Value>(_ key: String, _ target: inout Value?, _ reader: ValueReader<Value>) {
        guard let member = members[key] else { return }
        if member.value.isNull { target = nil } else { target = value(key, reader) ?? target }
    }

    /// A mapping inside this one, when it is there and one.
    func mapping(_ key: String, known: Set<String>) -> MappingReader? {
        node(key).flatMap { MappingReader($0, what: key, known: known, context: context) }
    }

    /// The items of a key that may hold one value or a list of them.
    func items(_ key: String) -> [YAMLNode] {
        guard let node = node(key) else { return [] }
        if case .sequence(let items) = node.value { return items }
        return [node]
    }

    func fault(_ key: String, _ message: String) {
        context.fault(keyPlace(key), "\(key): \(message)")
    }
}
