/// Who may import whom: three rings, and a boundary is a target.
///
/// Decisions import the standard library, swift-collections and other decisions. A world imports
/// no other world, and owns its C doors alone. Only `Monitor` and `Commands` join worlds; nobody
/// imports those two but the ones that follow them, and no product imports `TestWorlds`.
struct ImportRule: FileRule {
    private static let decisions: Set = [
        "Measurements", "ConnectionPooling", "ProbeScheduling", "HTTPWire", "ProbeChecks",
        "LeakAnalysis", "KernelFormats", "CallSites",
    ]
    private static let worlds: Set = [
        "LinuxKernel", "HTTPProbing", "HistoryStore", "Profiles", "AdminSite",
    ]
    private static let outer: Set = ["Lab", "Monitor", "Commands", "sockeye"]
    /// Every door, and the one target that goes through it.
    private static let doors = [
        "CLinuxShims": "LinuxKernel", "CRegex": "HTTPProbing", "CResolver": "HTTPProbing",
        "CDecompression": "HTTPProbing", "CZlib": "Profiles",
    ]
    private static let standardLibrary: Set = ["Swift", "Synchronization"]
    private static let collections: Set = [
        "Collections", "BasicContainers", "BitCollections", "ContainersPreview", "DequeModule",
        "HashTreeCollections", "HeapModule", "OrderedCollections",
    ]

    func violations(in file: SwiftFile) -> [Violation] {
        guard let target = file.target else { return [] }
        let known = Self.decisions.union(Self.worlds).union(Self.outer).union(["TestWorlds"])
        guard known.contains(target) else {
            return [
                file.violation(0, "\(target) is in no ring: give it one in \(Self.self)")
            ]
        }
        return Self.imports(of: file).compactMap { line, module in
            Self.reason(against: module, in: target).map {
                file.violation(line, "\(target) imports \(module): \($0)")
            }
        }
    }

    /// The modules that a file imports, each with its line.
    static func imports(of file: SwiftFile) -> [(line: Int, module: String)] {
        let kinds: Set = [
            "struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor",
        ]
        let tokens = file.tokens()
        return tokens.indices.compactMap { index in
            guard tokens[index].token == .word("import"),
                index == 0 || tokens[index - 1].token != .mark(".")
            else { return nil }
            let words = tokens[(index + 1)...].prefix(2).compactMap(\.token.word)
            guard let first = words.first else { return nil }
            let module = kinds.contains(first) ? words.last ?? first : first
            return (tokens[index].line, module)
        }
    }

    private static func reason(against module: String, in target: String) -> String? {
        if target == "TestWorlds" {
            return outer.contains(module) ? "the worlds of tests stand below the product" : nil
        }
        if module == "TestWorlds" || module == "Testing" || module == "XCTest" {
            return "no product imports what is for tests"
        }
        if let owner = doors[module], owner != target { return "this door is \(owner)'s alone" }
        if decisions.contains(target) { return reasonAgainstDecision(importing: module) }
        if worlds.contains(target), worlds.contains(module) {
            return "a world imports no other world; Monitor and Commands join them"
        }
        let followers = ["Monitor": "Commands", "Commands": "sockeye"]
        if let follower = followers[module], follower != target {
            return "only \(follower) imports it"
        }
        return worlds.contains(target) && outer.contains(module)
            ? "a world does not know who uses it" : nil
    }

    private static func reasonAgainstDecision(importing module: String) -> String? {
        standardLibrary.contains(module) || collections.contains(module)
            || decisions.contains(module)
            ? nil : "a decision has the standard library and swift-collections, nothing else"
    }
}
