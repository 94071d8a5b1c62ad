/// A binary min-heap of small integers with keys, from which any member can be taken.
struct IndexedHeap: Sendable {
    private static let absent = Int32(-1)

    private var items: [Int32] = []
    private var keys: [Int64] = []
    private var places: [Int32] = []

    /// How many items there are.
    var count: Int { items.count }

    /// The item with the smallest key.
    var first: Int? { items.first.map(Int.init) }

    /// The smallest key.
    var firstKey: Int64? { items.first.map { keys[Int($0)] } }

    func contains(_ item: Int) -> Bool {
        places.indices.contains(item) && places[item] != Self.absent
    }

    mutating func insert(_ item: Int, key: Int64) {
        while places.count <= item {
            places.append(Self.absent)
            keys.append(0)
        }
        precondition(places[item] == Self.absent, "an item is in the heap once")
        keys[item] = key
        items.append(Int32(item))
        rise(from: items.count - 1)
    }

    mutating func remove(_ item: Int) {
        guard contains(item) else { return }
        let place = Int(places[item])
        places[item] = Self.absent
        let last = items.removeLast()
        guard Int(last) != item else { return }
        items[place] = last
        places[Int(last)] = Int32(place)
        rise(from: place)
        sink(from: Int(places[Int(last)]))
    }

    private mutating func rise(from start: Int) {
        var place = start
        let item = items[place]
        let key = keys[Int(item)]
        while place > 0 {
            let parent = (place - 1) / 2
            let other = items[parent]
            guard key < keys[Int(other)] else { break }
            items[place] = other
            places[Int(other)] = Int32(place)
            place = parent
        }
        items[place] = item
        places[Int(item)] = Int32(place)
    }

    private mutating func sink(from start: Int) {
        var place = start
        let item = items[place]
        let key = keys[Int(item)]
        while true {
            var child = place * 2 + 1
            guard child < items.count else { break }
            if child + 1 < items.count,
                keys[Int(items[child + 1])] < keys[Int(items[child])]
            {
                child += 1
            }
            let other = items[child]
            guard keys[Int(other)] < key else { break }
            items[place] = other
            places[Int(other)] = Int32(place)
            place = child
        }
        items[place] = item
        places[Int(item)] = Int32(place)
    }
}
