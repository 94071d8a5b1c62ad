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
    /// The origins that no target uses: made by redirects and single probes.
    ///
    /// Kept up to date, because it is asked for with every origin that is added.
    private(set) var untargeted: Set<OriginID> = []

    /// The number of an origin, if it has one.
    func id(of origin: Origin) -> OriginID? { ids[origin] }

    subscript(id: OriginID) -> Entry? {
        get { entries.indices.contains(Int(id.index)) ? entries[Int(id.index)] : nil }
        set {
            entries[Int(id.index)] = newValue
            if newValue?.targets == 0 { untargeted.insert(id) } else { untargeted.remove(id) }
        }
    }

    /// Remembers an origin under the number that the pool gave it.
    mutating func insert(_ origin: Origin, as id: OriginID) {
        let index = Int(id.index)
        while entries.count <= index { entries.append(nil) }
        ids[origin] = id
        self[id] = Entry(origin: origin)
    }

    /// Forgets an origin.
    mutating func remove(_ id: OriginID) {
        guard let entry = self[id] else { return }
        ids[entry.origin] = nil
        self[id] = nil
    }
}
