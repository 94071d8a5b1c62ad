import ConnectionPooling
import Measurements

/// The origins of one loop, by the pool's dense numbers.
struct OriginTable {
    /// What the loop knows of one origin.
    struct Entry {
        var origin: Origin
        /// How many targets use it; zero for one that only a redirect or a single probe needed.
        var targets = 0
        /// The shortest interval among its targets.
        var interval: Duration?
        /// The addresses its connections were last made to.
        var address: String?
    }

    private(set) var entries: [Entry?] = []
    private var ids: [Origin: OriginID] = [:]

    /// The number of an origin, if it has one.
    func id(of origin: Origin) -> OriginID? { ids[origin] }

    subscript(id: OriginID) -> Entry? {
        get { entries.indices.contains(Int(id.index)) ? entries[Int(id.index)] : nil }
        set { entries[Int(id.index)] = newValue }
    }

    /// Remembers an origin under the number that the pool gave it.
    mutating func insert(_ origin: Origin, as id: OriginID) {
        let index = Int(id.index)
        while entries.count <= index { entries.append(nil) }
        entries[index] = Entry(origin: origin)
        ids[origin] = id
    }

    /// Forgets an origin.
    mutating func remove(_ id: OriginID) {
        guard let entry = self[id] else { return }
        ids[entry.origin] = nil
        entries[Int(id.index)] = nil
    }

    /// The origins that no target uses: made by redirects and single probes.
    var untargeted: [OriginID] {
        ids.values.filter { self[$0]?.targets == 0 }
    }
}
