import TestWorlds

/// Damages bytes the way that parsers fall for: lengths that lie, ends that are cut, parts of
/// another.
struct Mutator {
    var chance: SeededGenerator
    let seeds: [[UInt8]]

    init(seed: UInt64, of seeds: [[UInt8]]) {
        chance = SeededGenerator(seed: seed)
        self.seeds = seeds
    }

    /// One of the seeds with up to four damages.
    mutating func next() -> [UInt8] {
        var bytes = pick()
        for _ in 0...below(4) { damage(&bytes) }
        return bytes.count > 600 ? Array(bytes.prefix(600)) : bytes
    }

    private static let edges: [UInt32] = [
        0, 1, 2, 3, 4, 7, 8, 15, 16, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF,
        0x8000_0000, 0xFFFF_FFFC, 0xFFFF_FFFF,
    ]

    private mutating func below(_ limit: Int) -> Int {
        // The remainder's bias is nothing to a test, and much cheaper than a fair number.
        Int(truncatingIfNeeded: chance.next() >> 33) % limit
    }

    private mutating func pick() -> [UInt8] { seeds[below(seeds.count)] }

    private mutating func damage(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes.append(UInt8(below(256)))
            return
        }
        let place = below(bytes.count)
        switch below(9) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(below(256))
        case 2: write(Self.edges[below(Self.edges.count)], width: 4, at: place, &bytes)
        case 3: write(Self.edges[below(Self.edges.count)], width: 2, at: place & ~1, &bytes)
        case 4: bytes.removeLast(bytes.count - place)
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + below(8)))
        case 6:
            let end = min(bytes.count, place + 1 + below(16))
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: below(bytes.count))
        case 7: bytes.insert(UInt8(below(256)), at: place)
        default:
            let other = pick()
            guard !other.isEmpty else { return }
            bytes = Array(bytes[..<place]) + other[below(other.count)...]
        }
    }

    private func write(_ value: UInt32, width: Int, at place: Int, _ bytes: inout [UInt8]) {
        for index in 0..<width where place + index < bytes.count {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt32(8 * index))
        }
    }
}
