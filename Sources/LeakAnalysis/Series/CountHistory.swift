/// A count over time, in at most so many blocks of equal length; bounded for ever.
struct CountHistory: Sendable {
    /// What was counted within one stretch of time.
    struct Block: Sendable {
        var start: Double
        var end: Double
        var sum: Double
        var looks: Int
        var least: Double

        var mean: Double { sum / Double(looks) }
        var middle: Double { (start + end) / 2 }
    }

    private static let most = 240

    private(set) var blocks: [Block] = []
    /// How many looks a block is made of.
    private var looksPerBlock = 1

    mutating func count(_ value: Double, at time: Double) {
        if let last = blocks.indices.last, blocks[last].looks < looksPerBlock {
            blocks[last].end = time
            blocks[last].sum += value
            blocks[last].looks += 1
            blocks[last].least = min(blocks[last].least, value)
            return
        }
        if blocks.count == Self.most { join() }
        blocks.append(Block(start: time, end: time, sum: value, looks: 1, least: value))
    }

    private mutating func join() {
        blocks = stride(from: 0, to: blocks.count - 1, by: 2).map { index in
            let (left, right) = (blocks[index], blocks[index + 1])
            return Block(
                start: left.start, end: right.end, sum: left.sum + right.sum,
                looks: left.looks + right.looks, least: min(left.least, right.least))
        }
        looksPerBlock *= 2
    }

    /// The mean over the blocks that begin at `time` or later, and the middle of their looks.
    func mean(since time: Double) -> (value: Double, middle: Double)? {
        let recent = blocks.filter { $0.start >= time }
        let looks = Double(recent.reduce(0) { $0 + $1.looks })
        guard looks > 0 else { return nil }
        return (
            recent.reduce(0) { $0 + $1.sum } / looks,
            recent.reduce(0) { $0 + $1.middle * Double($1.looks) } / looks
        )
    }

    /// The last so many seconds in equal parts, each with its middle, mean and least value; nil
    /// when a part would have no looks.
    func parts(_ count: Int, since time: Double) -> [(middle: Double, mean: Double, least: Double)]?
    {
        guard let end = blocks.last?.end, end > time else { return nil }
        let width = (end - time) / Double(count)
        var parts: [(sum: Double, looks: Int, least: Double)] = Array(
            repeating: (0, 0, .infinity), count: count)
        for block in blocks where block.middle >= time {
            let place = min(count - 1, Int((block.middle - time) / width))
            parts[place].sum += block.sum
            parts[place].looks += block.looks
            parts[place].least = min(parts[place].least, block.least)
        }
        guard parts.allSatisfy({ $0.looks > 0 }) else { return nil }
        return parts.indices.map { index in
            (
                time + (Double(index) + 0.5) * width, parts[index].sum / Double(parts[index].looks),
                parts[index].least
            )
        }
    }

    /// All looks in equal parts by their number, each with its middle and its least value; nil when
    /// there are fewer blocks than parts.
    ///
    /// Parts by number are never empty, however uneven the pauses between looks were.
    func partsByNumber(_ count: Int) -> [(middle: Double, least: Double)]? {
        guard count > 0, blocks.count >= count else { return nil }
        return (0..<count).map { place in
            let part = blocks[place * blocks.count / count..<(place + 1) * blocks.count / count]
            let looks = Double(part.reduce(0) { $0 + $1.looks })
            return (
                part.reduce(0) { $0 + $1.middle * Double($1.looks) } / looks,
                part.reduce(.infinity) { min($0, $1.least) }
            )
        }
    }

    /// How far values next to each other are apart by chance: the root of half the mean square of
    /// their differences, which a trend hardly changes (von Neumann, 1941).
    func spread(since time: Double) -> Double {
        let values = blocks.filter { $0.start >= time }.map(\.mean)
        guard values.count >= 2 else { return 0 }
        let squares = zip(values, values.dropFirst()).reduce(0) { $0 + square($1.1 - $1.0) }
        return (squares / Double(2 * (values.count - 1))).squareRoot()
    }
}
